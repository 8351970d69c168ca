"""What of a host is inside: an allow-list, without secrets, without people, whatever else lies in the way."""

import os
import stat
from pathlib import Path

import pytest

from noctule.launchers.sandbox import skeleton


@pytest.fixture
def host(tmp_path: Path) -> Path:
    root = tmp_path / "host"
    for directory in (
        "etc/ssl/private",
        "etc/ssh",
        "etc/app",
        "var/lib/dpkg",
        "usr/bin",
        "home/ann",
        "root",
        "etc/closed",
    ):
        (root / directory).mkdir(parents=True)
    files = {
        "etc/passwd": "root:x:0:0::/root:/bin/bash\nann:x:1000:1000::/home/ann:/bin/bash\nnobody:x:65534:65534::/:/bin/false\nbroken\n",
        "etc/group": "root:x:0:\nadm:x:4:ann,bob\nann:x:1000:\nnogroup:x:65534:\n",
        "etc/shadow": "root:$6$hash:1::::::\n",
        "etc/ssl/private/key.pem": "key",
        "etc/ssh/sshd_config": "x",
        "etc/pip.conf": "index-url = https://user:password@registry/",
        "etc/app/open.conf": "open",
        "etc/app/closed.conf": "closed",
        "etc/closed/inside.conf": "closed by its folder",
        "etc/hostname": "the-host",
        "home/ann/notes": "notes",
        "root/.bashrc": "x",
        "var/lib/dpkg/status": "Package: x",
    }
    for name, text in files.items():
        (root / name).write_text(text)
        (root / name).chmod(0o644)
    (root / "etc/app/closed.conf").chmod(0o640)
    (root / "etc/closed").chmod(0o750)
    (root / "etc/app/setuid").touch()
    (root / "etc/app/setuid").chmod(0o4755)
    os.mkfifo(root / "etc/app/pipe")
    (root / "etc/link").symlink_to("/home/ann/notes")
    (root / "bin").symlink_to("usr/bin")
    return root


def built(host: Path, tmp_path: Path) -> Path:
    target = tmp_path / "skeleton"
    skeleton.build(target, host)
    return target


def test_what_everybody_may_read_is_there_and_no_secret_is(host: Path, tmp_path: Path) -> None:
    target = built(host, tmp_path)
    assert (target / "etc/app/open.conf").read_text() == "open"
    assert (target / "var/lib/dpkg/status").read_text() == "Package: x"
    for secret in (
        "etc/app/closed.conf",
        "etc/closed",
        "etc/pip.conf",
        "etc/ssl/private",
        "etc/ssh",
        "home/ann",
        "root/.bashrc",
        "etc/hostname",
    ):
        assert not (target / secret).exists(), secret
    assert not os.path.lexists(target / "etc/app/pipe")
    # A link leads nowhere but inside.
    assert (target / "etc/link").readlink() == Path("/home/ann/notes")
    assert (target / "bin").readlink() == Path("usr/bin")


def test_of_people_there_is_nobody_and_no_password(host: Path, tmp_path: Path) -> None:
    target = built(host, tmp_path)
    assert [line.split(":")[0] for line in (target / "etc/passwd").read_text().splitlines()] == ["root", "nobody"]
    assert (target / "etc/group").read_text() == "root:x:0:\nadm:x:4:\nnogroup:x:65534:\n"
    assert "hash" not in (target / "etc/shadow").read_text()
    assert {line.split(":")[1] for line in (target / "etc/shadow").read_text().splitlines()} == {"*"}


def test_setuid_bits_stay_outside(host: Path, tmp_path: Path) -> None:
    target = built(host, tmp_path)
    assert not any(path.lstat().st_mode & (stat.S_ISUID | stat.S_ISGID) for path in target.rglob("*"))


def test_a_host_that_changes_is_another_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    status = tmp_path / "status"
    status.write_text("Package: a")
    monkeypatch.setattr(skeleton, "SOURCES", (str(status), str(tmp_path / "none")))
    before = skeleton.key()
    assert skeleton.key() == before
    status.write_text("Package: a, b")
    assert skeleton.key() != before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes whiteouts")
def test_the_mask_hides_what_not_everybody_may_read_in_usr_and_all_of_local(tmp_path: Path) -> None:
    usr = tmp_path / "usr"
    for directory in ("bin", "lib/secret", "local/etc"):
        (usr / directory).mkdir(parents=True)
    for name, mode in (
        ("bin/sh", 0o755),
        ("bin/ping", 0o4711),
        ("lib/key", 0o600),
        ("lib/secret/x", 0o644),
        ("local/etc/token", 0o644),
    ):
        (usr / name).touch()
        (usr / name).chmod(mode)
    (usr / "lib/secret").chmod(0o700)
    mask = tmp_path / "mask"
    skeleton.build_mask(mask, usr)
    hidden = {str(path.relative_to(mask)) for path in mask.rglob("*") if stat.S_ISCHR(path.lstat().st_mode)}
    assert hidden == {"lib/key", "lib/secret"}
    assert os.getxattr(mask / "local", "trusted.overlay.opaque") == b"y"
    assert (mask / "bin/sudo").stat().st_mode & 0o777 == 0o755
