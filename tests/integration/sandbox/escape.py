"""What somebody who wants out tries, from within a runtime. Run in a cell; prints a line of JSON: {try: "" or what it got}.

Plain Python, for it runs inside: knows nothing of the tests. `HOST` is set before it: ports and names that are the host's; `only`:
these tries and no others.
"""
# ruff: noqa: PTH101, PTH103, PTH108, PTH112, PTH118, PTH123, PTH208, PERF401

import contextlib
import ctypes
import errno
import json
import os
import resource
import signal
import socket
import subprocess

HOST: dict = globals().get("HOST", {})
libc = ctypes.CDLL(None, use_errno=True)
TRIES = {}

ARCH = os.uname().machine
CALLS = {
    # name: (x86_64, aarch64)
    "mount": (165, 40),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "setns": (308, 268),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "open_by_handle_at": (304, 265),
    "syslog": (103, 116),
    "process_vm_readv": (310, 270),
    "lookup_dcookie": (212, 18),
    "iopl": (172, None),
    "ioperm": (173, None),
    "clone3": (435, 435),
}


def attempt(function):
    """A try: what it returns is what it got; an error is a refusal."""
    TRIES[function.__name__] = function
    return function


def call(name, *arguments):
    """0 or more when the kernel did it."""
    number = CALLS[name][0 if ARCH == "x86_64" else 1]
    if number is None:
        return -1
    ctypes.set_errno(0)
    return libc.syscall(ctypes.c_long(number), *arguments)


def refused_calls(*names, arguments=(0, 0, 0, 0, 0)):
    got = []
    for name in names:
        result = call(name, *arguments)
        refusals = (errno.EPERM, errno.ENOSYS, errno.EACCES)
        if result >= 0 or ctypes.get_errno() not in refusals:
            got.append(f"{name}: {result} {os.strerror(ctypes.get_errno())}")
    return ", ".join(got)


def readable(*paths):
    """Those that are there and can be read."""
    got = []
    for path in paths:
        try:
            if os.path.isdir(path):
                if os.listdir(path):
                    got.append(path)
            else:
                with open(path, "rb") as file:
                    if file.read(16):
                        got.append(path)
        except OSError:
            continue
    return ", ".join(got)


def writable(*paths):
    got = []
    for path in paths:
        try:
            with open(path, "r+b", buffering=0) as file:
                file.write(b"0")
            got.append(path)
        except OSError:
            continue
    return ", ".join(got)


