"""The helper that is put into kernels: what it says of values, and that no value can make it say something else, or hang."""

import collections
import datetime
import decimal
import enum
import json
import math
import threading
import time
import types
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule_agent import inspector
from noctule_agent.inspector import LIMITS
from noctule_agent.inspector.kernel import kinds, serve
from noctule_agent.inspector.kernel.lanes import LATE, STUCK, Job, Lane
from noctule_agent.inspector.kernel.look import Looker
from noctule_agent.inspector.kernel.tables import Refusal
from noctule_agent.inspector.kernel.variables import variables
from noctule_agent.inspector.kernel.words import missing, number, words


def never(*_: Any, **__: Any) -> Any:
    raise AssertionError("code of the notebook was run")


class Meta(type):
    """A metaclass that says nothing true, and nothing at all."""

    __eq__ = __hash__ = __instancecheck__ = __subclasscheck__ = __getattribute__ = mro_entries = never


class Hostile:
    __repr__ = __str__ = __len__ = __format__ = __eq__ = __bool__ = __sizeof__ = __getattribute__ = __dir__ = never
    __hash__ = None
    __class__ = property(never)


class Rude:
    """Hostile, but for what pandas and numpy ask of any object that they hold."""

    __repr__ = __str__ = __format__ = never


class HostileDict(dict):
    __repr__ = __len__ = items = keys = values = __iter__ = __getitem__ = get = __contains__ = copy = never


class HostileList(list):
    __repr__ = __len__ = __iter__ = __getitem__ = __contains__ = never


class HostileText(str):
    __repr__ = __str__ = __len__ = __getitem__ = __format__ = __eq__ = never
    __hash__ = str.__hash__


class HostileInt(int):
    __repr__ = __str__ = __abs__ = __float__ = __index__ = bit_length = never


class HostileFrame(pd.DataFrame):
    @property
    def shape(self) -> Any:
        return never()


class Silent(metaclass=Meta):
    pass


class Colour(enum.Enum):
    RED = 1


@dataclass
class Point:
    x: int
    y: str


@dataclass(slots=True)
class Slim:
    x: int


class Shell:
    """What the helper needs of IPython's shell."""

    def __init__(self, sources: tuple[str, ...] = (), results: dict[int, Any] | None = None, **names: Any) -> None:
        self.user_ns: dict[str, Any] = dict(names)
        self.user_ns_hidden = {"In": [], "exit": exit}
        self.history_manager = types.SimpleNamespace(input_hist_raw=["", *sources], output_hist=results or {})
        self.input_transformer_manager = types.SimpleNamespace(transform_cell=lambda source: source)


def listed(**names: Any) -> dict[str, dict[str, Any]]:
    found = variables(Shell(**names), LIMITS)
    json.dumps(found, allow_nan=False)
    return {item["name"]: item for item in found["items"]}


def look(value: Any, **ask: Any) -> dict[str, Any]:
    found = Looker(Shell(it=value)).look({"of": {"t": "named", "name": "it"}, **ask}, LIMITS)
    json.dumps(found, allow_nan=False)
    return found


def texts(found: dict[str, Any]) -> list[list[str | None]]:
    return [column["texts"] for column in found["columns"]]


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "None"),
        (True, "True"),
        (-1.5, "-1.5"),
        (2 + 1j, "(2+1j)"),
        (10**100, str(10**100)),
        (10**10_000, "int of 33,220 bits"),
        ("it's", '"it\'s"'),
        (b"\x00", "b'\\x00'"),
        (bytearray(b"a"), "bytearray(b'a')"),
        ((1,), "(1,)"),
        ({1}, "{1}"),
        (frozenset({1}), "frozenset({1})"),
        (range(3), "range(0, 3)"),
        ([1, [2, [3]]], "[1, [2, […]]]"),
        ({"a": 1}, "{'a': 1}"),
        (list(range(9)), "[0, 1, 2, 3, 4, 5, …]"),
        (datetime.date(2024, 2, 29), "2024-02-29"),
        (decimal.Decimal("1.10"), "1.10"),
        (np.float32(1.5), "1.5"),
        (pd.Timestamp("2024-01-01"), "2024-01-01 00:00:00"),
        (pd.NaT, "NaT"),
        (Colour.RED, "Colour.RED"),
        (Point(1, "a"), "Point(x=1, y='a')"),
        (Slim(1), "Slim(x=1)"),
        (object(), "object"),
        (int, "class int"),
        (Hostile(), "Hostile"),
        (Silent(), "Silent"),
        ([Hostile()], "[Hostile]"),
        (HostileDict(a=1), "{'a': 1}"),
        (HostileList([1]), "[1]"),
        (HostileText("a"), "'a'"),
    ],
    ids=lambda _: "value",
)
def test_a_value_is_said_as_python_would_write_it_or_named(value: Any, said: str):
    assert words(value, 200) == said


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


