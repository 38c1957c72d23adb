"""What the kernel is asked to enforce on a zygote and on its children."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def lock_zygote(level: str, control: int, parent: int) -> None:
    """Everything that must hold before the first child exists."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: os.getppid() == parent or os._exit(0))
    if os.getppid() != parent:
        os._exit(0)


def lock_child(level: str, cpu_s: float, wall_s: float, memory_bytes: int) -> None:
    """Limits of the child, then its tighter lock."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(cpu_s) + 1, math.ceil(cpu_s) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = _address_space() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    signal.setitimer(signal.ITIMER_REAL, wall_s)


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()
