"""What a page asks of a kernel beside its runs, and what it is told: completion, inspection, variables, tables.

    Ask{id, ask}  --->  server  --->  agent  --->  kernel         page.py and link.py have the frames
    Answer{id, answer} | Failed{id, problem}  <---

An ask runs no code of the notebook. It is never journaled and is no part of the run state: it is answered once, within
ASK_SECONDS, or its connection breaks and it has failed. Positions in code are counted in code points, as in Jupyter.
"""

from typing import Annotated, Literal

import msgspec

from .values import ExecutionId


class _Tagged(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True):
    """Base of every ask and answer."""


Natural = Annotated[int, msgspec.Meta(ge=0)]

# --- asks ------------------------------------------------------------------------------------------------------------


class CompleteAsk(_Tagged, frozen=True, tag="complete"):
    """What could stand at the cursor."""

    code: str
    cursor: Natural


class InspectAsk(_Tagged, frozen=True, tag="inspect"):
    """What is known of the name at the cursor. `detail` 1: with its source."""

    code: str
    cursor: Natural
    detail: Literal[0, 1] = 0


class IsCompleteAsk(_Tagged, frozen=True, tag="is-complete"):
    """Whether the code could be run as it is."""

    code: str


class VariablesAsk(_Tagged, frozen=True, tag="variables"):
    """The variables of the notebook's code."""


class Named(_Tagged, frozen=True, tag="named"):
    """A variable."""

    name: str


class Shown(_Tagged, frozen=True, tag="shown"):
    """What an output of this execution shows: its `result`, or what it displayed; `ordinal` counts those tables from 0.

    `execution_count` is put in by the server, which knows whether the kernel is still the one that showed it.
    """

    execution_id: ExecutionId
    result: bool = False
    ordinal: Natural = 0
    execution_count: Natural = 0


Subject = Named | Shown


class Sort(msgspec.Struct, frozen=True, omit_defaults=True):
    """By the column at this position; -1 is the index."""

    column: Annotated[int, msgspec.Meta(ge=-1)]
    descending: bool = False


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """Rows of which the column's value is so. `has`: its text contains the value, in any case. `missing` needs none."""

    column: Annotated[int, msgspec.Meta(ge=-1)]
    op: Literal["has", "eq", "ne", "lt", "le", "gt", "ge", "missing", "present"]
    value: str = ""


class LookAsk(_Tagged, frozen=True, tag="look"):
    """A page of rows and columns. `path` goes into what is nested: the position of an item at each level."""

    of: Subject
    path: list[Natural] = []
    start: Natural = 0
    count: Natural = 100
    first_column: Natural = 0
    columns: Natural = 50
    sort: Sort | None = None
    where: list[Condition] = []


AskBody = CompleteAsk | InspectAsk | IsCompleteAsk | VariablesAsk | LookAsk
CodeAsk = CompleteAsk | InspectAsk | IsCompleteAsk
"""What every kernel can be asked; the others need Python."""


# --- answers ---------------------------------------------------------------------------------------------------------


class Completion(msgspec.Struct, frozen=True, omit_defaults=True):
    """`type` is the kernel's word for it (function, class, module, ...), "" when it says none."""

    text: str
    type: str = ""
    signature: str = ""


class Completions(_Tagged, frozen=True, tag="completions"):
    """Each would replace the code from `start` to `end`. `more`: there were more than COMPLETIONS."""

    start: int
    end: int
    items: list[Completion] = []
    more: bool = False


class Inspected(_Tagged, frozen=True, tag="inspected"):
    """`data` is a MIME bundle of texts; `text/plain` has ANSI colours."""

    found: bool
    data: dict[str, str] = {}


class Completeness(_Tagged, frozen=True, tag="completeness"):
    """`indent` is what the next line would begin with, when it is incomplete."""

    status: Literal["complete", "incomplete", "invalid", "unknown"]
    indent: str = ""


VariableKind = Literal["table", "array", "sequence", "mapping", "text", "number", "object"]


class Variable(msgspec.Struct, frozen=True, omit_defaults=True):
    """`shape` is empty for what has none; `size` in bytes where it is known without counting.

    `opens`: `look` shows what is in it.
    """

    name: str
    type: str
    kind: VariableKind = "object"
    shape: list[int] = []
    size: int | None = None
    preview: str = ""
    opens: bool = False


class VariableList(_Tagged, frozen=True, tag="variable-list"):
    """In the order of their names. `total` counts those that are left out too."""

    items: list[Variable]
    total: int


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of each row its text, None where nothing is; `numbers` has the value beside it where it is a finite number.

    `numbers` is empty for a column that has none.
    """

    name: str
    type: str = ""
    texts: list[str | None] = []
    numbers: list[float | None] = []


class TableView(_Tagged, frozen=True, tag="table"):
    """Rows from `start` and columns from `first_column`. `rows`: those that the conditions leave, of `total_rows`.

    `found`: how it was found: by its name, as the result of the execution, or as a variable that the execution showed and
    that may have changed since (then `name` is that variable). `sorts`: it can be sorted and searched.
    """

    type: str
    shape: list[int]
    total_rows: int
    total_columns: int
    rows: int
    start: int
    first_column: int
    labels: list[str]
    columns: list[Column]
    found: Literal["name", "result", "variable"] = "name"
    name: str = ""
    sorts: bool = False
    opens: list[bool] = []
    """Of each row, whether `path` can go on into it; empty when none can."""


AnswerBody = Completions | Inspected | Completeness | VariableList | TableView
