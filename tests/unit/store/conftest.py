"""A notebook to begin with: `notebook` in a `store`, and builders of the values that the tests are about."""

import pytest

from noctule.store import Store, notebooks
from noctule.store.rows import NotebookRow
from noctule_agent.wire.values import Millis, NotebookId


@pytest.fixture
async def notebook(store: Store) -> NotebookId:
    row = NotebookRow(id=NotebookId("nb"), name="Untitled", created_at=Millis(1), updated_at=Millis(1))
    await store.write(lambda tx: notebooks.create(tx, row))
    return row.id
