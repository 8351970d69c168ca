"""Gathering: fewer messages with the same outcome."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from noctule_agent.gather import STREAM_BYTES, Bucket, Gathered, Oversized, gather, overwritten
from noctule_agent.wire import limits
from noctule_agent.wire.link import KernelMessage


def stream(text: str, name: str = "stdout", parent: str = "e") -> KernelMessage:
    return KernelMessage("stream", parent, msgspec.json.encode({"name": name, "text": text}))


def update(display_id: str, value: int, parent: str = "e") -> KernelMessage:
    content = {"data": {"text/plain": str(value)}, "metadata": {}, "transient": {"display_id": display_id}}
    return KernelMessage("update_display_data", parent, msgspec.json.encode(content))


def one(*messages: KernelMessage) -> Gathered:
    (record,) = gather(messages)
    assert isinstance(record, Gathered)
    return record


class Screen:
    """The rule that folding must keep: a character goes where the cursor is; `\\r` sends it to column 0."""

    def __init__(self, line: str, column: int) -> None:
        self.lines = [list(line)]
        self.column = min(column, len(line))

    def write(self, text: str) -> "Screen":
        for char in text:
            if char == "\n":
                self.lines.append([])
                self.column = 0
            elif char == "\r":
                self.column = 0
            elif char == "\b":
                self.column = max(0, self.column - 1)
            else:
                line = self.lines[-1]
                line[self.column : self.column + 1] = [char]
                self.column += 1
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Screen) and (self.lines, self.column) == (other.lines, other.column)

    __hash__ = None


TEXTS = st.text(st.sampled_from("abXY\r\r\r\n\b\té😀\x1b"), max_size=60)


@given(TEXTS, TEXTS, st.text("0123456789", max_size=8), st.integers(0, 8))
def test_folding_leaves_every_screen_as_it_would_be(text: str, more: str, line: str, column: int):
    folded, _ = overwritten(text)
    assert Screen(line, column).write(folded) == Screen(line, column).write(text)
    assert Screen(line, column).write(folded + more) == Screen(line, column).write(text + more)


@given(st.lists(TEXTS, max_size=8))
def test_merged_streams_say_the_same(texts: list[str]):
    merged = [m for part in gather(map(stream, texts)) for m in part.messages]
    text = "".join(msgspec.json.decode(m.content)["text"] for m in merged)
    assert Screen("", 0).write(text) == Screen("", 0).write("".join(texts))


def test_a_progress_bar_leaves_two_pieces():
    text, dropped = overwritten("".join(f"\r{n:3d}%" for n in range(100)))
    assert (text, dropped) == ("\r 99%", 99)


def test_streams_of_another_name_or_parent_stay_apart():
    record = one(stream("a"), stream("b"), stream("c", "stderr"), stream("d", parent="f"))
    assert [msgspec.json.decode(m.content)["text"] for m in record.messages] == ["ab", "c", "d"]


def test_the_last_update_of_a_display_wins_within_its_parent():
    record = one(update("d", 1), update("o", 1), update("d", 2), update("d", 3, "f"), stream("x"), update("d", 4))
    assert record.messages == [update("o", 1), update("d", 3, "f"), stream("x"), update("d", 4)]
    assert record.folded == 2


def test_what_is_not_understood_is_kept_as_it_is():
    odd = [
        KernelMessage("stream", "e", b'{"name":"stdout","text":"\\ud800"}'),
        KernelMessage("stream", "e", b"not json"),
        KernelMessage("update_display_data", "e", b"{}"),
        KernelMessage("update_display_data", "e", b"{}"),
        KernelMessage("update_display_data", "e", b'{"data":' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
        KernelMessage("update_display_data", "e", b'{"transient":{"display_id":"\xff"}}'),
        KernelMessage("stream", "e", b'{"deep":' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
        KernelMessage("stream", "e", b'{"name":"stdout","text":"x"}', b'{"m":1}'),
    ]
    assert one(*odd).messages == odd


def test_a_long_text_is_cut_between_code_points():
    for text in ("x" * (3 * STREAM_BYTES + 5), "é😀" * STREAM_BYTES):
        messages = [m for part in gather([stream(text)]) for m in part.messages]
        parts = [msgspec.json.decode(m.content)["text"] for m in messages]
        assert "".join(parts) == text
        assert all(len(part.encode()) <= STREAM_BYTES for part in parts)
        assert len(list(gather([stream(text)]))) == len(parts)


def test_an_oversized_message_is_told_and_the_rest_kept(monkeypatch):
    monkeypatch.setattr("noctule_agent.gather.RECORD_BYTES", 10_000)
    big = KernelMessage("display_data", "e", b"x" * 20_000)
    parts = list(gather([stream("a"), big, stream("b")]))
    assert parts == [Gathered([stream("a")]), Oversized("display_data", 20_066), Gathered([stream("b")])]


def test_the_leading_edge_leaves_at_once_and_load_is_gathered():
    bucket = Bucket()
    delays = [bucket.delay(100.0) for _ in range(limits.GATHER_BURST + 2)]
    assert delays[: limits.GATHER_BURST] == [0.0] * limits.GATHER_BURST
    assert delays[limits.GATHER_BURST :] == [limits.GATHER_SECONDS] * 2
    assert bucket.delay(110.0) == 0.0
