"""The files of contract/fixtures/runs as values, and values as such files. contract/fixtures/README.md has the format."""

import json
from pathlib import Path
from typing import Any

import msgspec

from noctule.runs.state import Limits
from noctule_agent.wire import link
from noctule_agent.wire.state import Op, RunSnapshot

FIXTURES = Path(__file__).parents[3] / "contract" / "fixtures" / "runs"


class Fixture(msgspec.Struct, frozen=True, omit_defaults=True):
    """`records` are None when the operations are not a reducer's but as the server sends them to pages."""

    name: str
    about: str
    start: RunSnapshot
    ops: list[list[Op]]
    view: RunSnapshot
    records: list[link.Record] | None = None
    limits: Limits | None = None


def load(path: Path) -> Fixture:
    raw = json.loads(path.read_bytes())
    records = raw.get("records")
    return Fixture(
        name=raw["name"],
        about=raw["about"],
        start=msgspec.convert(raw["start"], RunSnapshot),
        ops=msgspec.convert(raw["ops"], list[list[Op]]),
        view=msgspec.convert(raw["view"], RunSnapshot),
        records=None if records is None else [_record(record) for record in records],
        limits=Limits(**raw["limits"]) if "limits" in raw else None,
    )


def dump(fixture: Fixture) -> bytes:
    raw: dict[str, Any] = {"name": fixture.name, "about": fixture.about}
    if fixture.limits is not None:
        raw["limits"] = fixture.limits._asdict()
    raw["start"] = msgspec.to_builtins(fixture.start)
    if fixture.records is not None:
        raw["records"] = [_readable(record) for record in fixture.records]
    raw["ops"] = [[msgspec.to_builtins(op) for op in ops] for ops in fixture.ops]
    raw["view"] = msgspec.to_builtins(fixture.view)
    return json.dumps(raw, indent=1, ensure_ascii=True).encode() + b"\n"


def _record(raw: dict[str, Any]) -> link.Record:
    if raw["t"] != "said":
        return msgspec.convert(raw, link.Record)  # type: ignore[no-any-return]
    messages = [
        link.KernelMessage(
            msg_type=message["msg_type"],
            parent_id=message["parent_id"],
            content=_content(message["content"]),
        )
        for message in raw["messages"]
    ]
    return link.Said(epoch=raw["epoch"], at=raw["at"], messages=messages)


def _content(content: Any) -> bytes:
    """A string is the content's bytes themselves: what is no JSON object."""
    return content.encode() if isinstance(content, str) else json.dumps(content).encode()


def _readable(record: link.Record) -> dict[str, Any]:
    if not isinstance(record, link.Said):
        return msgspec.to_builtins(record)  # type: ignore[no-any-return]
    messages = [
        {"msg_type": message.msg_type, "parent_id": message.parent_id, "content": _readable_content(message.content)}
        for message in record.messages
    ]
    return {"t": "said", "epoch": record.epoch, "at": record.at, "messages": messages}


def _readable_content(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode()
