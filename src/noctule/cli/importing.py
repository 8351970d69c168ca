"""Imports that do not look for garbage. What they make is there to stay: every collection meanwhile, each later one that
goes through it, and the one at the exit of the process would be in vain; together a third of the time of a short command.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """For a block of imports, and little else."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
