"""Scripts of widget packages: only what lies in the folders for them, whatever path is asked for."""

from pathlib import Path

import pytest

from noctule.http.widgets import find, folders
from noctule_agent.wire.limits import NBEXTENSION_FILE_BYTES


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "share" / "jupyter" / "nbextensions"
    (folder / "pkg" / "deep").mkdir(parents=True)
    (folder / "pkg" / "index.js").write_text("define({})")
    (folder / "pkg" / "deep" / "a b.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "share" / "jupyter" / "other.js").write_text("other")
    (folder / "out").symlink_to(tmp_path)
    (folder / "leak.js").symlink_to(tmp_path / "secret.txt")
    return folder


def test_a_file_of_a_package_is_found_in_the_first_place_that_has_it(place: Path, tmp_path: Path) -> None:
    assert find("pkg/index.js", [tmp_path / "absent", place]) == place / "pkg" / "index.js"
    assert find("pkg/deep/a b.js", [place]) == place / "pkg" / "deep" / "a b.js"


@pytest.mark.parametrize(
    "name",
    [
        *("../other.js", "pkg/../../other.js", "out/secret.txt", "leak.js", "pkg", "", ".", "/etc/passwd", "pkg/absent.js"),
        *("pkg/index.js\0.png", "x" * 5000, "pkg//../..//other.js", "~/.bashrc"),
    ],
)  # fmt: skip
def test_nothing_else_is(place: Path, name: str) -> None:
    assert find(name, [place]) is None


def test_a_file_that_is_too_large_is_not_read(place: Path) -> None:
    with (place / "pkg" / "large.js").open("wb") as file:
        file.truncate(NBEXTENSION_FILE_BYTES + 1)
    assert find("pkg/large.js", [place]) is None


def test_places_are_those_of_jupyter_and_the_environments_own_comes_before_the_users() -> None:
    environ = {"JUPYTER_PATH": "/one:/two", "JUPYTER_DATA_DIR": "/home/me/data"}
    found = [str(path) for path in folders(Path("/venv/bin/python"), environ)]
    assert found[:4] == [
        "/one/nbextensions",
        "/two/nbextensions",
        "/venv/share/jupyter/nbextensions",
        "/home/me/data/nbextensions",
    ]
