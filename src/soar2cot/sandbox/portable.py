"""The portable backend: a fresh interpreter per program, with what limits the system has.

For systems without Linux's means. On macOS the process also runs under `sandbox-exec` where that is there; this has
not been tried by its makers, so the level is never better than `partial`. Slow: an interpreter start per program.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from soar2cot.config import ProgramLimits
from soar2cot.errors import SandboxError
from soar2cot.sandbox.base import Execution, Failed, Job, Level, failed_execution
from soar2cot.sandbox.inside import layout
from soar2cot.sandbox.linux import ending
from soar2cot.sandbox.requests import encode_code, encode_program, encode_request, kind_of
from soar2cot.sandbox.results import read_answer
from soar2cot.sandbox.spawn import environment, import_path
from soar2cot.sandbox.worker import Report

# reading is needed by the interpreter itself; everything else is denied
PROFILE = (
    "(version 1)(deny default)(allow process-exec)(allow file-read*)(allow sysctl-read)"
    "(allow file-write* (literal {file}))"
)


def open_portable(level: str, limits: ProgramLimits) -> PortableSandbox:
    """Opens it. Raises: SandboxError: level full was asked for."""
    if level == "full":
        raise SandboxError(
            f"sandbox level full needs Linux, this is {sys.platform}; run in a Linux container, or use --sandbox=weak"
        )
    wrapper = shutil.which("sandbox-exec") if level == "weak" else None
    return PortableSandbox("partial" if wrapper else "weak" if level == "weak" else "none", limits, wrapper)


class PortableSandbox:
    """One process per job; the buffer is a file, unlinked when the job is over."""

    def __init__(self, level: Level, limits: ProgramLimits, wrapper: str | None = None) -> None:
        self._level: Level = level
        self._limits = limits
        self._wrapper = wrapper
        self._closed = False

    @property
    def level(self) -> Level:
        """`partial` under sandbox-exec, else `weak` or `none`: nothing was proved."""
        return self._level

    def run(self, job: Job) -> Execution:
        """Runs one job in a fresh interpreter."""
        if self._closed:
            raise SandboxError("the sandbox is closed; open another one")
        code = encode_code(job.code)
        if isinstance(code, Failed):
            return failed_execution(job, code)
        with tempfile.TemporaryDirectory(prefix="soar2cot-") as folder:
            buffer = Path(folder, "buffer")
            buffer.write_bytes(encode_request([encode_program(job, code)]))
            os.truncate(buffer, layout.BUFFER_BYTES)
            report = self._run_process(kind_of(code), buffer)
            with buffer.open("rb") as file:
                file.seek(layout.REQUEST_BYTES)
                (answered,) = read_answer(memoryview(file.read()), [(len(job.inputs), job.trace)])
        return Execution(answered.results(ending(report, self._limits)), report.cpu_s, report.peak_memory_bytes)

    def run_many(self, jobs: Iterable[Job]) -> Iterator[Execution]:
        """Runs jobs one after the other."""
        return map(self.run, jobs)

    def close(self) -> None:
        """Nothing outlives a job. Idempotent."""
        self._closed = True

    def __enter__(self) -> PortableSandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _run_process(self, kind: str, buffer: Path) -> Report:
        limits = self._limits
        numbers = f"{limits.cpu_s}, {limits.wall_s}, {limits.memory_bytes}, {limits.output_bytes}"
        call = f"run_once({str(buffer)!r}, {kind!r}, {numbers})"
        program = f"import sys; sys.path[:0] = {import_path(kind)!r}; from inside.once import run_once; {call}"
        command = [sys.executable, "-s", "-S", "-P", "-B", "-c", program]
        if self._wrapper:
            command[:0] = [self._wrapper, "-p", PROFILE.format(file=f'"{buffer}"')]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(kind),
            cwd="/",
            start_new_session=True,
        )
        try:
            process.wait(limits.wall_s + 10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return Report(None, late=True)
        code = process.returncode
        return Report(-code if code < 0 else code << 8)
