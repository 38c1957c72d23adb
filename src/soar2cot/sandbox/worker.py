"""One zygote as its parent sees it: started, given orders, read from, ended."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
from dataclasses import dataclass
from mmap import MADV_REMOVE, PAGESIZE, mmap

from soar2cot.config import ProgramLimits
from soar2cot.errors import SandboxError
from soar2cot.sandbox.inside import layout
from soar2cot.sandbox.spawn import spawn

START_S = 120.0
SPARE_S = 10.0
KEPT_BYTES = 1 << 20  # of a buffer between two requests; what is above goes back to the system


@dataclass(frozen=True, slots=True)
class Report:
    """How a child ended, from the kernel.

    `status` is wait's; None where the zygote was lost too: after the wall limit (`late`), or by itself.
    """

    status: int | None
    cpu_s: float = 0.0
    peak_memory_bytes: int = 0
    late: bool = False


class Worker:
    """A zygote of one kind with its shared buffer. Used by one thread at a time; started by its first order."""

    def __init__(self, kind: str, level: str) -> None:
        self.kind = kind
        self.gaps: tuple[str, ...] = ()
        self._level = level
        self._owner = os.getpid()
        self._memory = -1
        self._buffer: mmap | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._clean_bytes = [0, 0]  # of the request and of the answer part that may hold pages

    @property
    def pid(self) -> int | None:
        """The zygote's, None while it is not started."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Starts the zygote and waits until it is locked. Raises: SandboxError: it could not be started."""
        self._open_buffer()
        ours, theirs = socket.socketpair()
        try:
            self._process = spawn(self.kind, self._level, theirs.fileno(), self._memory)
            self._control = ours
        except OSError as error:
            ours.close()
            raise SandboxError(f"the sandbox's {self.kind} process could not start: {error}") from error
        finally:
            theirs.close()
        self._hear_first_word()

    def _open_buffer(self) -> None:
        if self._buffer is None:
            self._memory = os.memfd_create("soar2cot", os.MFD_CLOEXEC)
            os.ftruncate(self._memory, layout.BUFFER_BYTES)
            self._buffer = mmap(self._memory, layout.BUFFER_BYTES)

    def _hear_first_word(self) -> None:
        word = (self._read(2_000, START_S) or b"").decode("utf-8", "replace")
        if not word.startswith("!"):
            self.end()
            reason = word[1:] or f"no sign of life within {START_S:g} s"
            raise SandboxError(f"the sandbox's {self.kind} process could not start: {reason}; see `soar2cot doctor`")
        self.gaps = tuple(filter(None, word[1:].split("\n")))

    def order(self, request: bytes, limits: ProgramLimits, *, cpu_s: float | None = None) -> None:
        """Sends a request; `collect` gives the report of it. Raises: SandboxError: too long, or not ours."""
        if os.getpid() != self._owner:
            raise SandboxError(f"this sandbox belongs to process {self._owner}; open one in each process")
        if len(request) > layout.REQUEST_BYTES:
            raise SandboxError(f"a request of {len(request)} bytes does not fit the buffer; give the job fewer grids")
        if self._process is None:
            self.start()
        assert self._buffer is not None and self._control is not None
        self._buffer[: len(request)] = request
        self._clean_bytes[0] = max(self._clean_bytes[0], len(request))
        order = layout.ORDER.pack(cpu_s or limits.cpu_s, limits.wall_s, limits.memory_bytes, limits.output_bytes)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._control.sendall(order)

    def collect(self, wall_s: float) -> Report:
        """Waits for the child's end. The child is dead when this returns, whatever happened."""
        raw = self._read(layout.REPORT.size, wall_s + SPARE_S)
        if raw is None or len(raw) != layout.REPORT.size:
            self._kill()
            return Report(None, late=raw is None)
        status, user_s, system_s, peak = layout.REPORT.unpack(raw)
        return Report(status, user_s + system_s, peak)

    def answer(self) -> memoryview:
        """The answer part of the buffer; only to be read between `collect` and `wipe`."""
        assert self._buffer is not None
        return memoryview(self._buffer)[layout.REQUEST_BYTES :]

    def wipe(self) -> None:
        """Leaves the buffer without a trace of the last child, wherever it wrote."""
        assert self._buffer is not None
        (claimed,) = layout.COUNT.unpack_from(self._buffer, layout.REQUEST_BYTES)
        self._clean_bytes[1] = max(self._clean_bytes[1], min(claimed + layout.COUNT.size, layout.ANSWER_BYTES))
        spans = [-(-size // PAGESIZE) * PAGESIZE for size in self._clean_bytes]
        if sum(spans) > KEPT_BYTES or os.fstat(self._memory).st_blocks * 512 > sum(spans):
            self._buffer.madvise(MADV_REMOVE)
            self._clean_bytes = [0, 0]
        else:
            for start, span in zip((0, layout.REQUEST_BYTES), spans, strict=True):
                self._buffer[start : start + span] = bytes(span)

    def end(self) -> None:
        """Ends the zygote and its child. Idempotent."""
        self._kill()
        if self._buffer is not None:
            self._buffer.close()
            os.close(self._memory)
            self._buffer = None

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.end()

    def stop(self) -> None:
        """Kills the zygote and its child under the hands of the thread that uses it. Idempotent."""
        process = self._process
        if process is not None and os.getpid() == self._owner:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _kill(self) -> None:
        self.stop()
        self._process = None
        if self._control is not None:
            self._control.close()
            self._control = None

    def _read(self, n_bytes: int, timeout_s: float) -> bytes | None:
        """What the zygote says; empty where it is gone, None where it says nothing in time."""
        assert self._control is not None
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        if not poll.poll(timeout_s * 1_000):
            return None
        try:
            return self._control.recv(n_bytes)
        except ConnectionResetError:
            return b""
