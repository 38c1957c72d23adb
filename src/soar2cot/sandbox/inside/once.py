"""One request in a fresh interpreter that is all its own: for systems on which zygotes cannot be locked."""

from __future__ import annotations

import contextlib
import math
import os
import resource
import signal
from mmap import mmap
from types import CodeType

from . import calm, layout, runner, zygote


def run_once(path: str, kind: str, cpu_s: float, wall_s: float, memory_bytes: int, output_bytes: int) -> None:
    """Reads the request from the file, writes the answer into it, ends."""
    with open(path, "r+b") as file:
        buffer = mmap(file.fileno(), layout.BUFFER_BYTES)
    zygote.preload(kind)
    peace = calm.Calm()
    peace.sink.limit = output_bytes
    _limit(cpu_s, wall_s, memory_bytes)
    runner.run_all(buffer, peace, _alone)
    os._exit(0)


def _alone(_: CodeType) -> bool:
    return True


def _limit(cpu_s: float, wall_s: float, memory_bytes: int) -> None:
    """What this system can limit: macOS, for one, knows no limit of memory."""
    seconds = math.ceil(cpu_s) + 1
    for which, value in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(which, (value, value))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes + (1 << 31), memory_bytes + (1 << 31)))
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    signal.setitimer(signal.ITIMER_REAL, wall_s)