@given(nested, st.integers(1, 300))
def test_words_are_as_short_as_they_should_be(value: Any, chars: int):
    assert len(words(value, chars)) <= chars


def test_a_value_that_holds_itself_is_said():
    loop: list[Any] = []
    loop.append(loop)
    assert words(loop, 200) == "[[[…]]]"
    assert look(loop, path=[0, 0, 0])["total_rows"] == 1


@given(st.integers() | st.floats())
def test_numbers_are_finite_and_exact(value: float):
    found = number(value)
    assert found is None or (math.isfinite(found) and found == value)
    assert (found is None) == (not math.isfinite(value) or (isinstance(value, int) and abs(value) > 2**53))


def test_nothing_is_told_from_something():
    assert all(missing(value) for value in (None, math.nan, pd.NaT, pd.NA, np.float64("nan"), np.datetime64("NaT")))
    assert not any(missing(value) for value in (0, "", [], Hostile(), Silent()))


# --- variables -------------------------------------------------------------------------------------------------------


def test_what_a_person_named_is_listed_and_nothing_else():
    found = listed(b=1, A=2, _private=3, math=math, never=never, Point=Point, len=len, In=[], exit=exit)
    assert list(found) == ["A", "b", "In"], "a name that IPython hides is shown when it is the notebook's own"


def test_types_shapes_and_sizes():
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    found = listed(
        df=frame, s=frame["a"], index=frame.index, arr=np.zeros((2, 3, 4)), text="abc", data=b"ab", items=[1, 2], many={1: 2},
        n=1, point=Point(1, "a"), thing=object(), queue=collections.deque([1]),
    )  # fmt: skip
    described = {name: (item["type"], item["kind"], item.get("shape", [])) for name, item in found.items()}
    assert described == {
        "df": ("DataFrame", "table", [2, 2]),
        "s": ("Series", "table", [2]),
        "index": ("RangeIndex", "table", [2]),
        "arr": ("ndarray", "array", [2, 3, 4]),
        "text": ("str", "text", [3]),
        "data": ("bytes", "text", [2]),
        "items": ("list", "sequence", [2]),
        "many": ("dict", "mapping", [1]),
        "n": ("int", "number", []),
        "point": ("Point", "object", []),
        "thing": ("object", "object", []),
        "queue": ("deque", "sequence", [1]),
    }
    assert found["arr"]["size"] == 192
    assert (found["df"]["preview"], found["s"]["preview"]) == ("a, b", "1, 2")
    assert {name for name, item in found.items() if item.get("opens")} == set(found) - {"text", "data", "n", "thing"}


def test_hostile_values_are_listed_without_running_them():
    frame = HostileFrame({"a": [1]})
    found = listed(
        a=Hostile(),
        b=Silent(),
        c=HostileDict(a=1),
        d=HostileList([1]),
        e=HostileText("x"),
        f=HostileInt(1),
        g=frame,
        z=1,
    )
    assert [item["type"] for item in found.values()] == [
        *("Hostile", "Silent", "HostileDict", "HostileList", "HostileText", "HostileInt", "HostileFrame", "int"),
    ]
    assert found["c"]["shape"] == [1]


def test_a_namespace_of_many_names_is_cut_and_counted():
    found = variables(Shell(**{f"v{n}": n for n in range(LIMITS["VARIABLES"] + 5)}), LIMITS)
    assert (len(found["items"]), found["total"]) == (LIMITS["VARIABLES"], LIMITS["VARIABLES"] + 5)


# --- kinds of names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "name", "kind"),
    [
        ("", "df", "instance"),
        ("x = ", "print", "function"),
        ("", "while", "keyword"),
        ("", "Point", "class"),
        ("", "math", "module"),
        ("", "nothing", ""),
        ("math.", "pi", "instance"),
        ("math.", "sin", "function"),
        ("f(df.", "head", "function"),
        ("df.", "T", "property"),
        ("df. ", "iloc", "property"),
        ("df.iloc.", "name", ""),
        ("point.", "x", "instance"),
        ("Point.", "mro", "function"),
        ("here.point.", "y", "instance"),
        ("hostile.", "__len__", "function"),
        ("hostile.", "other", ""),
        ("f().", "x", ""),
    ],
)
def test_what_a_name_stands_for_is_seen_without_running_anything(before: str, name: str, kind: str):
    point = Point(1, "a")
    here = types.SimpleNamespace(point=point)
    shell = Shell(df=FRAME, math=math, Point=Point, point=point, here=here, hostile=Hostile())
    assert kinds.owner_of(shell, before)(name) == kind


