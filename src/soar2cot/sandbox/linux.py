"""The Linux backend: a fork per program, or a fork for many where a program is plain enough to share one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from types import TracebackType

from soar2cot.config import ProgramLimits
from soar2cot.sandbox.base import Execution, Failed, Job, Level, failed_execution
from soar2cot.sandbox.lanes import LaneCounts, SharedLane
from soar2cot.sandbox.pool import Pool
from soar2cot.sandbox.requests import encode_code, encode_program, encode_request, kind_of
from soar2cot.sandbox.results import read_answer
from soar2cot.sandbox.worker import Report


class LinuxSandbox:
    """Runs programs in forks of zygotes. Usable from several threads; one is to be opened in each process."""

    def __init__(self, level: Level, limits: ProgramLimits, *, workers: int | None = None, batch: int = 64) -> None:
        self._level: Level = level
        self._limits = limits
        self._pool = Pool(level, workers or len(os.sched_getaffinity(0)))
        self._lane = SharedLane(self._pool, limits, self.run, batch=batch)

    @property
    def level(self) -> Level:
        """What was proved at start."""
        return self._level

    @property
    def counts(self) -> LaneCounts:
        """How many programs went which way, and what the audit found."""
        return self._lane.counts

    @property
    def gaps(self) -> tuple[str, ...]:
        """What would make the lock deeper and is not to be had on this kernel; known after the first run."""
        return self._pool.gaps

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that are there now."""
        return self._pool.pids

    def run(self, job: Job) -> Execution:
        """Runs one job in a child of its own."""
        code = encode_code(job.code)
        if isinstance(code, Failed):
            return failed_execution(job, code)
        request = encode_request([encode_program(job, code)])
        execution, report = self._run_alone(kind_of(code), request, job)
        if report.status is None and not report.late:  # the zygote itself was ended, by whomever: once more
            execution, report = self._run_alone(kind_of(code), request, job)
        return execution

    def run_many(self, jobs: Iterable[Job]) -> Iterator[Execution]:
        """Runs jobs on all cores, results in their order; plain programs share children."""
        return self._lane.run(jobs)

    def close(self) -> None:
        """Ends every process. Idempotent."""
        self._pool.close()

    def __enter__(self) -> LinuxSandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _run_alone(self, kind: str, request: bytes, job: Job) -> tuple[Execution, Report]:
        with self._pool.lend(kind) as worker:
            worker.order(request, self._limits)
            report = worker.collect(self._limits.wall_s)
            with worker.answer() as answer:
                (answered,) = read_answer(answer, [(len(job.inputs), job.trace)])
            worker.wipe()
        results = answered.results(ending(report, self._limits))
        return Execution(results, report.cpu_s, report.peak_memory_bytes), report


def ending(report: Report, limits: ProgramLimits) -> Failed:
    """Why a child ended before its work was done."""
    if report.status is None:
        return (
            Failed("timeout", f"more than {limits.wall_s:g} s") if report.late else Failed("killed", "ended by another")
        )
    if not os.WIFSIGNALED(report.status):
        return Failed("killed", f"the program ended its process (exit code {os.waitstatus_to_exitcode(report.status)})")
    number = os.WTERMSIG(report.status)
    if number in (signal.SIGPROF, signal.SIGXCPU):
        return Failed("timeout", f"more than {limits.cpu_s:g} s of CPU time")
    if number == signal.SIGALRM:
        return Failed("timeout", f"more than {limits.wall_s:g} s")
    if number == signal.SIGSYS:
        return Failed("forbidden", "a forbidden system call")
    return Failed("killed", f"ended by {signal.Signals(number).name}")
