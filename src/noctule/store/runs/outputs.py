"""Output rows: from `wire.state` Outputs to columns and back, one by one. `apply` writes with it, `snapshot` reads.

`body` is the Output as JSON without what has columns of its own: a stream's text and tail. A display's values are in it
when they are small, else references to blobs, which `output_blob` repeats for the sweep.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import Row, bindparam, delete, insert, select, update

from noctule.store import tables as t
from noctule.store.codec import to_json
from noctule.store.mime import externalize, references
from noctule.store.writer import Tx
from noctule_agent.wire.state import (
    BundleReplace,
    CutOutput,
    DisplayOutput,
    ErrorOutput,
    Output,
    OutputPut,
    StreamOutput,
    TextAppend,
)
from noctule_agent.wire.values import CellId, ExecutionId, NotebookId

from . import text
from .measure import measure
from .text import Excerpt, Extent

AnyRow = Row[*tuple[Any, ...]]

_decoder: msgspec.json.Decoder[Output] = msgspec.json.Decoder(Output)
_KINDS: Final[dict[type, str]] = {
    StreamOutput: "stream",
    DisplayOutput: "display",
    ErrorOutput: "error",
    CutOutput: "cut",
}

_THIS = (t.output.c.notebook_id == bindparam("notebook"), t.output.c.id == bindparam("output"))
_INSERT = insert(t.output)
_EXTENT = select(t.output.c.key, t.output.c.chars, t.output.c.chunk_start, t.output.c.bytes, t.output.c.lines).where(
    *_THIS
)
_BODY = select(t.output.c.key, t.output.c.body).where(*_THIS)
_GROW = (
    update(t.output)
    .where(t.output.c.key == bindparam("this"))
    .values(
        chars=bindparam("new_chars"),
        chunk_start=bindparam("new_chunk_start"),
        bytes=bindparam("new_bytes"),
        lines=bindparam("new_lines"),
        tail=bindparam("new_tail"),
        cursor_row=bindparam("new_row"),
        cursor_column=bindparam("new_column"),
        terminal=bindparam("new_terminal"),
    )
)
_SET_BODY = (
    update(t.output)
    .where(t.output.c.key == bindparam("this"))
    .values(
        body=bindparam("new_body"),
        bytes=bindparam("new_bytes"),
        lines=bindparam("new_lines"),
        width=bindparam("new_width"),
        height=bindparam("new_height"),
        rows=bindparam("new_rows"),
    )
)
_CLEAR = delete(t.output).where(
    t.output.c.notebook_id == bindparam("notebook"),
    t.output.c.cell_id == bindparam("cell"),
    t.output.c.execution_id.is_not_distinct_from(bindparam("execution")),
)
_REFER = insert(t.output_blob)
_FORGET = delete(t.output_blob).where(t.output_blob.c.output == bindparam("this"))


def put(tx: Tx, notebook_id: NotebookId, op: OutputPut) -> OutputPut:
    """Append an output; the operation as pages may see it."""
    output = _prepare(tx, op.output)
    body = _body(output)
    stream = output if isinstance(output, StreamOutput) else None
    room = measure(output)
    inserted = tx.conn.execute(
        _INSERT,
        {
            "notebook_id": notebook_id,
            "id": output.id,
            "cell_id": op.cell_id,
            "execution_id": op.execution_id,
            "kind": _KINDS[type(output)],
            "name": None if stream is None else stream.name,
            "display_id": _display_id(output),
            "chars": 0,
            "chunk_start": 0,
            "bytes": 0 if stream is not None else len(body),
            "lines": room.lines,
            "width": room.width,
            "height": room.height,
            "rows": room.rows,
            "tail": b"",
            "terminal": b"",
            "body": body,
        },
    )
    key: int = inserted.inserted_primary_key[0]  # type: ignore[index]  # an INSERT of one row has one
    if stream is not None:
        _grow(tx, key, Extent(), stream)
    _refer(tx, key, output)
    return msgspec.structs.replace(op, output=output)


def append(tx: Tx, notebook_id: NotebookId, op: TextAppend) -> TextAppend:
    """Let the text of a stream grow."""
    row = _one(tx, _EXTENT, notebook_id, op.output_id)
    _grow(tx, row.key, Extent(row.chars, row.chunk_start, row.bytes, row.lines), op)
    return op


def replace(tx: Tx, notebook_id: NotebookId, op: BundleReplace) -> BundleReplace:
    """A display changes in place."""
    row = _one(tx, _BODY, notebook_id, op.output_id)
    before = _decoder.decode(row.body)
    if not isinstance(before, DisplayOutput):
        raise LookupError(f"output {op.output_id} is not a display")
    data = externalize(op.data, tx.blobs)
    output = msgspec.structs.replace(before, data=data, metadata=op.metadata)
    body = _body(output)
    room = measure(output)
    tx.conn.execute(
        _SET_BODY,
        {
            "this": row.key,
            "new_body": body,
            "new_bytes": len(body),
            "new_lines": room.lines,
            "new_width": room.width,
            "new_height": room.height,
            "new_rows": room.rows,
        },
    )
    tx.conn.execute(_FORGET, {"this": row.key})
    _refer(tx, row.key, output)
    return msgspec.structs.replace(op, data=data)


def clear(tx: Tx, notebook_id: NotebookId, cell_id: CellId, execution_id: ExecutionId | None) -> None:
    tx.conn.execute(_CLEAR, {"notebook": notebook_id, "cell": cell_id, "execution": execution_id})


def load(row: AnyRow, excerpt: Excerpt) -> Output:
    """An output as pages get it, from its row and what is shown of its text."""
    output = _decoder.decode(row.body)
    if not isinstance(output, StreamOutput):
        return output
    return StreamOutput(
        id=output.id,
        name=output.name,
        text=excerpt.text,
        tail=row.tail.decode(),
        chars=row.chars,
        omitted=excerpt.omitted,
        text_end=excerpt.end,
        cursor=_cursor(row),
        terminal=row.terminal.decode(),
    )


def skeleton(row: AnyRow) -> Output:
    """What a reducer must know of an output to go on. Of the body, only that of a cut is read."""
    match row.kind:
        case "stream":
            return StreamOutput(
                id=row.id,
                name=row.name,
                tail=row.tail.decode(),
                chars=row.chars,
                cursor=_cursor(row),
                terminal=row.terminal.decode(),
            )
        case "display":
            display_id = None if row.display_id is None else row.display_id.decode()
            return DisplayOutput(id=row.id, data={}, display_id=display_id)
        case "error":
            return ErrorOutput(id=row.id, ename="", evalue="")
        case _:
            return _decoder.decode(row.cut_body)


def body_of(tx: Tx, notebook_id: NotebookId, output_id: str) -> Output | None:
    """The stored Output (a stream without its text), None when there is none."""
    row = tx.conn.execute(_BODY, {"notebook": notebook_id, "output": output_id}).one_or_none()
    return None if row is None else _decoder.decode(row.body)


def _prepare(tx: Tx, output: Output) -> Output:
    match output:
        case DisplayOutput():
            return msgspec.structs.replace(output, data=externalize(output.data, tx.blobs))
        case StreamOutput():
            return msgspec.structs.replace(output, chars=len(output.text), omitted=0, text_end="")
        case _:
            return output


def _body(output: Output) -> bytes:
    if isinstance(output, StreamOutput):
        return to_json(StreamOutput(id=output.id, name=output.name))
    return to_json(output)


def _display_id(output: Output) -> bytes | None:
    if isinstance(output, DisplayOutput) and output.display_id is not None:
        return output.display_id.encode()
    return None


def _grow(tx: Tx, key: int, extent: Extent, more: StreamOutput | TextAppend) -> None:
    extent = text.append(tx, key, extent, more.text)
    row, column = more.cursor if more.cursor is not None else (None, None)
    tx.conn.execute(
        _GROW,
        {
            "this": key,
            "new_chars": extent.chars,
            "new_chunk_start": extent.chunk_start,
            "new_bytes": extent.bytes,
            "new_lines": extent.lines,
            "new_tail": more.tail.encode(),
            "new_terminal": more.terminal.encode(),
            "new_row": row,
            "new_column": column,
        },
    )


def _refer(tx: Tx, key: int, output: Output) -> None:
    if isinstance(output, DisplayOutput) and (needed := references(output.data)):
        tx.conn.execute(_REFER, [{"output": key, "sha256": sha256} for sha256 in sorted(needed)])


def _one(tx: Tx, statement: Any, notebook_id: NotebookId, output_id: str) -> AnyRow:
    row: AnyRow | None = tx.conn.execute(statement, {"notebook": notebook_id, "output": output_id}).one_or_none()
    if row is None:
        raise LookupError(f"notebook {notebook_id} has no output {output_id}")
    return row


def _cursor(row: AnyRow) -> tuple[int, int] | None:
    return None if row.cursor_row is None else (row.cursor_row, row.cursor_column)