# --- tables ----------------------------------------------------------------------------------------------------------

FRAME = pd.DataFrame(
    {
        "n": [3.0, np.nan, 1.0, 2.0],
        "word": ["pear", None, "Apple", "fig"],
        "when": pd.to_datetime(["2024-03-01", "2024-01-01", None, "2024-02-01"]),
        "yes": [True, False, True, False],
        "kind": pd.Categorical(["a", "b", "a", "b"]),
        "any": [Rude(), 1, "x", None],
    },
    index=["w", "x", "y", "z"],
)


def test_a_page_of_a_frame():
    found = look(FRAME, start=1, count=2, first_column=0, columns=2)
    assert (found["total_rows"], found["total_columns"], found["rows"], found["start"]) == (4, 6, 4, 1)
    assert found["labels"] == ["x", "y"]
    assert texts(found) == [[None, "1.0"], [None, "Apple"]]
    assert [column["numbers"] for column in found["columns"]] == [[None, 1.0], []]
    assert look(FRAME, first_column=5)["columns"][0]["texts"] == ["Rude", "1", "x", None]
    assert look(FRAME, start=99)["labels"] == []


@pytest.mark.parametrize(
    ("column", "descending", "order"),
    [
        (0, False, "yzwx"),
        (0, True, "wzyx"),
        (1, False, "yzwx"),
        (2, True, "wzxy"),
        (-1, True, "zyxw"),
    ],
)
def test_sorted_by_a_column_with_what_is_missing_last(column: int, descending: bool, order: str):
    assert look(FRAME, sort={"column": column, "descending": descending})["labels"] == list(order)


@pytest.mark.parametrize(
    ("column", "op", "value", "left"),
    [
        (0, "ge", "2", "wz"),
        (0, "missing", "", "x"),
        (0, "has", "1.", "y"),
        (1, "has", "AP", "y"),
        (1, "eq", "fig", "z"),
        (1, "ne", "fig", "wxy"),
        (2, "lt", "2024-02-15", "xz"),
        (3, "eq", "true", "wy"),
        (4, "eq", "a", "wy"),
        (-1, "gt", "x", "yz"),
        (2, "present", "", "wxz"),
    ],
)
def test_rows_that_meet_a_condition(column: int, op: str, value: str, left: str):
    found = look(FRAME, where=[{"column": column, "op": op, "value": value}])
    assert set(found["labels"]) == set(left)
    assert (found["rows"], found["total_rows"]) == (len(left), 4)


def test_conditions_are_met_together_and_sorted():
    where = [{"column": 0, "op": "ge", "value": "1"}, {"column": 3, "op": "eq", "value": "1"}]
    assert look(FRAME, where=where, sort={"column": 0})["labels"] == ["y", "w"]


def test_a_condition_that_makes_no_sense_is_refused():
    for column, value in ((0, "many"), (2, "soon"), (3, "perhaps")):
        with pytest.raises(Refusal) as refused:
            look(FRAME, where=[{"column": column, "op": "eq", "value": value}])
        assert refused.value.code == "condition-invalid"
    with pytest.raises(Refusal):
        look(FRAME, sort={"column": 6})


def test_twice_the_same_name_multiple_levels_and_no_rows():
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert texts(look(twice, sort={"column": 1})) == [["1"], ["2"]]
    levels = FRAME.set_index(["word", "n"])
    assert look(levels)["labels"][0] == "('pear', 3.0)"
    assert look(pd.DataFrame({"a": []}), sort={"column": 0})["rows"] == 0
    assert look(pd.DataFrame())["total_columns"] == 0


def test_a_page_has_so_many_cells_and_no_more():
    wide = pd.DataFrame(np.zeros((1000, 300)))
    found = look(wide, count=10_000, columns=10_000)
    assert len(found["columns"]) == LIMITS["LOOK_COLUMNS"]
    assert len(found["columns"]) * len(found["labels"]) <= LIMITS["LOOK_CELLS"]
    assert len(look(wide, count=10_000, columns=1)["labels"]) == LIMITS["LOOK_ROWS"]
    assert len(texts(look(pd.DataFrame({"a": ["x" * 10**6]})))[0][0] or "") == LIMITS["LOOK_CHARS"]


