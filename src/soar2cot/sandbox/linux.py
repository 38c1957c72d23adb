"""The Linux backend: zygotes of three kinds, a fork per program."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType

from soar2cot.config import ProgramLimits
from soar2cot.errors import SandboxError
from soar2cot.sandbox.base import Execution, Failed, Job, Level, failed_execution
from soar2cot.sandbox.requests import encode_code, encode_program, encode_request, kind_of
from soar2cot.sandbox.results import read_answer
from soar2cot.sandbox.worker import Report, Worker


class LinuxSandbox:
    """Runs each program in a fork of a zygote. Usable from any thread, one job at a time."""

    def __init__(self, level: Level, limits: ProgramLimits) -> None:
        self._level: Level = level
        self._limits = limits
        self._workers: dict[str, Worker] = {}
        self._lock = threading.Lock()
        self._closed = False

    @property
    def level(self) -> Level:
        """What was proved at start."""
        return self._level

    def run(self, job: Job) -> Execution:
        """Runs one job in a child of its own."""
        code = encode_code(job.code)
        if isinstance(code, Failed):
            return failed_execution(job, code)
        request = encode_request([encode_program(job, code)])
        with self._lock:
            return self._run_alone(self._worker(kind_of(code)), request, job)

    def run_many(self, jobs: Iterable[Job]) -> Iterator[Execution]:
        """Runs jobs one after the other."""
        for job in jobs:
            yield self.run(job)

    def close(self) -> None:
        """Ends every process. Idempotent."""
        with self._lock:
            self._closed = True
            for worker in self._workers.values():
                worker.end()
            self._workers.clear()

    def __enter__(self) -> LinuxSandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _worker(self, kind: str) -> Worker:
        if self._closed:
            raise SandboxError("the sandbox is closed; open another one")
        if kind not in self._workers:
            self._workers[kind] = Worker(kind, self._level)
        return self._workers[kind]

    def _run_alone(self, worker: Worker, request: bytes, job: Job) -> Execution:
        worker.order(request, self._limits)
        report = worker.collect(self._limits.wall_s)
        with worker.answer() as answer:
            (answered,) = read_answer(answer, [(len(job.inputs), job.trace)])
        worker.wipe()
        results = answered.results(ending(report, self._limits))
        return Execution(results, report.cpu_s, report.peak_memory_bytes)


def ending(report: Report, limits: ProgramLimits) -> Failed:
    """Why a child ended before its work was done."""
    if report.status is None:
        return Failed("timeout", f"no end after {limits.wall_s} s")
    if not os.WIFSIGNALED(report.status):
        return Failed("killed", f"the program ended its process (exit code {os.waitstatus_to_exitcode(report.status)})")
    number = os.WTERMSIG(report.status)
    if number in (signal.SIGPROF, signal.SIGXCPU):
        return Failed("timeout", f"more than {limits.cpu_s} s of CPU time")
    if number == signal.SIGALRM:
        return Failed("timeout", f"more than {limits.wall_s} s")
    if number == signal.SIGSYS:
        return Failed("forbidden", "a forbidden system call")
    return Failed("killed", f"ended by {signal.Signals(number).name}")
