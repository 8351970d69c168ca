"""The lower layer of a sandbox's `/`: what of the host's `/etc`, dpkg and apt everybody may read, and empty standard directories.

An allow-list: what is not copied here does not exist inside. Built once and again when the host's packages or users change; a built one is
never changed, for sandboxes stand on it. The same for the mask of `/usr`.
"""

import hashlib
import os
import shutil
import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

SOURCES: Final = ("/var/lib/dpkg/status", "/etc/passwd", "/etc/group", "/etc/ld.so.cache")
"""When one of these changes, the host is another one; with this file, what is built of it."""
LAST_SYSTEM_ID: Final = 999
_LISTED: Final = stat.S_IROTH | stat.S_IXOTH

_COPIED: Final = (
    "etc",
    "var/lib/dpkg",
    "var/lib/apt",
    "var/lib/ucf",
    "var/lib/pam",
    "var/lib/xml-core",
    "var/lib/sgml-base",
    "var/lib/python",
)
_SECRET: Final = frozenset(
    f"etc/{name}"
    for name in (
        *("shadow", "shadow-", "gshadow", "gshadow-", "passwd-", "group-", ".pwd.lock", "security/opasswd"),
        *("ssh", "ssl/private", "sudoers", "sudoers.d", "subuid", "subuid-", "subgid", "subgid-", "krb5.keytab"),
        *("machine-id", "fstab", "crypttab", "environment", "exports", "docker", "containers", "kubernetes"),
        # Where programs keep passwords of registries and mirrors.
        *("pip.conf", "xdg/pip", "netrc", "npmrc", "condarc", "apt/auth.conf", "apt/auth.conf.d"),
    )
)
_MADE_ANEW: Final = frozenset(
    f"etc/{name}" for name in ("hostname", "hosts", "resolv.conf", "mtab", "passwd", "group", "localtime")
)
_EMPTY: Final = (
    *("boot", "dev", "home", "media", "mnt", "opt", "proc", "run/lock", "run/noctule", "srv", "sys", "usr", "content"),
    *("var/cache/apt/archives/partial", "var/cache/debconf", "var/cache/ldconfig", "var/lib/apt/lists/partial"),
    *("var/lib/dpkg/updates", "var/lib/misc", "var/log/apt", "var/mail", "var/spool", "var/lib/noctule"),
)
_MODES: Final = {
    "root": 0o700,
    "tmp": 0o1777,
    "var/tmp": 0o1777,
    "var/lib/apt/lists/partial": 0o700,
    "var/cache/apt/archives/partial": 0o700,
}
_LINKS: Final = ("bin", "sbin", "lib", "lib64", "lib32", "libx32")
_POLICY: Final = "#!/bin/sh\n# No service is started here by the installation of its package.\nexit 101\n"
_SUDO: Final = """#!/bin/bash
# Root is who asks already; what scripts and habits say with sudo is done.
user=root
while [ $# -gt 0 ]; do
  case "$1" in
    -u|--user) user=$2; shift 2 ;;
    -g|-C|-h|-p|-r|-t|-T|-U) shift 2 ;;
    --) shift; break ;;
    -i|-s) [ $# -gt 1 ] || set -- "$1" "${SHELL:-/bin/bash}"; shift ;;
    -*) shift ;;
    *=*) export "$1"; shift ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || { echo "usage: sudo [-u user] command" >&2; exit 1; }
[ "$user" = root ] && exec "$@"
exec runuser -u "$user" -- "$@"
"""
_LOCAL: Final = ("bin", "etc", "games", "include", "lib", "sbin", "share", "src")


