"""The settings: where values come from, which ones are refused, and what follows from them."""

from pathlib import Path

import pytest

from noctule import config
from noctule.config import SETTINGS, Config, Source, load
from noctule.errors import Invalid


def test_without_anything_given_every_setting_has_its_default(tmp_path: Path) -> None:
    found = load({"data": str(tmp_path)}, {})
    assert (found.host, found.port, found.pool_size, found.lease_hours) == ("127.0.0.1", 8600, 1, 24.0)
    assert found.source("port") == Source("default")


def test_a_flag_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "noctule.toml").write_text("port = 1000\npool_size = 2\nlease_hours = 3\n")
    environ = {"NOCTULE_DATA": str(tmp_path), "NOCTULE_PORT": "2000", "NOCTULE_POOL_SIZE": "4"}
    found = load({"port": "3000"}, environ)
    assert (found.port, found.pool_size, found.lease_hours) == (3000, 4, 3.0)
    assert found.source("port") == Source("flag", "--port")
    assert found.source("pool_size") == Source("environment", "NOCTULE_POOL_SIZE")
    assert found.source("lease_hours") == Source("file", str(tmp_path / "noctule.toml"))


def test_a_named_file_takes_the_place_of_the_one_in_the_data_directory(tmp_path: Path) -> None:
    (tmp_path / "noctule.toml").write_text("port = 1000\n")
    named = tmp_path / "other.toml"
    named.write_text(f'data = "{tmp_path}"\npool_size = 5\n')
    for found in (load({}, {}, named), load({}, {"NOCTULE_CONFIG": str(named)})):
        assert (found.port, found.pool_size, found.data) == (8600, 5, tmp_path)


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert load({}, {"NOCTULE_PORT": ""}).port == 8600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "70000"),
        ("port", "web"),
        ("pool_size", "-1"),
        ("lease_hours", "0"),
        ("launcher", "magic"),
        ("log_level", "loud"),
        ("frame_origin", "frames.example"),
        ("browser", "maybe"),
        ("data", ""),
    ],
)
def test_a_value_that_will_not_do_is_refused_with_its_setting_and_its_source(name: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        load({name: value}, {})
    assert caught.value.code == "setting-invalid"
    assert f"`{name}`" in caught.value.title
    assert "--" + name.replace("_", "-") in caught.value.title
    assert repr(value) in caught.value.detail


def test_a_name_in_the_file_that_is_no_setting_is_refused_with_the_closest_one(tmp_path: Path) -> None:
    (tmp_path / "noctule.toml").write_text("prot = 1\n")
    with pytest.raises(Invalid) as caught:
        load({"data": str(tmp_path)}, {})
    assert "`port`?" in caught.value.detail


def test_a_file_that_is_not_toml_or_not_there_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("port 1")
    for file in (broken, tmp_path / "none.toml"):
        with pytest.raises(Invalid) as caught:
            load({}, {}, file)
        assert str(file) in caught.value.title


def test_the_file_in_the_data_directory_cannot_move_that_directory(tmp_path: Path) -> None:
    (tmp_path / "noctule.toml").write_text('data = "/elsewhere"\n')
    with pytest.raises(Invalid, match="cannot say where"):
        load({"data": str(tmp_path)}, {})


def test_a_switch_that_is_off_knows_the_flag_that_turned_it_off() -> None:
    assert load({"browser": False}, {}).source("browser") == Source("flag", "--no-browser")


def test_the_home_directory_and_relative_paths_are_resolved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert load({"data": "~/x"}, {}).data == tmp_path / "x"
    assert load({"data": "y"}, {}).data == tmp_path / "y"


def test_sqlite_in_the_data_directory_is_the_database_unless_another_is_given(tmp_path: Path) -> None:
    assert load({"data": str(tmp_path)}, {}).database == f"sqlite:///{tmp_path}/noctule.db"
    url = "postgresql+psycopg://db/noctule"
    assert load({"database_url": url}, {}).database == url


def test_a_socket_path_that_is_too_long_gives_way_to_a_short_one_of_the_same_directory() -> None:
    short = Config(data=Path("/data"))
    deep = Config(data=Path("/" + "d" * 90))
    assert short.socket == Path("/data/run/agent.sock")
    assert len(str(deep.socket)) <= config.SOCKET_PATH_BYTES
    assert deep.socket == Config(data=deep.data).socket
    assert deep.socket != Config(data=Path("/" + "e" * 90)).socket


def test_every_setting_has_words_a_variable_and_a_flag() -> None:
    assert {setting.name for setting in SETTINGS} == set(Config.__struct_fields__) - {"sources"}
    for setting in SETTINGS:
        assert setting.help.endswith("."), setting.name
        assert setting.words, setting.name
        assert setting.env == f"NOCTULE_{setting.name.upper()}"
