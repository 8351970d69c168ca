"""The one timer that looks at the files of all open notebooks."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from noctule.drive.folder import Folder
from noctule.rooms.watch import WATCH_SECONDS, Known, Watch, Watched
from tests.support.virtual_time import virtual_time


class File:
    """A watched file, and how often it was said to differ."""

    def __init__(self, folder: Folder, name: str) -> None:
        self._folder, self._name = folder, name
        self.known: Known | None = None
        self.said = 0
        self.watched = Watched(known=lambda: self.known, differs=self._differs)
        self.write("first")
        self.accept()

    def write(self, text: str) -> None:
        (self._folder.root / self._name).write_text(text)

    def accept(self) -> None:
        found = self._folder.stat(self._name)
        assert found is not None
        self.known = (self._name, found)

    def _differs(self) -> None:
        self.said += 1


async def at_once(work: Callable[..., Any], *args: Any) -> Any:
    return work(*args)


async def rounds(count: int) -> None:
    await asyncio.sleep(WATCH_SECONDS * (count + 0.5))


@virtual_time
async def test_it_says_which_file_is_another_until_that_is_in_order(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    watch = Watch(folder, at_once)
    mine, other = File(folder, "mine.ipynb"), File(folder, "other.ipynb")
    watch.add(mine.watched)
    watch.add(other.watched)
    await rounds(2)
    assert (mine.said, other.said) == (0, 0)
    mine.write("changed by others")
    await rounds(2)
    assert (mine.said, other.said) == (2, 0)
    mine.accept()
    await rounds(2)
    assert (mine.said, other.said) == (2, 0)
    watch.remove(mine.watched)
    watch.remove(other.watched)


@virtual_time
async def test_a_file_of_which_nothing_is_known_and_one_that_is_gone_are_looked_after(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    watch = Watch(folder, at_once)
    unknown, gone = File(folder, "unknown.ipynb"), File(folder, "gone.ipynb")
    unknown.known = None
    (tmp_path / "gone.ipynb").unlink()
    for file in (unknown, gone):
        watch.add(file.watched)
    await rounds(1)
    assert (unknown.said, gone.said) == (1, 1)
    for file in (unknown, gone):
        watch.remove(file.watched)


@virtual_time
async def test_nothing_is_looked_at_while_nothing_is_open_and_a_failure_ends_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    file = File(folder, "n.ipynb")
    looks: list[str] = []

    async def failing(work: Callable[..., Any], *args: Any) -> Any:
        looks.append("look")
        if len(looks) == 1:
            raise ZeroDivisionError
        return work(*args)

    watch = Watch(folder, failing)
    watch.add(file.watched)
    await rounds(1)
    file.write("changed by others")
    await rounds(1)
    assert file.said == 1
    watch.remove(file.watched)
    seen = len(looks)
    await rounds(5)
    assert len(looks) == seen
    watch.add(file.watched)
    await rounds(1)
    assert len(looks) == seen + 1
    watch.remove(file.watched)
