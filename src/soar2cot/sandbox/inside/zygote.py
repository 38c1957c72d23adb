"""The zygote: a fresh interpreter with everything imported, which forks one child per request and does nothing else.

Started by the parent as `python -c "…; main()"` with the numbers of its descriptors. It never looks at a request:
the child reads it from the shared buffer. An order comes over the control pipe, a report goes back.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import sys
from mmap import mmap

from . import calm, layout, lock, runner, screen

MODULES = {
    "bare": ["abc", "array", "bisect", "cmath", "collections", "collections.abc", "contextlib", "copy", "dataclasses", "decimal", "enum", "fractions", "functools", "heapq", "itertools", "json", "math", "numbers", "operator", "pprint", "random", "re", "statistics", "string", "textwrap", "time", "traceback", "types", "typing", "warnings"],
    "numpy": ["numpy"],
    "scipy": ["numpy", "scipy", "scipy.ndimage", "scipy.spatial", "scipy.spatial.distance", "scipy.signal"],
}


def preload(kind: str) -> None:
    """Imports all that a program of this kind may import; afterwards nothing else can be."""
    for name in [*MODULES["bare"], *([] if kind == "bare" else MODULES[kind])]:
        importlib.import_module(name)
    sys.path.clear()
    sys.path_importer_cache.clear()


def main(kind: str, control: int, buffer_fd: int, parent: int, level: str) -> None:
    """Serves until the parent is gone."""
    buffer = mmap(buffer_fd, layout.BUFFER_BYTES)
    os.close(buffer_fd)
    preload(kind)
    lock.lock_zygote(level, control, parent)
    peace = calm.Calm()
    sys.argv = ["program"]
    gc.collect()
    gc.freeze()
    os.write(control, b"!")
    serve(control, buffer, peace, level)


def serve(control: int, buffer: mmap, peace: calm.Calm, level: str) -> None:
    """One order, one child, one report, for ever."""
    while True:
        order = os.read(control, layout.ORDER.size)
        if len(order) != layout.ORDER.size:
            os._exit(0)
        pid = os.fork()
        if pid == 0:
            live(order, buffer, peace, level)
        os.write(control, report_of(pid, control))


def live(order: bytes, buffer: mmap, peace: calm.Calm, level: str) -> None:
    """The child's whole life. Leaves by `_exit` only."""
    try:
        _, cpu_s, wall_s, _, memory_bytes, output_bytes, _ = layout.ORDER.unpack(order)
        lock.lock_child(level, cpu_s, wall_s, memory_bytes)
        runner.run_all(buffer, peace, output_bytes, screen.may_share)
    finally:
        os._exit(0)


def report_of(pid: int, control: int) -> bytes:
    """Waits for the child's end; ends it, and this process, where the parent is gone."""
    child = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(child, select.POLLIN)
    poll.register(control, 0)
    while True:
        ready = [descriptor for descriptor, _ in poll.poll()]
        if child in ready:
            break
        if control in ready:
            os.kill(pid, signal.SIGKILL)
            os._exit(0)
    os.close(child)
    _, status, usage = os.wait4(pid, 0)
    return layout.REPORT.pack(status, usage.ru_utime, usage.ru_stime, usage.ru_maxrss * 1024)
