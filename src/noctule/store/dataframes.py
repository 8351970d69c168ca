"""How high the table is that the page makes of a DataFrame, from the HTML of pandas. No SQL.

Counts tags and reads no value: the page (`outputs/table/parse.ts`) decides in the end whether it is a table.
"""

import re
from typing import Final

from noctule_agent.wire.limits import TABLE_BYTES, TABLE_ROWS

_START: Final = 2_000
_ROW: Final = "<tr"
_INDEX_NAMES: Final = re.compile(r"<th></th>\s*</tr>\s*$")
"""A row below the labels of the columns that names the levels of the index: pandas leaves its other cells empty."""
_CUT: Final = re.compile(r"<tr>\s*(?:<th>\.\.\.</th>\s*)+(?:<td>\.\.\.</td>\s*)+</tr>")
"""Stands where pandas left rows out."""


def may_be_table(html: str) -> bool:
    return 'class="dataframe"' in html[:_START] and "<style type=" not in html


def table_lines(html: str) -> int:
    """Lines of the first page of the table, with those of its head; 0 where it will be none."""
    if len(html) > TABLE_BYTES or not may_be_table(html):
        return 0
    before, _, body = html.partition("<tbody>")
    body, _, after = body.partition("</tbody>")
    head = before.partition("<thead>")[2].partition("</thead>")[0]
    levels = head.count(_ROW)
    if levels > 1 and _INDEX_NAMES.search(head):
        levels -= 1
    cut = _CUT.search(body) if "<p>" in after else None
    rows = body.count(_ROW) - (cut is not None)
    is_cut_shown = cut is not None and body.count(_ROW, 0, cut.start()) < TABLE_ROWS
    return levels + min(rows, TABLE_ROWS) + is_cut_shown