@given(st.lists(st.integers(-100, 100) | st.floats(allow_nan=True), max_size=30), st.booleans())
def test_arrays_sort_as_python_does(values: list[float], descending: bool):
    array = np.array(values, dtype=float)
    found = texts(look(array, sort={"column": 0, "descending": descending}, count=30))[0]
    there = sorted((value for value in array.tolist() if not math.isnan(value)), reverse=descending)
    assert found == [str(value) for value in there] + [None] * (len(values) - len(there))


def test_arrays_of_one_two_three_dimensions_and_of_records():
    assert texts(look(np.array([1, 2]))) == [["1", "2"]]
    assert texts(look(np.arange(4).reshape(2, 2))) == [["0", "2"], ["1", "3"]]
    cube = np.arange(8).reshape(2, 2, 2)
    assert texts(look(cube)) == [["2 × 2 int64"] * 2]
    assert look(cube)["opens"] == [True, True]
    assert texts(look(cube, path=[1])) == [["4", "6"], ["5", "7"]]
    with pytest.raises(Refusal):
        look(cube, path=[2])
    records = np.array([(1, "a")], dtype=[("n", "i4"), ("s", "U1")])
    assert [column["name"] for column in look(records)["columns"]] == ["n", "s"]
    assert texts(look(np.array(5))) == [["5"]]
    assert texts(look(np.array([Rude(), None], dtype=object))) == [["Rude", None]]


@pytest.mark.parametrize(
    ("array", "op", "value", "left"),
    [
        (np.array([1, 2, 3]), "gt", "1.5", ["2", "3"]),
        (np.array([True, False]), "eq", "no", ["False"]),
        (np.array(["ab", "B"]), "has", "b", ["ab", "B"]),
        (np.array(["2024-01-01", "2025-01-01"], dtype="M8[D]"), "ge", "2024-06-01", ["2025-01-01"]),
        (np.array([1.0, np.nan]), "present", "", ["1.0"]),
    ],
)
def test_conditions_on_arrays(array: Any, op: str, value: str, left: list[str]):
    assert texts(look(array, where=[{"column": 0, "op": op, "value": value}])) == [left]


def test_what_is_nested_is_gone_into_by_position():
    value = {"a": [1, {"deep": FRAME}], "b": Point(1, "x"), 3: "text"}
    found = look(value)
    assert texts(found) == [
        ["a", "b", "3"],
        ["list", "Point", "str"],
        ["[1, {'deep': DataFrame}]", "Point(x=1, y='x')", "text"],
    ]
    assert found["opens"] == [True, True, False]
    assert look(value, path=[0, 1, 0])["type"] == "DataFrame"
    assert texts(look(value, path=[1])) == [["x", "y"], ["int", "str"], ["1", "x"]]
    assert texts(look(list(range(1000)), start=998))[1] == ["998", "999"]
    assert not found["sorts"]
    for path in ([2], [9], [0, 0]):
        with pytest.raises(Refusal):
            look(value, path=path)


def test_a_hostile_value_is_looked_into_without_running_it():
    assert texts(look(HostileDict(a=Hostile()))) == [["a"], ["Hostile"], ["Hostile"]]
    assert texts(look(HostileList([HostileText("x")]))) == [["HostileText"], ["x"]]
    with pytest.raises(Refusal):
        look(HostileFrame({"a": [1]}))


def test_a_sorted_table_is_scrolled_without_sorting_again():
    frame = pd.DataFrame({"n": np.random.default_rng(1).permutation(1_000_000)})
    looker = Looker(Shell(it=frame))
    ask: dict[str, Any] = {"of": {"t": "named", "name": "it"}, "sort": {"column": 0}, "count": 3}
    looker.look(ask, LIMITS)
    assert texts(looker.look({**ask, "start": 500_000}, LIMITS)) == [["500000", "500001", "500002"]]
    frame.iloc[:] = 999_999 - frame.to_numpy()
    assert texts(looker.look({**ask, "start": 500_000}, LIMITS)) == [["499999", "499998", "499997"]], (
        "the order that it had"
    )
    assert texts(looker.look(ask, LIMITS)) == [["0", "1", "2"]], "its first page is sorted anew"


# --- what an output showed -------------------------------------------------------------------------------------------


