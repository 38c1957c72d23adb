"""How a zygote's interpreter is started: environment from nothing, own session, addresses not randomised."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ADDR_NO_RANDOMIZE = 0x0040000
ASK = 0xFFFFFFFF
NEWER = ("AVX512", "X86_V4", "SVE", "ASIMDHP", "ASIMDDP", "ASIMDFHM")
# the plainest kernels that OpenBLAS carries, so that results do not follow the machine
BLAS = {"x86_64": "Prescott", "aarch64": "ARMV8"}


def spawn(kind: str, level: str, control: int, memory: int) -> subprocess.Popen[bytes]:
    """Starts the fresh interpreter, which inherits the two descriptors and nothing else. Raises: OSError."""
    call = f"main({kind!r}, {control}, {memory}, {os.getpid()}, {level!r})"
    program = f"import sys; sys.path[:0] = {import_path(kind)!r}; from inside.zygote import main; {call}"
    with fixed_addresses():
        return subprocess.Popen(
            [sys.executable, "-s", "-S", "-P", "-B", "-c", program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(kind),
            cwd="/",
            pass_fds=(control, memory),
            start_new_session=True,
        )


@contextmanager
def fixed_addresses() -> Generator[bool]:
    """Processes started inside have their memory at the same addresses each time; false where that is refused.

    The setting is this thread's alone. Docker's default profile refuses it.
    """
    libc = ctypes.CDLL(None)
    before = libc.personality(ASK)
    fixed = before != -1 and libc.personality(before | ADDR_NO_RANDOMIZE) != -1
    try:
        yield fixed
    finally:
        if fixed:
            libc.personality(before)


def import_path(kind: str) -> list[str]:
    """Where the zygote finds `inside`, numpy and scipy."""
    found = [importlib.util.find_spec(name) for name in ("numpy", "scipy") if kind != "bare"]
    places = [str(Path(spec.origin).parents[1]) for spec in found if spec is not None and spec.origin]
    return [str(Path(__file__).parent), *dict.fromkeys(places)]


def environment(kind: str) -> dict[str, str]:
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    core = BLAS.get(platform.machine())
    pinned = {"OPENBLAS_CORETYPE": core} if core else {}
    simd = {"NPY_DISABLE_CPU_FEATURES": " ".join(_too_new())} if kind != "bare" else {}
    return {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", **threads, **pinned, **simd}


def _too_new() -> list[str]:
    """The processor features above AVX2 that numpy would use: switched off, so that ties in `argsort` fall alike.

    AVX2 itself stays on: on it SOAR's published predictions come out (2026-11-23: 6 of 2,793 rows do not without).
    """
    names: list[str] = importlib.import_module("numpy._core._multiarray_umath").__cpu_dispatch__
    return [name for name in names if name.startswith(NEWER)]
