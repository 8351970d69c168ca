"""The system calls of a sandbox, as the `linux.seccomp` of an OCI config: an allow-list. Pure.

What is not named is ENOSYS: a library then falls back to what was there before it. What is refused on purpose is EPERM, save
where programs take that for a broken system. One architecture: the 32-bit calls of a 64-bit kernel go around filters by argument.
"""

import platform
from typing import Any, Final

_ENOSYS: Final = 38
_EPERM: Final = 1
_EINVAL: Final = 22
_EAFNOSUPPORT: Final = 97

_AF_NETLINK: Final = 16
_NETLINK_AUDIT: Final = 9
_FAMILIES: Final = {"unix": 1, "inet": 2, "inet6": 10}
_CLONE_NEW: Final = 0x7E020080
"""Every flag of clone(2) and unshare(2) that makes a namespace."""

_FILES: Final = """
access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2
epoll_wait eventfd eventfd2 faccessat faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr
flistxattr flock fremovexattr fsetxattr fstat fstatfs fsync ftruncate futimesat getcwd getdents getdents64 getxattr inotify_add_watch inotify_init
inotify_init1 inotify_rm_watch ioctl lchown lgetxattr link linkat listxattr llistxattr lremovexattr lseek lsetxattr lstat memfd_create mkdir
mkdirat mknod mknodat name_to_handle_at newfstatat open openat openat2 pipe pipe2 poll ppoll pread64 preadv preadv2 pselect6 pwrite64 pwritev
pwritev2 read readahead readlink readlinkat readv removexattr rename renameat renameat2 rmdir select sendfile setxattr signalfd signalfd4 splice
stat statfs statx symlink symlinkat sync sync_file_range syncfs tee timerfd_create timerfd_gettime timerfd_settime truncate umask unlink unlinkat
utime utimensat utimes vmsplice write writev chroot fanotify_mark cachestat
"""
_PROCESSES: Final = """
arch_prctl capget capset execve execveat exit exit_group fork futex futex_waitv futex_wait futex_wake futex_requeue get_robust_list
get_thread_area getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit getrusage
getsid gettid getuid ioprio_get ioprio_set kcmp kill landlock_add_rule landlock_create_ruleset landlock_restrict_self membarrier nanosleep
pause pidfd_open pidfd_send_signal pidfd_getfd prctl prlimit64 process_mrelease ptrace process_vm_readv process_vm_writev restart_syscall rseq
rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max
sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr
sched_setparam sched_setscheduler sched_yield seccomp set_robust_list set_thread_area set_tid_address setfsgid setfsuid setgid setgroups
setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setuid sigaltstack sysinfo tgkill time times tkill uname vfork wait4
waitid
"""
_MEMORY: Final = """
brk madvise mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect process_madvise
remap_file_pages map_shadow_stack mbind get_mempolicy set_mempolicy set_mempolicy_home_node migrate_pages move_pages mseal
"""
_TALK: Final = """
accept accept4 bind connect getpeername getsockname getsockopt listen mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink
msgctl msgget msgrcv msgsnd recvfrom recvmmsg recvmsg semctl semget semop semtimedop sendmmsg sendmsg sendto setsockopt shmat shmctl shmdt shmget
shutdown socketpair
"""
_TIME: Final = """
adjtimex alarm clock_adjtime clock_getres clock_gettime clock_nanosleep getitimer gettimeofday setitimer timer_create timer_delete timer_getoverrun
timer_gettime timer_settime io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit
"""
_REFUSED: Final = """
add_key keyctl request_key bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register mount umount2 pivot_root fsopen fsmount
fsconfig fspick open_tree move_mount mount_setattr setns open_by_handle_at quotactl quotactl_fd swapon swapoff kexec_load kexec_file_load init_module
finit_module delete_module iopl ioperm acct settimeofday clock_settime reboot syslog fanotify_init lookup_dcookie nfsservctl vhangup
sethostname setdomainname
"""

_ARCHITECTURES: Final = {"x86_64": "SCMP_ARCH_X86_64", "aarch64": "SCMP_ARCH_AARCH64"}

Rule = dict[str, Any]


def profile(machine: str = platform.machine()) -> dict[str, Any]:
    """For one architecture, as `platform.machine()` names it. Raises KeyError for one that is not known."""
    allowed = sorted(" ".join((_FILES, _PROCESSES, _MEMORY, _TALK, _TIME)).split())
    refused = sorted(_REFUSED.split())
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": _ENOSYS,
        "architectures": [_ARCHITECTURES[machine]],
        "syscalls": [
            _allow(allowed),
            _refuse(refused, _EPERM),
            *_namespaces(),
            *_sockets(),
        ],
    }


def _namespaces() -> list[Rule]:
    """No new ones. clone3 has its flags in memory, where no filter sees them: libc takes clone when it is not there."""
    masked = {"index": 0, "value": _CLONE_NEW, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}
    return [_allow(["clone", "unshare"], masked), _refuse(["clone3"], _ENOSYS)]


def _sockets() -> list[Rule]:
    """Unix, internet, and netlink without audit. VSOCK would be a way to the hypervisor: it has no namespaces.

    libaudit takes EINVAL for a kernel without audit, and anything else for a reason to stop `useradd`. Every value has a rule of its
    own: conditions on one argument within one rule are joined differently by crun and runc.
    """
    family = {"index": 0, "op": "SCMP_CMP_EQ"}
    protocol = {"index": 2, "value": _NETLINK_AUDIT}
    netlink = {**family, "value": _AF_NETLINK}
    refused = [number for number in range(_AF_NETLINK) if number not in _FAMILIES.values()]
    return [
        *(_allow(["socket"], {**family, "value": number}) for number in _FAMILIES.values()),
        _allow(["socket"], netlink, {**protocol, "op": "SCMP_CMP_NE"}),
        _refuse(["socket"], _EINVAL, netlink, {**protocol, "op": "SCMP_CMP_EQ"}),
        *(_refuse(["socket"], _EAFNOSUPPORT, {**family, "value": number}) for number in refused),
        _refuse(["socket"], _EAFNOSUPPORT, {"index": 0, "value": _AF_NETLINK, "op": "SCMP_CMP_GT"}),
    ]


def _allow(names: list[str], *conditions: dict[str, Any]) -> Rule:
    return {"names": names, "action": "SCMP_ACT_ALLOW", **({"args": list(conditions)} if conditions else {})}


def _refuse(names: list[str], errno: int, *conditions: dict[str, Any]) -> Rule:
    found: Rule = {"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": errno}
    return {**found, **({"args": list(conditions)} if conditions else {})}