def shown(shell: Shell, count: int = 1, **of: Any) -> tuple[str, str, Any]:
    ask = {"of": {"t": "shown", "execution_count": count, **of}}
    found = Looker(shell).look(ask, LIMITS)
    return found["found"], found["name"], texts(found)[0]


def gone(shell: Shell, count: int = 1, **of: Any) -> bool:
    with pytest.raises(Refusal) as refused:
        shown(shell, count, **of)
    return refused.value.code == "output-value-gone"


ONE, TWO = pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]})


def test_a_result_is_found_though_it_has_no_name():
    assert shown(Shell(("f(x)",), {1: ONE}), result=True) == ("result", "", ["1"])
    assert shown(Shell(("one",), one=ONE), result=True) == ("variable", "one", ["1"]), "IPython kept no result"
    assert gone(Shell(("f(x)",), one=ONE), result=True)


def test_what_was_displayed_is_found_by_its_name():
    shell = Shell(("x = 5\ndisplay(one, 'words')\ndisplay(x)\ndisplay(two)\nthree",), one=ONE, two=TWO, x=5)
    assert shown(shell) == ("variable", "one", ["1"])
    assert shown(shell, ordinal=1) == ("variable", "two", ["2"])
    assert gone(shell, ordinal=2)


@pytest.mark.parametrize(
    "source",
    [
        "display(gone)\ndisplay(two)",
        "display(f(1))\ndisplay(two)",
        "for _ in range(3): display(two)\ndisplay(two)",
        "from somewhere import display as show\nshow(two)",
        "for row in",
        "",
    ],
)
def test_what_cannot_be_told_for_certain_is_said_to_be_gone(source: str):
    assert gone(Shell((source,), two=TWO))
    assert gone(Shell((source,), two=TWO), ordinal=1)
    assert gone(Shell(), count=7)


# --- threads and messages --------------------------------------------------------------------------------------------


def answered(job: Job, results: list[Any]) -> Any:
    deadline = time.monotonic() + 5
    while not results:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return results[0]


def job(work: Any) -> tuple[Job, list[Any]]:
    results: list[Any] = []
    return Job(work, results.append), results


def test_work_that_never_ends_is_stopped_and_its_thread_goes_on():
    lane = Lane("test", 3)
    began = threading.Event()

    def spin() -> None:
        began.set()
        while True:
            pass

    endless, said = job(spin)
    lane.put(endless)
    began.wait(5)
    assert lane.late(endless)
    assert answered(endless, said) is LATE
    after, more = job(lambda: {"t": "x"})
    lane.put(after)
    assert answered(after, more) == {"t": "x"}
    lane.give_up(endless)
    again, last = job(lambda: {"t": "y"})
    lane.put(again)
    assert answered(again, last) == {"t": "y"}


def test_work_that_hangs_is_left_behind_so_many_times_and_then_refused():
    lane = Lane("test", 2)
    free = threading.Event()
    for _ in range(2):
        began = threading.Event()
        hung, said = job(lambda began=began: (began.set(), free.wait(60)))
        waits, more = job(lambda: {"t": "x"})
        lane.put(hung)
        began.wait(5)
        lane.put(waits)
        assert lane.late(hung)
        lane.give_up(hung)
        assert answered(hung, said) is LATE
        answered(waits, more)
    assert more == [STUCK], "what waited behind the last one is not forgotten"
    refused, said = job(lambda: {"t": "x"})
    lane.put(refused)
    assert answered(refused, said) is STUCK
    free.set()


def test_an_answer_that_cannot_be_sent_is_refused():
    assert serve._reply({"t": "x", "text": "a" * 100}, 50)["code"] == "answer-too-large"
    assert json.loads(serve._reply({"t": "x", "text": "\ud800é"}, 50)["answer"])["text"] == "?é"
    failed = serve._reply(ValueError("bad"), 50)
    assert (failed["code"], failed["detail"]) == ("ask-failed", "ValueError: bad")
    assert (
        serve._reply(type("E", (Exception,), {"__str__": never, "args": property(never)})(), 50)["code"] == "ask-failed"
    )


def test_all_modules_are_sent_each_after_those_that_it_imports():
    seen: set[str] = set()
    for name, source in inspector.sources():
        imported = {line.split()[1].lstrip(".") for line in source.splitlines() if line.startswith("from .")} - {""}
        imported |= {line.split()[-1] for line in source.splitlines() if line.startswith("from . import")}
        assert imported <= seen, name
        seen.add(name)
    assert compile(inspector.BOOT, "boot", "exec")
