"""What the kernel is asked to enforce on a zygote and on its children."""

from __future__ import annotations

import ctypes
import math
import os
import platform
import resource
import signal
import struct
from collections.abc import Callable

from . import filters

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
SECCOMP_MODE_FILTER = 2
NOBODY = 65_534
LANDLOCK_CREATE, LANDLOCK_RESTRICT = 444, 446
# file-system rights that each version of Landlock can take away; then network and scopes
LANDLOCK_FS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
CAPABILITY_VERSION_3 = 0x20080522


class NotLocked(Exception):
    """The kernel refused a part of the lock; says which."""


class Lock:
    """The lock of one zygote, made ready so that locking a child takes a handful of system calls.

    Args: parent: who owns the zygote; this process is the zygote itself.
    """

    def __init__(self, level: str, parent: int) -> None:
        self._level = level
        self._parent = parent
        self._zygote = os.getpid()
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._child_filter = _make_filter(filters.child_filter, level)
        self._base_bytes = _address_space()

    def lock_zygote(self) -> list[str]:
        """Everything that must hold before the first child exists. Returns: what the kernel would not give.

        Raises: NotLocked: at level `full`, a part that it must have.
        """
        gaps: list[str] = []
        if self._level != "none":
            self._attempt(gaps, _prefer_as_victim)
            self._attempt(gaps, self._drop_privileges)
            self._must(PR_SET_NO_NEW_PRIVS, 1, "no_new_privs")
            self._attempt(gaps, self._landlock)
        self._must(PR_SET_DUMPABLE, 0, "non-dumpable")
        self._die_with_parent()
        _limit(resource.RLIMIT_CORE, 0)
        if self._level != "none":
            self._filter(_make_filter(filters.zygote_filter, self._level), gaps)
        return gaps

    def lock_child(self, cpu_s: float, wall_s: float, memory_bytes: int) -> None:
        """Limits of the child, its timers, then its tighter filter. Timers and limits are the kernel's."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != self._zygote:  # it died before it could be asked to take this child with it
            os._exit(0)
        _limit(resource.RLIMIT_CPU, math.ceil(cpu_s) + 1)
        _limit(resource.RLIMIT_AS, self._base_bytes + memory_bytes)
        if self._level != "none":
            os.closerange(0, 64)
            _limit(resource.RLIMIT_NOFILE, 0)
            _limit(resource.RLIMIT_NPROC, 0)
        signal.setitimer(signal.ITIMER_PROF, cpu_s)
        signal.setitimer(signal.ITIMER_REAL, wall_s)
        if self._child_filter is not None:
            refused = self._libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, self._child_filter.program, 0, 0)
            if refused and self._level == "full":
                os._exit(70)

    def _attempt(self, gaps: list[str], step: Callable[[], None]) -> None:
        """A part that makes the lock deeper; its absence is reported."""
        try:
            step()
        except OSError as error:
            gaps.append(str(error))

    def _must(self, option: int, value: int, name: str) -> None:
        if self._libc.prctl(option, value, 0, 0, 0) and self._level == "full":
            raise NotLocked(f"{name}: {os.strerror(ctypes.get_errno())}")

    def _filter(self, own: Filter | None, gaps: list[str]) -> None:
        if own is None:
            gaps.append(f"seccomp: no table of system calls for {platform.machine()}")
        elif self._libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, own.program, 0, 0):
            reason = f"seccomp: {os.strerror(ctypes.get_errno())}"
            if self._level == "full":
                raise NotLocked(reason)
            gaps.append(reason)

    def _die_with_parent(self) -> None:
        """The signal also comes where only the thread that started us ended: then we stay."""
        parent = self._parent
        signal.signal(signal.SIGTERM, lambda _number, _frame: None if os.getppid() == parent else os._exit(0))
        self._libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(0)

    def _drop_privileges(self) -> None:
        """From root to nobody, and no capability left to anybody."""
        if os.geteuid() == 0:
            try:
                os.setgroups([])
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
            finally:
                self._drop_capabilities()
        else:
            self._drop_capabilities()

    def _drop_capabilities(self) -> None:
        head = ctypes.create_string_buffer(struct.pack("<Ii", CAPABILITY_VERSION_3, 0))
        if self._libc.capset(head, ctypes.create_string_buffer(bytes(24))):
            raise OSError(ctypes.get_errno(), "capabilities not dropped")

    def _landlock(self) -> None:
        """No file, no port, no socket or signal to the outside, as far as this kernel's Landlock goes."""
        version = self._libc.syscall(LANDLOCK_CREATE, None, 0, 1)
        if version < 1:
            raise OSError("Landlock: this kernel has none")
        rights = (1 << LANDLOCK_FS[min(version, 5)]) - 1
        fields = [rights, 3 if version >= 4 else 0, 3 if version >= 6 else 0]
        size = 8 * (3 if version >= 6 else 2 if version >= 4 else 1)
        ruleset = self._libc.syscall(LANDLOCK_CREATE, struct.pack("<QQQ", *fields), size, 0)
        if ruleset < 0 or self._libc.syscall(LANDLOCK_RESTRICT, ruleset, 0):
            raise OSError(f"Landlock: {os.strerror(ctypes.get_errno())}")
        os.close(ruleset)


class Filter:
    """`struct sock_fprog`, as prctl wants it, and the instructions that it points to."""

    def __init__(self, make: Callable[[str], bytes]) -> None:
        machine = platform.machine()
        if machine not in filters.MACHINES:
            raise NotLocked(f"seccomp: no table of system calls for {machine}")
        instructions = make(machine)
        self._code = ctypes.create_string_buffer(instructions)
        at = ctypes.addressof(self._code)
        self.program = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(instructions) // 8, at))


def _make_filter(make: Callable[[str], bytes], level: str) -> Filter | None:
    """The filter; None where the level does without. Raises: NotLocked: level full, and no table for this machine."""
    if level == "none" or (level == "weak" and platform.machine() not in filters.MACHINES):
        return None
    return Filter(make)


def _limit(which: int, value: int) -> None:
    """Both limits, never above the hard one."""
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _prefer_as_victim() -> None:
    """Where memory runs out, the kernel is to end a sandbox before its parent."""
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("500")


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
