"""The one timer that looks at the files of all open notebooks."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from noctule.drive.notebook_files import FileStat, NotebookFiles
from noctule.rooms.watch import WATCH_SECONDS, Watch, Watched
from noctule_agent.wire.values import NotebookId
from tests.support.virtual_time import virtual_time


class Folder:
    """drive.NotebookFiles, of notebooks that are files of one folder; it counts how often it is asked, and may fail."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.looks = 0
        self.fails = False

    async def stats(self, notebooks: Sequence[NotebookId]) -> dict[NotebookId, FileStat | None]:
        self.looks += 1
        if self.fails:
            raise ZeroDivisionError
        return {notebook_id: self.stat(notebook_id) for notebook_id in notebooks}

    def stat(self, notebook_id: NotebookId) -> FileStat | None:
        path = self.root / notebook_id
        return FileStat(path.stat().st_size, path.stat().st_mtime_ns) if path.exists() else None


class File:
    """A watched file, and how often it was said to differ."""

    def __init__(self, folder: Folder, name: str) -> None:
        self._folder, self._name = folder, NotebookId(name)
        self.known: FileStat | None = None
        self.said = 0
        self.watched = Watched(self._name, known=lambda: self.known, differs=self._differs)
        self.write("first")
        self.accept()

    def write(self, text: str) -> None:
        (self._folder.root / self._name).write_text(text)

    def accept(self) -> None:
        self.known = self._folder.stat(self._name)

    def _differs(self) -> None:
        self.said += 1


def watch_of(folder: Folder) -> Watch:
    return Watch(cast("NotebookFiles", folder))


async def rounds(count: int) -> None:
    await asyncio.sleep(WATCH_SECONDS * (count + 0.5))


@virtual_time
async def test_it_says_which_file_is_another_until_that_is_in_order(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    watch = watch_of(folder)
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
    watch = watch_of(folder)
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
    watch = watch_of(folder)
    watch.add(file.watched)
    folder.fails = True
    await rounds(1)
    folder.fails = False
    file.write("changed by others")
    await rounds(1)
    assert file.said == 1
    watch.remove(file.watched)
    seen = folder.looks
    await rounds(5)
    assert folder.looks == seen
    watch.add(file.watched)
    await rounds(1)
    assert folder.looks == seen + 1
    watch.remove(file.watched)
