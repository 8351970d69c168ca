"""A notebook to begin with: `notebook` in a `store`, and builders of the values that the tests are about."""

import pytest

from noctule.store import Store
from noctule_agent.wire.values import NotebookId
from tests.support.notebook_rows import add_notebook


@pytest.fixture
async def notebook(store: Store) -> NotebookId:
    return await store.write(lambda tx: add_notebook(tx, "nb"))