def key() -> str:
    """What the host is now, as a name for what is built of it."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for source in SOURCES:
        try:
            seen = Path(source).stat()
        except FileNotFoundError:
            continue
        digest.update(f"{source} {seen.st_mtime_ns} {seen.st_size}\n".encode())
    return digest.hexdigest()[:16]


def build(target: Path, host: Path = Path("/")) -> None:
    """The skeleton at `target`, which must not be there. Takes about a second. Raises OSError."""
    target.mkdir(parents=True)
    for part in _COPIED:
        for source in _open_to_all(host / part, host):
            _copy(source, target / source.relative_to(host))
    for part in (*_EMPTY, *_MODES):
        (target / part).mkdir(parents=True, exist_ok=True)
    for part, mode in _MODES.items():
        (target / part).chmod(mode)
    for name in _LINKS:
        if (host / name).is_symlink():
            (target / name).symlink_to((host / name).readlink())
    (target / "var/run").symlink_to("/run")
    (target / "var/lock").symlink_to("/run/lock")
    _people(target, host)
    (target / "etc/machine-id").touch()
    _localtime(target, host)


def build_mask(target: Path, usr: Path = Path("/usr")) -> None:
    """A layer above `usr` that hides what not everybody may read there, and all of `local`, which no package manager answers for.

    Hidden is, to overlayfs, a character device 0:0 or an opaque directory: needs CAP_MKNOD and trusted attributes.
    """
    target.mkdir(parents=True)
    for path in _closed(usr):
        if path.is_relative_to(usr / "local"):
            continue
        place = target / path.relative_to(usr)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.mknod(place, stat.S_IFCHR, 0)
    local = target / "local"
    for name in _LOCAL:
        (local / name).mkdir(parents=True)
    os.setxattr(local, "trusted.overlay.opaque", b"y")
    _write(target / "sbin" / "policy-rc.d", _POLICY, 0o755)
    if not (usr / "bin" / "sudo").exists():
        _write(target / "bin" / "sudo", _SUDO, 0o755)


def _open_to_all(top: Path, host: Path) -> Iterator[Path]:
    """Below `top` and with it, parents first: what everybody may read, and is no secret or made anew."""
    if not top.is_dir() or not _listed(top):
        return
    yield top
    for entry in sorted(top.iterdir()):
        name = str(entry.relative_to(host))
        if name in _SECRET or name in _MADE_ANEW:
            continue
        mode = entry.lstat().st_mode
        if stat.S_ISDIR(mode):
            yield from _open_to_all(entry, host)
        elif stat.S_ISLNK(mode) or (stat.S_ISREG(mode) and mode & stat.S_IROTH):
            yield entry


def _closed(usr: Path) -> Iterator[Path]:
    """Below `usr`, topmost only: what not everybody may read. A program that all may run is no secret."""
    with os.scandir(usr) as entries:
        for entry in entries:
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                if mode & _LISTED == _LISTED:
                    yield from _closed(Path(entry.path))
                else:
                    yield Path(entry.path)
            elif stat.S_ISREG(mode) and not mode & (stat.S_IROTH | stat.S_IXOTH):
                yield Path(entry.path)


def _listed(directory: Path) -> bool:
    return directory.stat().st_mode & _LISTED == _LISTED


def _copy(source: Path, place: Path) -> None:
    if source.is_symlink():
        place.symlink_to(source.readlink())
    elif source.is_dir():
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(source.stat().st_mode & 0o1777)
    else:
        shutil.copy2(source, place)
        # A setuid bit is for the host's users.
        place.chmod(source.stat().st_mode & 0o777)


def _people(target: Path, host: Path) -> None:
    """Users and groups of the system alone, and nobody's password."""
    users = _accounts(host / "etc/passwd")
    groups = _accounts(host / "etc/group")
    _write(target / "etc/passwd", "".join(f"{line}\n" for line in users), 0o644)
    _write(target / "etc/group", "".join(f"{_without_members(line)}\n" for line in groups), 0o644)
    _write(target / "etc/shadow", "".join(f"{_name(line)}:*:19000:0:99999:7:::\n" for line in users), 0o640)
    _write(target / "etc/gshadow", "".join(f"{_name(line)}:*::\n" for line in groups), 0o640)


def _accounts(file: Path) -> list[str]:
    lines = [line for line in file.read_text().splitlines() if line.count(":") >= 3]
    return [line for line in lines if int(line.split(":")[2]) <= LAST_SYSTEM_ID or _name(line) in _NOBODY]


_NOBODY: Final[Collection[str]] = frozenset({"nobody", "nogroup"})


def _name(line: str) -> str:
    return line.partition(":")[0]


def _without_members(line: str) -> str:
    return line.rpartition(":")[0] + ":"


def _localtime(target: Path, host: Path) -> None:
    """Which zone it is; the file lies in /usr, which is inside."""
    if (host / "etc/localtime").is_symlink():
        (target / "etc/localtime").symlink_to((host / "etc/localtime").readlink())


def _write(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