def connects(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as trial:
        trial.settimeout(3)
        trial.connect(address)
    return f"connected to {address}"


# --- files ---


@attempt
def files_of_the_host():
    return readable(
        "/root/.ssh",
        "/root/.bashrc",
        "/root/.netrc",
        "/home",
        "/etc/ssh",
        "/etc/ssl/private",
        "/etc/sudoers",
        "/etc/machine-id",
        "/var/run/docker.sock",
        "/run/dbus",
        "/run/systemd",
        "/var/log/syslog",
        "/var/lib/postgresql",
        "/boot",
        "/lib/modules",
        "/etc/pip.conf",
        "/usr/local/etc",
        *HOST.get("files", []),
    )


@attempt
def passwords():
    with open("/etc/shadow") as file:
        hashes = [line for line in file if line.split(":")[1] not in ("*", "!", "!*", "")]
    return "".join(hashes)


@attempt
def people_of_the_host():
    with open("/etc/passwd") as file:
        ids = [int(line.split(":")[2]) for line in file]
    return str([found for found in ids if 1000 <= found < 65534] or "")


@attempt
def root_by_chroot():
    """The old way out of a chroot: another root below, and the working directory above it."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(OSError):
            os.makedirs("/tmp/jail", exist_ok=True)
            os.chroot("/tmp/jail")
            for _ in range(64):
                os.chdir("..")
            os.chroot(".")
        found = readable(*HOST.get("files", []))
        os._exit(1 if found else 0)
    return "" if os.waitpid(child, 0)[1] == 0 else "the host's files"


@attempt
def root_of_init():
    return readable(*(f"/proc/1/root{path}" for path in HOST.get("files", [])))


@attempt
def kernel_files():
    return readable(
        "/proc/kcore",
        "/proc/kallsyms",
        "/proc/keys",
        "/proc/timer_list",
        "/proc/sched_debug",
        "/proc/config.gz",
        "/dev/kmsg",
        "/dev/mem",
        "/dev/kmem",
        "/dev/port",
        "/dev/kvm",
        "/sys/firmware/acpi",
        "/sys/kernel/debug",
        "/sys/fs/bpf",
        "/sys/fs/pstore",
        "/sys/kernel/security",
    )


@attempt
def settings_of_the_kernel():
    return writable(
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/hostname",
        "/proc/sys/vm/drop_caches",
        "/proc/sys/vm/overcommit_memory",
        "/proc/sysrq-trigger",
        "/sys/kernel/uevent_helper",
        "/sys/power/state",
        "/proc/sys/fs/binfmt_misc/register",
        "/proc/sys/net/ipv4/ip_forward",
    )


@attempt
def control_groups():
    got = []
    for top, _, names in os.walk("/sys/fs/cgroup"):
        got += [os.path.join(top, name) for name in names]
    return writable(*got)


@attempt
def devices():
    allowed = {
        "null",
        "zero",
        "full",
        "random",
        "urandom",
        "tty",
        "ptmx",
        "console",
        "stdin",
        "stdout",
        "stderr",
        "fd",
        "core",
        "shm",
        "pts",
        "mqueue",
    }
    return ", ".join(sorted(set(os.listdir("/dev")) - allowed))


@attempt
def making_devices():
    """But for 0:0, which is none, and which the kernel lets everybody make."""
    got = []
    for name, mode, device in (
        ("disk", 0o60600, os.makedev(254, 0)),
        ("loop", 0o60600, os.makedev(7, 0)),
        ("mem", 0o20600, os.makedev(1, 1)),
    ):
        for place in ("/content", "/tmp", "/dev/shm"):
            with contextlib.suppress(OSError):
                os.mknod(f"{place}/{name}", mode, device)
                os.unlink(f"{place}/{name}")
                got.append(f"{place}/{name}")
    return ", ".join(got)


@attempt
def trusted_attributes():
    with open("/tmp/marked", "w"):
        os.setxattr("/tmp/marked", "trusted.overlay.opaque", b"y")
    return "trusted.overlay.opaque"


# --- processes ---


@attempt
def processes_of_others():
    with open("/proc/1/cmdline", "rb") as file:
        first = file.read().split(b"\0")
    others = [pid for pid in os.listdir("/proc") if pid.isdigit() and int(pid) > 10_000]
    return "" if b"noctule_agent" in first and not others else f"{first} {others}"


@attempt
def killing_others():
    pid = HOST.get("pid", 0)
    os.kill(pid, 0)
    return f"signalled {pid}"


@attempt
def oom_score():
    """Less than it was begun with would have the server killed in its place."""
    with open("/proc/1/oom_score_adj", "w") as file:
        file.write("-900")
    return "-900"


@attempt
def capabilities():
    """Beyond the twelve that apt, su and ping need."""
    allowed = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 31}
    with open("/proc/self/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    held = {
        number for kind in ("CapBnd", "CapEff", "CapPrm") for number in range(64) if int(lines[kind], 16) >> number & 1
    }
    problems = sorted(held - allowed)
    return "" if lines["NoNewPrivs"].strip() == "1" and not problems else f"{problems} nnp={lines['NoNewPrivs']}"


@attempt
def setuid_root():
    """A copy of a program with the setuid bit, run by nobody, stays nobody."""
    for place in filter(os.path.isdir, ("/content", "/tmp", "/dev/shm")):
        subprocess.run(["cp", "/usr/bin/id", f"{place}/id"], check=True)
        os.chmod(f"{place}/id", 0o4755)
        seen = subprocess.run(
            [f"{place}/id", "-u"], capture_output=True, text=True, check=False, user=65534, group=65534
        )
        os.unlink(f"{place}/id")
        if seen.stdout.strip() == "0":
            return place
    return ""


@attempt
def file_capabilities():
    made = subprocess.run(["setcap", "cap_sys_admin+ep", "/usr/bin/id"], capture_output=True, text=True, check=False)
    ran = subprocess.run(["/usr/bin/id", "-u"], capture_output=True, check=False)
    subprocess.run(["setcap", "-r", "/usr/bin/id"], capture_output=True, check=False)
    return "it ran" if made.returncode == 0 and ran.returncode == 0 else ""


@attempt
def real_time():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    return "SCHED_FIFO"


@attempt
def more_than_the_bounds():
    resource.setrlimit(resource.RLIMIT_NOFILE, (10_000_000, 10_000_000))
    return "RLIMIT_NOFILE"


@attempt
def core_files():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return "RLIMIT_CORE"


@attempt
def foreign_system_calls():
    """Calls of another architecture pass by a filter that knows one."""
    if ARCH != "x86_64":
        return ""
    child = os.fork()
    if child == 0:
        libc.syscall(ctypes.c_long(0x40000000 | 39))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    return "" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSYS else f"status {status}"


# --- mounts and namespaces ---


@attempt
def mounts():
    os.makedirs("/tmp/there", exist_ok=True)
    got = [
        refused_calls(
            "umount2", "pivot_root", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "mount_setattr"
        )
    ]
    for kind in (b"tmpfs", b"proc", b"sysfs", b"overlay", b"ext4", b"devtmpfs"):
        if libc.mount(b"none", b"/tmp/there", kind, 0, None) == 0:
            got.append(kind.decode())
    if libc.mount(b"/proc", b"/tmp/there", None, 4096, None) == 0:
        got.append("bind")
    if libc.umount2(b"/proc/kcore", 2) == 0:
        got.append("mask")
    return ", ".join(filter(None, got))


@attempt
def namespaces():
    got = [refused_calls("setns", "clone3", arguments=(0, 0, 0, 0, 0))]
    for name, flag in (
        ("user", 0x10000000),
        ("mount", 0x20000),
        ("net", 0x40000000),
        ("pid", 0x20000000),
        ("cgroup", 0x02000000),
    ):
        child = os.fork()
        if child == 0:
            os._exit(0 if libc.unshare(flag) == 0 else 1)
        if os.waitpid(child, 0)[1] == 0:
            got.append(name)
    return ", ".join(filter(None, got))


@attempt
def the_kernel():
    return refused_calls(
        "bpf",
        "perf_event_open",
        "io_uring_setup",
        "userfaultfd",
        "keyctl",
        "add_key",
        "request_key",
        "init_module",
        "finit_module",
        "delete_module",
        "kexec_load",
        "reboot",
        "swapon",
        "settimeofday",
        "clock_settime",
        "quotactl",
        "acct",
        "open_by_handle_at",
        "syslog",
        "lookup_dcookie",
        "iopl",
        "ioperm",
    )


# --- network ---


@attempt
def the_hypervisor():
    got = []
    for family, address in ((40, (2, 1)), (40, (0, 1))):
        with contextlib.suppress(OSError):
            socket.socket(family, socket.SOCK_STREAM).connect(address)
            got.append(str(address))
    with contextlib.suppress(OSError):
        socket.socket(40, socket.SOCK_STREAM)
        got.append("AF_VSOCK")
    return ", ".join(got)


@attempt
def other_families():
    got = []
    for name, family in (
        ("AF_PACKET", 17),
        ("AF_ALG", 38),
        ("AF_BLUETOOTH", 31),
        ("AF_CAN", 29),
        ("AF_KEY", 15),
        ("AF_XDP", 44),
        ("AF_TIPC", 30),
    ):
        with contextlib.suppress(OSError):
            socket.socket(family, socket.SOCK_RAW).close()
            got.append(name)
    return ", ".join(got)


def refused_addresses(addresses):
    got = []
    for address, port in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with contextlib.suppress(OSError):
            got.append(connects(family, (address, port)))
    return ", ".join(got)


@attempt
def loopback_of_the_host():
    return refused_addresses(
        [("127.0.0.1", HOST.get("port", 1)), ("::1", HOST.get("port", 1)), ("0.0.0.0", HOST.get("port", 1))]
    )


@attempt
def addresses_of_the_host():
    return refused_addresses([(address, HOST.get("port", 1)) for address in HOST.get("addresses", [])])


@attempt
def metadata():
    return refused_addresses([("169.254.169.254", 80), ("fd00:ec2::254", 80), ("100.100.100.200", 80)])


@attempt
def private_networks():
    return refused_addresses(
        [("10.0.0.1", 80), ("172.16.0.1", 80), ("192.168.0.1", 80), ("192.168.1.1", 80), ("100.64.0.1", 80)]
    )


@attempt
def abstract_sockets():
    return connects(socket.AF_UNIX, "\0" + HOST.get("abstract", "none"))


@attempt
def sockets_of_the_server():
    """There is one, and it is for the agent: as another runtime it lets nobody in."""
    return ", ".join(name for name in os.listdir("/run/noctule") if name != "agents.sock")


@attempt
def network_of_the_host():
    """Its routes cannot be taken away from inside."""
    done = subprocess.run(["ip", "route", "flush", "type", "prohibit"], capture_output=True, text=True, check=False)
    made = subprocess.run(["ip", "link", "add", "dummy0", "type", "dummy"], capture_output=True, text=True, check=False)
    return (
        "routes"
        if done.returncode == 0
        and "prohibit" not in subprocess.run(["ip", "route"], capture_output=True, text=True, check=False).stdout
        else ("links" if made.returncode == 0 else "")
    )


def main():
    results = {}
    for name in HOST.get("only", TRIES):
        function = TRIES[name]
        try:
            results[name] = function() or ""
        except (OSError, ValueError, subprocess.CalledProcessError):
            results[name] = ""
    print(json.dumps(results))


main()
