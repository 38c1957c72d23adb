"""One zygote as its parent sees it: started, given orders, read from, ended."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import select
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

from soar2cot.config import ProgramLimits
from soar2cot.errors import SandboxError
from soar2cot.sandbox.inside import layout

ADDR_NO_RANDOMIZE = 0x0040000
START_S = 60.0
SPARE_S = 10.0


@dataclass(frozen=True, slots=True)
class Report:
    """How a child ended, from the kernel. `status` is wait's; None where even the zygote had to be ended."""

    status: int | None
    cpu_s: float = 0.0
    peak_memory_bytes: int = 0


class Worker:
    """A zygote of one kind with its shared buffer. Used by one thread at a time."""

    def __init__(self, kind: str, level: str) -> None:
        self.kind = kind
        self.gaps: tuple[str, ...] = ()
        self._level = level
        self._buffer: mmap | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._request_bytes = 0

    @property
    def descriptor(self) -> int:
        """Readable once the report of the order is there."""
        assert self._control is not None
        return self._control.fileno()

    def start(self) -> None:
        """Starts the zygote and waits until it is locked. Raises: SandboxError: it could not be started."""
        memory = os.memfd_create("soar2cot", os.MFD_CLOEXEC)
        ours, theirs = socket.socketpair()
        try:
            os.ftruncate(memory, layout.BUFFER_BYTES)
            self._buffer = mmap(memory, layout.BUFFER_BYTES)
            self._process = _spawn(self.kind, self._level, theirs.fileno(), memory)
            self._control = ours
        finally:
            theirs.close()
            os.close(memory)
        word = self._read(2_000, START_S).decode("utf-8", "replace")
        if not word.startswith("!"):
            self.end()
            reason = word[1:] or f"it gave no sign of life within {START_S:g} s"
            raise SandboxError(f"the sandbox's {self.kind} process could not start: {reason}; see `soar2cot doctor`")
        self.gaps = tuple(filter(None, word[1:].split("\n")))

    def order(self, request: bytes, limits: ProgramLimits, *, cpu_s: float | None = None) -> None:
        """Sends a request; `collect` gives the report of it."""
        if self._process is None:
            self.start()
        assert self._buffer is not None and self._control is not None
        self._buffer[: len(request)] = request
        self._request_bytes = len(request)
        order = layout.ORDER.pack(cpu_s or limits.cpu_s, limits.wall_s, limits.memory_bytes, limits.output_bytes)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._control.sendall(order)

    def collect(self, wall_s: float) -> Report:
        """Waits for the child's end. The child is dead when this returns, whatever happened."""
        raw = self._read(layout.REPORT.size, wall_s + SPARE_S)
        if len(raw) != layout.REPORT.size:
            self._kill()
            return Report(None)
        status, user_s, system_s, peak = layout.REPORT.unpack(raw)
        return Report(status, user_s + system_s, peak)

    def answer(self) -> memoryview:
        """The answer part of the buffer; only to be read between `collect` and `wipe`."""
        assert self._buffer is not None
        return memoryview(self._buffer)[layout.REQUEST_BYTES :]

    def wipe(self) -> None:
        """Clears what the request and the answer used."""
        assert self._buffer is not None
        (claimed,) = layout.COUNT.unpack_from(self._buffer, layout.REQUEST_BYTES)
        used = min(claimed + layout.COUNT.size, layout.ANSWER_BYTES)
        self._buffer[: self._request_bytes] = bytes(self._request_bytes)
        self._buffer[layout.REQUEST_BYTES : layout.REQUEST_BYTES + used] = bytes(used)
        if self._control is None:
            self.end()

    def end(self) -> None:
        """Ends the zygote and its child. Idempotent."""
        self._kill()
        if self._buffer is not None:
            self._buffer.close()
            self._buffer = None

    def _kill(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _read(self, n_bytes: int, timeout_s: float) -> bytes:
        assert self._control is not None
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        if not poll.poll(timeout_s * 1_000):
            return b""
        try:
            return self._control.recv(n_bytes)
        except ConnectionResetError:
            return b""


def _spawn(kind: str, level: str, control: int, memory: int) -> subprocess.Popen[bytes]:
    """The fresh interpreter: environment from nothing, own session, addresses not randomised where allowed."""
    call = f"main({kind!r}, {control}, {memory}, {os.getpid()}, {level!r})"
    program = f"import sys; sys.path[:0] = {_import_path(kind)!r}; from inside.zygote import main; {call}"
    libc = ctypes.CDLL(None)
    before = libc.personality(0xFFFFFFFF)
    libc.personality(before | ADDR_NO_RANDOMIZE)
    try:
        return subprocess.Popen(
            [sys.executable, "-s", "-S", "-P", "-B", "-c", program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            pass_fds=(control, memory),
            start_new_session=True,
        )
    finally:
        libc.personality(before)


def _import_path(kind: str) -> list[str]:
    """Where the zygote finds `inside`, numpy and scipy."""
    found = [importlib.util.find_spec(name) for name in ("numpy", "scipy") if kind != "bare"]
    places = [str(Path(spec.origin).parents[1]) for spec in found if spec is not None and spec.origin]
    return [str(Path(__file__).parent), *dict.fromkeys(places)]


def _environment() -> dict[str, str]:
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", **threads}
