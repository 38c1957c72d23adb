"""What a sandbox really holds back, found out by trying: forbidden acts in a locked child, at every start.

A kernel's version says little: containers, other filters and boot options decide. So each act is tried, by its
number, past all of Python's own doors. An act that succeeds is named; at level `full` there may be none.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass

from soar2cot.errors import SandboxError
from soar2cot.sandbox.base import Execution, Job

AT_FDCWD, O_RDONLY, SIGCHLD, PROT_EXEC, MAP_SHARED_ANON = -100, 0, 17, 4, 0x22
_NULL = "None"

# act -> (system call, its arguments as they stand in the probe)
ACTS: dict[str, tuple[str, str]] = {
    "open a file": ("openat", f"{AT_FDCWD}, b'/', {O_RDONLY}, 0"),
    "look at a file": ("newfstatat", f"{AT_FDCWD}, b'/', space, 0"),
    "change the directory": ("chdir", "b'/'"),
    "open a socket": ("socket", "1, 1, 0"),
    "start a process": ("clone", f"{SIGCHLD}, 0, 0, 0, 0"),
    "run a command": ("execve", "b'/bin/true', 0, 0"),
    "send a signal": ("kill", "0, 0"),
    "look into another process": ("process_vm_readv", "1, 0, 0, 0, 0, 0"),
    "be traced": ("ptrace", "0, 0, 0, 0"),
    "make a file in memory": ("memfd_create", "b'x', 0"),
    "make a pipe": ("pipe2", "space, 0"),
    "make an event descriptor": ("eventfd2", "0, 0"),
    "watch files": ("inotify_init1", "0"),
    "use io_uring": ("io_uring_setup", "1, space"),
    "handle page faults": ("userfaultfd", "1"),
    "get executable memory": ("mmap", f"0, 4096, {PROT_EXEC | 3}, {MAP_SHARED_ANON}, -1, 0"),
    "make memory executable": ("mprotect", f"page, 4096, {PROT_EXEC | 1}"),
    "stop its timers": ("setitimer", "2, nothing, 0"),
    "make a timer": ("timer_create", "0, 0, space"),
    "block signals": ("rt_sigprocmask", "0, nothing, 0, 8"),
    "handle signals": ("rt_sigaction", "10, 0, space, 8"),
    "change its own process": ("prctl", "15, b'x', 0, 0, 0"),
    "raise its limits": ("prlimit64", "0, 4, 0, space"),
    "leave its session": ("setsid", ""),
    "make a namespace": ("unshare", "0x10000000"),
    "learn its number": ("getpid", ""),
}
_X86_64 = {
    **{"openat": 257, "newfstatat": 262, "chdir": 80, "socket": 41, "clone": 56, "execve": 59, "kill": 62},
    **{"process_vm_readv": 310, "ptrace": 101, "memfd_create": 319, "pipe2": 293, "eventfd2": 290, "mmap": 9},
    **{"inotify_init1": 294, "io_uring_setup": 425, "userfaultfd": 323, "mprotect": 10, "setitimer": 38},
    **{"timer_create": 222, "rt_sigprocmask": 14, "rt_sigaction": 13, "prctl": 157, "prlimit64": 302, "setsid": 112},
    **{"unshare": 272, "getpid": 39, "sched_yield": 24},
}
_AARCH64 = {
    **{"openat": 56, "newfstatat": 79, "chdir": 49, "socket": 198, "clone": 220, "execve": 221, "kill": 129},
    **{"process_vm_readv": 270, "ptrace": 117, "memfd_create": 279, "pipe2": 59, "eventfd2": 19, "mmap": 222},
    **{"inotify_init1": 26, "io_uring_setup": 425, "userfaultfd": 282, "mprotect": 226, "setitimer": 103},
    **{"timer_create": 107, "rt_sigprocmask": 135, "rt_sigaction": 134, "prctl": 167, "prlimit64": 261, "setsid": 157},
    **{"unshare": 97, "getpid": 172, "sched_yield": 124},
}
NUMBERS = {"x86_64": _X86_64, "aarch64": _AARCH64, "arm64": _AARCH64}

_PROBE = """
import ctypes

def transform(grid):
    libc = ctypes.CDLL(None, use_errno=True)
    space, nothing = ctypes.create_string_buffer(4096), ctypes.create_string_buffer(64)
    page = ctypes.c_void_p((ctypes.addressof(space) + 4095) & ~4095)
    if libc.syscall({call}) == -1:
        raise PermissionError(ctypes.get_errno())
    return [[1]]
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """One act that was tried: `held` says whether it was prevented, `how` by what."""

    act: str
    held: bool
    how: str


def prove(run: Callable[[Job], Execution]) -> list[Proof]:
    """Tries every forbidden act in a child.

    Raises: SandboxError: the trying itself does not work: then nothing is proved.
    """
    numbers = NUMBERS.get(platform.machine())
    if numbers is None:
        raise SandboxError(f"no table of system calls for {platform.machine()}: nothing can be proved; use --sandbox=weak")
    _check_probe(run, numbers)
    return [_try(run, act, name, arguments, numbers) for act, (name, arguments) in ACTS.items()]


def _check_probe(run: Callable[[Job], Execution], numbers: dict[str, int]) -> None:
    """A harmless call by the same way must succeed, or the failure of the others says nothing."""
    result = run(Job(_PROBE.format(call=numbers["sched_yield"]), ([[0]],))).results[0]
    if result.grid != [[1]]:
        why = result.failed.message if result.failed else "another grid came back"
        raise SandboxError(f"the sandbox's self-test cannot be run: {why}; use --sandbox=weak, or report this")


def _try(run: Callable[[Job], Execution], act: str, name: str, arguments: str, numbers: dict[str, int]) -> Proof:
    call = ", ".join(filter(None, [str(numbers[name]), arguments]))
    result = run(Job(_PROBE.format(call=call), ([[0]],))).results[0]
    if result.failed is None:
        return Proof(act, False, f"{name} succeeded")
    if result.failed.kind == "forbidden":
        return Proof(act, True, f"{name} ends the program")
    refused = result.failed.kind == "PermissionError" and result.failed.message in ("1", "13")
    return Proof(act, refused, f"{name}: {'refused' if refused else result.failed.message}")
