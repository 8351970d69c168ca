"""The disk of a sandbox: one sparse ext4 image, mounted in the namespace of a builder. Bounds bytes and inodes; one unlink frees it.

    agent/             the journal and the log of the agent; ids as inside
    content/           what people call /content; ids as inside
    <layer>-<base>-*   what was changed of a layer, by the sandbox whose ids begin at `base`

Ids as inside: a later sandbox may have another range, and finds its files all the same (they are bound through a map). Overlayfs does
not write through a map, so what lies above a layer is that range's own; another one's is removed. Raises OSError, CalledProcessError.
"""

import os
import shutil
import stat
import subprocess
import time
from pathlib import Path
from typing import Final

from . import kernel
from .plan import Disk

KEEPER: Final = 900
"""The group inside whose members may use what is reserved of the disk."""
AGENT: Final = "agent"
CONTENT: Final = "content"
LOG: Final = "agent.log"
_FLAGS: Final = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOATIME
_PROGRAMS: Final = "/usr/sbin:/usr/bin:/sbin:/bin"
_SECONDS: Final = 60


def mount(disk: Disk, target: Path, base: int) -> None:
    """There at `target`, with its directories. Made when it is not there; whole or not at all."""
    if disk.image is None:
        kernel.mount("noctule", str(target), "tmpfs", _FLAGS, f"size={disk.size},nr_inodes={disk.inodes},mode=711")
    else:
        _make(disk, Path(disk.image))
        released(Path(disk.image))
        # The image itself has only 16 bits for this group (s_def_resgid).
        run("mount", "-o", f"loop,nodev,nosuid,noatime,discard,resgid={base + KEEPER}", disk.image, str(target))
    target.chmod(0o711)
    for name, mode in ((AGENT, 0o700), (CONTENT, 0o755)):
        if not (target / name).is_dir():
            (target / name).mkdir(mode)
    # What is reserved is for who writes with this group, and the agent's files are to have it.
    os.chown(target / AGENT, 0, KEEPER)
    for entry in target.iterdir():
        name, _, owner = entry.name.removesuffix("-upper").removesuffix("-work").rpartition("-")
        if name and owner.isdigit() and int(owner) != base:
            shutil.rmtree(entry)


def above(target: Path, layer: str, base: int) -> tuple[Path, Path]:
    """Where what is changed of a layer lies, and the work directory that overlayfs wants beside it."""
    upper, work = (target / f"{layer}-{base}-{kind}" for kind in ("upper", "work"))
    for place in (upper, work):
        own(place, base)
    return upper, work


def own(directory: Path, base: int) -> Path:
    """There, and root's inside."""
    if not directory.exists():
        directory.mkdir(mode=0o755)
        os.chown(directory, base, base)
    return directory


def released(image: Path) -> bool:
    """Waits for the kernel to take down what a sandbox had mounted, some moments after its last process; False: it did not.

    Until then what it wrote last is not on the image, and whoever mounts that sees something older.
    """
    deadline = time.monotonic() + _SECONDS
    while any(_backing(loop) == str(image) for loop in Path("/sys/block").glob("loop*/loop/backing_file")):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def tail(image: Path, target: Path, size: int) -> bytes:
    """The last bytes of the agent's log, of a disk that nothing uses."""
    if not released(image):
        raise OSError(f"{image} is still in use")
    run("mount", "-o", "loop,ro,noload,nodev,nosuid,noexec", str(image), str(target))
    return read_tail(os.open(target / AGENT, os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC), size)


def read_tail(agent: int, size: int) -> bytes:
    """Of the log in this directory, which whoever was inside may have made something else of. Closes the descriptor."""
    try:
        log = os.open(LOG, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=agent)
    finally:
        os.close(agent)
    try:
        status = os.fstat(log)
        if not stat.S_ISREG(status.st_mode):
            return b""
        return os.pread(log, size, max(0, status.st_size - size))
    finally:
        os.close(log)


def open_log(target: Path, mapped: Path) -> int:
    """`mapped`: the agent's directory with the ids of the sandbox. The OCI runtime gives the log to its user by this descriptor."""
    flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    # Nobody who is not in the sandbox can make a file through the map.
    os.close(os.open(target / AGENT / LOG, flags | os.O_CREAT, 0o600))
    return os.open(mapped / LOG, flags)


def run(*command: str) -> None:
    """A program of the system. What is wrong is in the error."""
    program = shutil.which(command[0], path=_PROGRAMS) or command[0]
    subprocess.run([program, *command[1:]], check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603 - no shell


def _backing(loop: Path) -> str:
    try:
        return loop.read_text().rstrip("\n")
    except OSError:
        return ""


def _make(disk: Disk, image: Path) -> None:
    if image.exists():
        return
    draft = image.with_suffix(".new")
    with draft.open("wb") as file:
        file.truncate(disk.size)
    reserved = ("-m", f"{100 * disk.reserved / disk.size:.4f}")
    options = ("-E", "lazy_itable_init=1,nodiscard", "-N", str(disk.inodes))
    run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", *options, *reserved, str(draft))
    draft.rename(image)
