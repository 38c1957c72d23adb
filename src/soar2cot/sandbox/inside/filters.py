"""Two system-call filters, assembled by hand for x86-64 and aarch64: the zygote's, and its children's tighter one.

A filter is a list of `struct sock_filter` (classic BPF). Of several filters the strictest verdict counts, so a child,
which carries both, is ended at the first call that its own does not name.

Source: Linux `include/uapi/linux/{seccomp,filter,bpf_common,audit}.h`, `arch/x86/entry/syscalls/syscall_64.tbl`,
`include/uapi/asm-generic/unistd.h`.
"""

from __future__ import annotations

import struct

KILL, ERRNO, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
EPERM = 1
PROT_EXEC = 4
MAP_ANONYMOUS = 0x20
FORK_FLAGS = 0x01000000 | 0x00200000 | 0xFF  # CHILD_SETTID, CHILD_CLEARTID and the signal: what fork() asks for
X32 = 0x40000000

# what a child may do: get and give back memory, wait for its own locks, end
CHILD_ALLOWED = ("brk", "munmap", "mremap", "madvise", "futex", "sched_yield", "exit", "exit_group")
# what is refused without ending the child, because harmless library code does it (a traceback looks for its file)
CHILD_REFUSED = (
    *("open", "openat", "stat", "lstat", "fstat", "newfstatat", "statx", "access", "faccessat", "faccessat2"),
    *("readlink", "readlinkat", "getcwd", "getdents64", "ioctl", "lseek", "read", "write", "close", "getrandom"),
)
# what the zygote needs besides, to fork, to lock its children, to wait for them and to talk to its parent
ZYGOTE_ALLOWED = (
    *("read", "write", "close", "close_range", "poll", "ppoll", "fork", "wait4", "waitid", "pidfd_open", "kill"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "prctl", "seccomp", "prlimit64", "setrlimit"),
    *("setitimer", "getpid", "getppid", "gettid", "set_robust_list", "rseq", "restart_syscall", "clock_gettime"),
)

X86_64 = {
    "read": 0,
    "write": 1,
    "open": 2,
    "close": 3,
    "stat": 4,
    "fstat": 5,
    "lstat": 6,
    "poll": 7,
    "lseek": 8,
    "mmap": 9,
    "mprotect": 10,
    "munmap": 11,
    "brk": 12,
    "rt_sigaction": 13,
    "rt_sigprocmask": 14,
    "rt_sigreturn": 15,
    "ioctl": 16,
    "access": 21,
    "sched_yield": 24,
    "mremap": 25,
    "madvise": 28,
    "setitimer": 38,
    "getpid": 39,
    "clone": 56,
    "fork": 57,
    "exit": 60,
    "wait4": 61,
    "kill": 62,
    "getcwd": 79,
    "readlink": 89,
    "getppid": 110,
    "sigaltstack": 131,
    "prctl": 157,
    "setrlimit": 160,
    "gettid": 186,
    "futex": 202,
    "getdents64": 217,
    "restart_syscall": 219,
    "clock_gettime": 228,
    "exit_group": 231,
    "waitid": 247,
    "openat": 257,
    "newfstatat": 262,
    "readlinkat": 267,
    "faccessat": 269,
    "ppoll": 271,
    "set_robust_list": 273,
    "prlimit64": 302,
    "seccomp": 317,
    "getrandom": 318,
    "statx": 332,
    "rseq": 334,
    "pidfd_open": 434,
    "close_range": 436,
    "faccessat2": 439,
}
AARCH64 = {
    "getcwd": 17,
    "ioctl": 29,
    "faccessat": 48,
    "openat": 56,
    "close": 57,
    "getdents64": 61,
    "lseek": 62,
    "read": 63,
    "write": 64,
    "ppoll": 73,
    "readlinkat": 78,
    "newfstatat": 79,
    "fstat": 80,
    "exit": 93,
    "exit_group": 94,
    "waitid": 95,
    "futex": 98,
    "set_robust_list": 99,
    "setitimer": 103,
    "clock_gettime": 113,
    "sched_yield": 124,
    "restart_syscall": 128,
    "kill": 129,
    "sigaltstack": 132,
    "rt_sigaction": 134,
    "rt_sigprocmask": 135,
    "rt_sigreturn": 139,
    "setrlimit": 164,
    "prctl": 167,
    "getpid": 172,
    "getppid": 173,
    "gettid": 178,
    "brk": 214,
    "munmap": 215,
    "mremap": 216,
    "clone": 220,
    "mmap": 222,
    "mprotect": 226,
    "madvise": 233,
    "wait4": 260,
    "prlimit64": 261,
    "seccomp": 277,
    "getrandom": 278,
    "statx": 291,
    "rseq": 293,
    "pidfd_open": 434,
    "close_range": 436,
    "faccessat2": 439,
}
MACHINES = {"x86_64": (0xC000003E, X86_64), "aarch64": (0xC00000B7, AARCH64), "arm64": (0xC00000B7, AARCH64)}

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16  # offsets in struct seccomp_data

