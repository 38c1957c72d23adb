"""What a sandbox really holds back, found out by trying: forbidden acts in a locked child, at every start.

A kernel's version says little: containers, other filters and boot options decide. So each act is tried, by its
number, past all of Python's own doors. An act that succeeds is named; at level `full` there may be none.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from soar2cot.errors import SandboxError
from soar2cot.sandbox.base import Execution, GridResult, Job

AT_FDCWD, O_RDONLY, SIGCHLD, PROT_EXEC, MAP_SHARED_ANON = -100, 0, 17, 4, 0x22

# act -> system call, its number on x86-64 and on aarch64, its arguments as they stand in the probe
ACTS: dict[str, tuple[str, int, int, str]] = {
    "open a file": ("openat", 257, 56, f"{AT_FDCWD}, b'/', {O_RDONLY}, 0"),
    "look at a file": ("newfstatat", 262, 79, f"{AT_FDCWD}, b'/', space, 0"),
    "change the directory": ("chdir", 80, 49, "b'/'"),
    "open a socket": ("socket", 41, 198, "1, 1, 0"),
    "start a process": ("clone", 56, 220, f"{SIGCHLD}, 0, 0, 0, 0"),
    "run a command": ("execve", 59, 221, "b'/bin/true', 0, 0"),
    "send a signal": ("kill", 62, 129, "0, 0"),
    "look into another process": ("process_vm_readv", 310, 270, "1, 0, 0, 0, 0, 0"),
    "be traced": ("ptrace", 101, 117, "0, 0, 0, 0"),
    "make a file in memory": ("memfd_create", 319, 279, "b'x', 0"),
    "make a pipe": ("pipe2", 293, 59, "space, 0"),
    "make an event descriptor": ("eventfd2", 290, 19, "0, 0"),
    "watch files": ("inotify_init1", 294, 26, "0"),
    "use io_uring": ("io_uring_setup", 425, 425, "1, space"),
    "handle page faults": ("userfaultfd", 323, 282, "1"),
    "get executable memory": ("mmap", 9, 222, f"0, 4096, {PROT_EXEC | 3}, {MAP_SHARED_ANON}, -1, 0"),
    "make memory executable": ("mprotect", 10, 226, f"page, 4096, {PROT_EXEC | 1}"),
    "stop its timers": ("setitimer", 38, 103, "2, nothing, 0"),
    "make a timer": ("timer_create", 222, 107, "0, 0, space"),
    "block signals": ("rt_sigprocmask", 14, 135, "0, nothing, 0, 8"),
    "handle signals": ("rt_sigaction", 13, 134, "10, 0, space, 8"),
    "change its own process": ("prctl", 157, 167, "15, b'x', 0, 0, 0"),
    "raise its limits": ("prlimit64", 302, 261, "0, 4, 0, space"),
    "leave its session": ("setsid", 112, 157, ""),
    "make a namespace": ("unshare", 272, 97, "0x10000000"),
    "learn its number": ("getpid", 39, 172, ""),
}
HARMLESS = ("sched_yield", 24, 124, "")
MACHINES = {"x86_64": 0, "aarch64": 1, "arm64": 1}  # which of the two numbers

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
    machine = platform.machine()
    if machine not in MACHINES:
        raise SandboxError(f"no table of system calls for {machine}: nothing can be proved; use --sandbox=weak")
    harmless = _call(run, HARMLESS)
    if harmless.grid != [[1]]:  # then the failure of the others would say nothing
        why = harmless.failed.message if harmless.failed else "another grid came back"
        raise SandboxError(f"the sandbox's self-test cannot be run: {why}; use --sandbox=weak, or report this")
    return [_proof(act, name, _call(run, (name, *rest))) for act, (name, *rest) in ACTS.items()]


def _call(run: Callable[[Job], Execution], act: tuple[Any, ...]) -> GridResult:
    number, arguments = act[1 + MACHINES[platform.machine()]], act[3]
    call = ", ".join(filter(None, [str(number), arguments]))
    return run(Job(_PROBE.format(call=call), ([[0]],))).results[0]


def _proof(act: str, name: str, result: GridResult) -> Proof:
    if result.failed is None:
        return Proof(act, False, f"{name} succeeded")
    if result.failed.kind == "forbidden":
        return Proof(act, True, f"{name} ends the program")
    refused = result.failed.kind == "PermissionError" and result.failed.message in ("1", "13")
    return Proof(act, refused, f"{name}: {'refused' if refused else result.failed.message}")
