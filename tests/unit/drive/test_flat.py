"""What an older Noctule had in one flat folder lies in its owner's tree afterwards, whoever died in between."""

from pathlib import Path

from noctule.drive.flat import unflatten


def there(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())


def test_files_and_folders_move_and_what_was_staged_goes(tmp_path: Path) -> None:
    (tmp_path / "n.ipynb").write_text("n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").write_text("x")
    (tmp_path / ".0a1b.tmp").write_text("half")
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "hers").write_text("hers")
    (tmp_path / ".noctule" / "bin").mkdir(parents=True)
    (tmp_path / ".noctule" / "bin" / "b").write_text("b")
    assert unflatten(tmp_path, "you", ["ada"]) == 2
    assert there(tmp_path) == [".noctule/bin/b", "ada/hers", "you/data/x.csv", "you/n.ipynb"]
    assert unflatten(tmp_path, "you", ["ada"]) == 0


def test_nothing_is_moved_over_anything(tmp_path: Path) -> None:
    (tmp_path / "you").mkdir()
    (tmp_path / "you" / "n.ipynb").write_text("new")
    (tmp_path / "n.ipynb").write_text("old")
    assert unflatten(tmp_path, "you", []) == 0
    assert there(tmp_path) == ["n.ipynb", "you/n.ipynb"]


def test_there_is_nothing_to_move_before_there_is_a_drive(tmp_path: Path) -> None:
    assert unflatten(tmp_path / "drive", "you", []) == 0