Rule = list[tuple[int, int, int, int]]  # code, jump if true, jump if false, constant


def child_filter(machine: str) -> bytes:
    """Memory, own locks and the end; anything else ends the child or is refused."""
    arch, numbers = MACHINES[machine]
    rules = [*_verdicts(numbers, CHILD_ALLOWED, ALLOW), *_memory_rules(numbers)]
    return _assemble(arch, [*rules, *_verdicts(numbers, CHILD_REFUSED, ERRNO | EPERM)], otherwise=KILL)


def zygote_filter(machine: str) -> bytes:
    """What a child may do, and what it takes to make and lock children; anything else is refused."""
    arch, numbers = MACHINES[machine]
    allowed = (*CHILD_ALLOWED, *ZYGOTE_ALLOWED)
    fork = _checked(numbers["clone"], argument=0, forbidden_bits=0xFFFFFFFF & ~FORK_FLAGS)
    rules = [*_verdicts(numbers, allowed, ALLOW), *_memory_rules(numbers), *fork]
    return _assemble(arch, rules, otherwise=ERRNO | EPERM)


def _verdicts(numbers: dict[str, int], names: tuple[str, ...], verdict: int) -> Rule:
    """A verdict for each call by name; names that the machine does not have are passed over."""
    known = [numbers[name] for name in names if name in numbers]
    return [line for number in known for line in ((_EQUAL, 0, 1, number), (_RETURN, 0, 0, verdict))]


def _memory_rules(numbers: dict[str, int]) -> Rule:
    """mmap of anonymous memory alone, and nothing executable by mmap or mprotect."""
    mmap: Rule = [
        (_EQUAL, 0, 7, numbers["mmap"]),
        (_LOAD, 0, 0, _ARGUMENTS_AT + 2 * 8),
        (_ANY_BIT, 3, 0, PROT_EXEC),
        (_LOAD, 0, 0, _ARGUMENTS_AT + 3 * 8),
        (_ANY_BIT, 0, 1, MAP_ANONYMOUS),
        (_RETURN, 0, 0, ALLOW),
        (_RETURN, 0, 0, KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    return [*mmap, *_checked(numbers["mprotect"], argument=2, forbidden_bits=PROT_EXEC)]


def _checked(number: int, *, argument: int, forbidden_bits: int) -> Rule:
    """Allows the call unless one of the bits is set in its argument."""
    return [
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _ARGUMENTS_AT + argument * 8),
        (_ANY_BIT, 0, 1, forbidden_bits),
        (_RETURN, 0, 0, KILL),
        (_RETURN, 0, 0, ALLOW),
    ]


def _assemble(arch: int, rules: Rule, *, otherwise: int) -> bytes:
    """The whole filter: the right machine, no x32 numbers, the rules, the rest."""
    head: Rule = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_EQUAL, 1, 0, arch),
        (_RETURN, 0, 0, KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, X32),
        (_RETURN, 0, 0, KILL),
    ]
    return b"".join(struct.pack("<HBBI", *line) for line in [*head, *rules, (_RETURN, 0, 0, otherwise)])
