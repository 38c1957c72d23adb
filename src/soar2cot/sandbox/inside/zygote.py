"""The zygote: a fresh interpreter with everything imported, which forks one child per request and does nothing else.

Started by the parent with the numbers of its descriptors. It never looks at a request: the child reads it from the
shared buffer. An order comes over the control socket, a report goes back. It does the same between any two forks,
so that every child starts from the same memory.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import warnings
from mmap import mmap

from . import calm, layout, lock, runner, screen, warmup

STANDARD = (
    *("abc", "array", "bisect", "cmath", "collections", "collections.abc", "contextlib", "copy", "copyreg"),
    *("dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "heapq", "inspect", "io"),
    *("itertools", "json", "keyword", "linecache", "math", "numbers", "operator", "os", "pprint", "queue"),
    *("random", "re", "reprlib", "statistics", "string", "struct", "sys", "textwrap", "time", "tokenize"),
    *("traceback", "types", "typing", "warnings", "weakref"),
)
NUMPY = (
    *("numpy", "zlib", "pickle", "numpy.fft", "numpy.lib.scimath", "numpy.lib.stride_tricks", "numpy.linalg"),
    *("numpy.ma", "numpy.polynomial", "numpy.random", "numpy.typing"),
)
NDIMAGE = (*NUMPY, "scipy", "scipy.ndimage")
SCIPY = (
    *NDIMAGE,
    *("scipy.signal", "scipy.spatial", "scipy.spatial.distance", "scipy.stats", "scipy.optimize", "scipy.sparse"),
    *("scipy.sparse.csgraph", "scipy.linalg", "scipy.cluster", "scipy.cluster.hierarchy", "scipy.interpolate"),
)
KINDS = {"bare": STANDARD, "numpy": STANDARD + NUMPY, "ndimage": STANDARD + NDIMAGE, "scipy": STANDARD + SCIPY}
CONTROL = 3  # the number that the control socket gets: low, so that a child closes few numbers


def main(kind: str, control: int, memory: int, parent: int, level: str) -> None:
    """Serves until the parent is gone; a start that fails is told as `?` and the reason."""
    buffer = mmap(memory, layout.BUFFER_BYTES)
    os.close(memory)
    if control != CONTROL:
        os.dup2(control, CONTROL)
        os.close(control)
    try:
        preload(kind)
        padlock = lock.Lock(level, parent)
        gaps = padlock.lock_zygote()
    except (lock.NotLocked, OSError, ImportError) as error:
        os.write(CONTROL, b"?" + f"{error}".encode()[:1_000])
        os._exit(1)
    peace = calm.Calm()
    warmup.warm_up(peace)
    settle()
    os.write(CONTROL, b"!" + "\n".join(gaps).encode()[:1_000])
    serve(buffer, peace, padlock)


def preload(kind: str) -> None:
    """Imports all that a program of this kind may import; afterwards nothing else can be."""
    for name in KINDS[kind]:
        importlib.import_module(name)
    sys.path.clear()
    sys.path_importer_cache.clear()
    sys.argv = ["program"]
    warnings.simplefilter("ignore")


def settle() -> None:
    """Moves all that exists out of the garbage collector's sight: a child that looks at it would copy its pages."""
    gc.collect()
    gc.freeze()
    gc.disable()


def serve(buffer: mmap, peace: calm.Calm, padlock: lock.Lock) -> None:
    """One order, one child, one report, for ever."""
    while True:
        order = os.read(CONTROL, layout.ORDER.size)
        if len(order) != layout.ORDER.size:
            os._exit(0)
        pid = os.fork()
        if pid == 0:
            live(order, buffer, peace, padlock)
        _, status, usage = os.wait4(pid, 0)
        os.write(CONTROL, layout.REPORT.pack(status, usage.ru_utime, usage.ru_stime, usage.ru_maxrss * 1024))


def live(order: bytes, buffer: mmap, peace: calm.Calm, padlock: lock.Lock) -> None:
    """The child's whole life. Leaves by `_exit` only."""
    try:
        cpu_s, wall_s, memory_bytes, output_bytes = layout.ORDER.unpack(order)
        padlock.lock_child(cpu_s, wall_s, memory_bytes)
        gc.enable()
        peace.sink.limit = output_bytes
        runner.run_all(buffer, peace, screen.may_share)
    finally:
        os._exit(0)
