"""One data directory, one server."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from noctule import instance
from noctule.config import Config
from noctule.errors import Conflict, Unavailable


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "data")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "PATIENCE_SECONDS", 0.0)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_second_server_is_told_who_has_the_directory(config: Config) -> None:
    claim = instance.claim(config, "serve")
    with pytest.raises(Conflict) as caught:
        instance.claim(config, "serve")
    assert str(os.getpid()) in caught.value.title
    claim.release()
    instance.claim(config, "serve").release()


def test_the_directory_is_free_again_when_its_process_was_killed_and_its_children_live(config: Config) -> None:
    code = (
        "import subprocess, sys, time; from pathlib import Path; from noctule import instance; "
        "from noctule.config import Config; claim = instance.claim(Config(data=Path(sys.argv[1])), 'serve'); "
        "claim.announce('http://127.0.0.1:1'); child = subprocess.Popen(['sleep', '60']); print(child.pid, flush=True); "
        "time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(config.data)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        holder = instance.holder(config.data)
        assert holder is not None
        assert holder.pid == process.pid
        process.kill()
        process.wait()
        assert instance.holder(config.data) is None
        assert instance.reach(config.data) is None
        instance.claim(config, "serve").release()
    finally:
        process.kill()
        process.stdout.close()
        os.kill(child, 9)


def test_a_server_is_found_once_it_has_said_where_it_is(config: Config) -> None:
    claim = instance.claim(config, "serve")
    assert instance.reach(config.data) is None
    claim.announce("http://127.0.0.1:8600")
    reached = instance.reach(config.data)
    assert reached is not None
    assert (reached.pid, reached.url) == (os.getpid(), "http://127.0.0.1:8600")
    assert mode(config.run / "server.json") == 0o600
    claim.release()
    assert not (config.run / "server.json").exists()


def test_what_a_killed_server_said_is_not_believed(config: Config) -> None:
    claim = instance.claim(config, "serve")
    claim.announce("http://127.0.0.1:8600")
    stale = (config.run / "server.json").read_bytes()
    claim.release()
    (config.run / "server.json").write_bytes(stale)
    assert instance.reach(config.data) is None
    claim = instance.claim(config, "run")
    assert instance.reach(config.data) is None
    claim.release()


def test_the_token_is_made_once_and_is_the_users_alone(config: Config) -> None:
    instance.prepare(config)
    token = instance.token(config.data)
    assert len(token) >= 32
    assert instance.token(config.data) == token
    assert mode(config.data / "token") == 0o600
    assert [path.name for path in config.data.glob(".token*")] == []


def test_directories_are_closed_to_others(config: Config) -> None:
    instance.prepare(config)
    assert {mode(path) for path in (config.data, config.run, config.runtimes, config.blobs)} == {0o700}


def test_a_directory_for_the_socket_that_is_a_link_of_somebody_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "run").symlink_to(tmp_path)
    with pytest.raises(Unavailable, match="not a directory of this user"):
        instance.prepare(Config(data=tmp_path / "data"))


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as caught:
        instance.prepare(Config(data=tmp_path / "file" / "data"))
    assert caught.value.code == "data-not-writable"
    assert str(tmp_path / "file") in caught.value.detail
