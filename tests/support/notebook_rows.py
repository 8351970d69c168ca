"""Rows of a notebook, with the item that it is, for tests that need no more of it."""

from noctule.store import Tx, items, notebooks
from noctule.store.rows import ItemRow
from noctule_agent.wire.values import ItemId, Millis, NotebookId, UserId

OWNER = UserId("you")


def add_notebook(tx: Tx, notebook_id: str, name: str | None = None, at: int = 1, owner: UserId = OWNER) -> NotebookId:
    """Of the root of a tree, which is made when it is not there."""
    root = ItemId(owner)
    if items.get(tx, root) is None:
        items.create(tx, ItemRow(root, owner, None, b"", "folder"))
    items.create(tx, ItemRow(ItemId(notebook_id), owner, root, (name or f"{notebook_id}.ipynb").encode(), "notebook"))
    notebooks.create(tx, NotebookId(notebook_id), Millis(at))
    return NotebookId(notebook_id)
