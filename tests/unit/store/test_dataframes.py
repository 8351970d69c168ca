"""The lines of a DataFrame's table, told from the HTML that pandas 3 gives of real frames (the page's tests have more of them)."""

import time

import pytest

from noctule.store.dataframes import table_lines
from noctule_agent.wire.limits import TABLE_BYTES, TABLE_ROWS

STYLE = "<style scoped>\n    .dataframe tbody tr th {\n        vertical-align: top;\n    }\n</style>"


def row(*cells: str, index: str = "0") -> str:
    return f"    <tr>\n      <th>{index}</th>\n" + "".join(f"      <td>{cell}</td>\n" for cell in cells) + "    </tr>\n"


def head(*cells: str) -> str:
    return (
        '    <tr style="text-align: right;">\n' + "".join(f"      <th>{cell}</th>\n" for cell in cells) + "    </tr>\n"
    )


def frame(heads: list[str], rows: list[str], shape: str = "") -> str:
    table = f"  <thead>\n{''.join(heads)}  </thead>\n  <tbody>\n{''.join(rows)}  </tbody>\n"
    return f'<div>\n{STYLE}\n<table border="1" class="dataframe">\n{table}</table>\n{shape}</div>'


LABELS = head("", "a", "b")
NAMES = head("index", "", "")
ROW = row("1", "2")
CUT = row("...", "...", index="...")
SHAPE = "<p>1000 rows x 2 columns</p>\n"


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        (frame([LABELS], [ROW] * 3), 4),
        (frame([LABELS], []), 1),
        (frame([LABELS, NAMES], [ROW] * 3), 4),
        (frame([LABELS, LABELS.replace("b", "c"), NAMES], [ROW] * 3), 5),
        (frame([LABELS], [ROW] * 60), 1 + TABLE_ROWS),
        (frame([LABELS], [ROW] * 5 + [CUT] + [ROW] * 5, SHAPE), 1 + TABLE_ROWS + 1),
        (frame([LABELS], [ROW] * 30 + [CUT] + [ROW] * 30, SHAPE), 1 + TABLE_ROWS),
        (frame([LABELS], [CUT]), 2),
        ("<table><tr><td>1</td></tr></table>", 0),
        ('<style type="text/css"></style><table class="dataframe"><tbody><tr></tr></tbody></table>', 0),
        (" " * TABLE_BYTES + frame([LABELS], [ROW]), 0),
    ],
)
def test_lines_are_those_of_the_first_page_of_the_table(html: str, lines: int) -> None:
    assert table_lines(html) == lines


@pytest.mark.parametrize(
    "piece", ["<tr>", "<th></th>", "<tr><th>...</th>", "<tr>\n<th>...</th><td>...</td>", "<tr> ", " "]
)
def test_hostile_html_of_megabytes_is_counted_in_no_time(piece: str) -> None:
    hostile = '<table class="dataframe"><thead>' + piece * (TABLE_BYTES // 2 // len(piece))
    began = time.process_time()
    table_lines(f"{hostile}</thead><tbody>{piece * (TABLE_BYTES // 3 // len(piece))}</tbody><p>")
    assert time.process_time() - began < 20
