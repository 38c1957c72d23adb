"""Two lanes: plain programs share a child, all others get one of their own.

Starting a process costs more than most programs do. A program may share one if its byte code shows nothing by which
it could reach another (`inside/screen.py`, decided in the child before it runs). Whatever does not end as plainly as
it began is run again alone; one in a hundred is run again in any case, and the first difference closes the lane.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from soar2cot.config import ProgramLimits
from soar2cot.sandbox.base import Execution, Failed, Job, failed_execution
from soar2cot.sandbox.inside import layout
from soar2cot.sandbox.pool import Pool
from soar2cot.sandbox.requests import encode_code, encode_program, encode_request, kind_of
from soar2cot.sandbox.results import Answered, read_answer

SHARED_CPU_S = 1.0  # of a whole batch: a program that never ends costs this much before it is run alone
AUDIT_EVERY = 100
WINDOW = 2_048  # jobs that may wait for their turn
# failures that may come from sharing: these programs are run again alone
DOUBTFUL = frozenset(("memory", "output", "RecursionError", "SystemExit", "KeyboardInterrupt", "SystemError"))


@dataclass
class LaneCounts:
    """What became of the jobs of `run_many`. `differing` is 0 for ever, or 1 and the lane is closed."""

    shared: int = 0
    alone: int = 0
    audited: int = 0
    differing: int = 0

    @property
    def shared_lane_open(self) -> bool:
        """Whether programs still share children."""
        return self.differing == 0


@dataclass
class _Slot:
    """A job on its way; `done` gets its execution."""

    job: Job
    code: bytes
    encoded: bytes
    done: Future[Execution]


class SharedLane:
    """Runs streams of jobs in batches."""

    def __init__(
        self, pool: Pool, limits: ProgramLimits, run_alone: Callable[[Job], Execution], *, batch: int = 64
    ) -> None:
        self.counts = LaneCounts()
        self._pool = pool
        self._limits = limits
        self._run_alone = run_alone
        self._batch = batch
        self._lock = threading.Lock()

    def run(self, jobs: Iterable[Job]) -> Iterator[Execution]:
        """Executions in the order of the jobs, as soon as they are known."""
        waiting: deque[Future[Execution]] = deque()
        batches: dict[str, list[_Slot]] = {}
        threads = ThreadPoolExecutor(self._pool.size, thread_name_prefix="sandbox")
        try:
            for job in jobs:
                waiting.append(self._place(job, batches, threads))
                while len(waiting) >= WINDOW:
                    self._send_with(waiting[0], batches, threads)
                    yield waiting.popleft().result()
                while waiting and waiting[0].done():
                    yield waiting.popleft().result()
            self._send_all(batches, threads)
            while waiting:
                yield waiting.popleft().result()
        finally:
            threads.shutdown(wait=True, cancel_futures=True)

    def _place(self, job: Job, batches: dict[str, list[_Slot]], threads: ThreadPoolExecutor) -> Future[Execution]:
        """Puts a job into the batch of its kind, or on its own."""
        done: Future[Execution] = Future()
        code = encode_code(job.code)
        if isinstance(code, Failed):
            done.set_result(failed_execution(job, code))
            return done
        kind = kind_of(code)
        slot = _Slot(job, code, encode_program(job, code, screen=True), done)
        if job.trace or job.seed or not self.counts.shared_lane_open:
            threads.submit(self._alone, slot)
            return done
        batch = batches.setdefault(kind, [])
        batch.append(slot)
        if len(batch) >= self._batch or sum(len(item.encoded) for item in batch) > layout.REQUEST_BYTES // 4:
            threads.submit(self._work_off, kind, batches.pop(kind))
        return done

    def _send_with(
        self, oldest: Future[Execution], batches: dict[str, list[_Slot]], threads: ThreadPoolExecutor
    ) -> None:
        """Sends the batch that the oldest job is in, if it still waits to be full: nobody waits for a stranger."""
        for kind, slots in batches.items():
            if slots[0].done is oldest:
                threads.submit(self._work_off, kind, batches.pop(kind))
                return

    def _send_all(self, batches: dict[str, list[_Slot]], threads: ThreadPoolExecutor) -> None:
        """Sends the batches that are not full, too: no more jobs come."""
        for kind, slots in batches.items():
            threads.submit(self._work_off, kind, slots)
        batches.clear()

    def _alone(self, slot: _Slot) -> None:
        try:
            slot.done.set_result(self._run_alone(slot.job))
            with self._lock:
                self.counts.alone += 1
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that asked
            slot.done.set_exception(error)

    def _work_off(self, kind: str, slots: list[_Slot]) -> None:
        """A batch to its end: in one child, in further ones after a death, and one by one where in doubt."""
        try:
            ready: list[tuple[_Slot, Execution]] = []
            left = slots
            while left and self.counts.shared_lane_open:
                left = self._share(kind, left, ready)
            for slot in left:
                self._alone(slot)
            self._audit(ready)
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that asked
            for slot in slots:
                if not slot.done.done():
                    slot.done.set_exception(error)

    def _share(self, kind: str, slots: list[_Slot], ready: list[tuple[_Slot, Execution]]) -> list[_Slot]:
        """Runs the slots in one child; gives those that it did not come to. The first of a dead child runs alone."""
        answers = self._ask(kind, slots)
        for position, (slot, answered) in enumerate(zip(slots, answers, strict=True)):
            if answered.tampered is not None or not (answered.done or answered.alone):
                self._alone(slot)
                return slots[position + 1 :]
            execution = Execution(answered.results(Failed("killed", "")))
            if answered.alone or any(item.failed and item.failed.kind in DOUBTFUL for item in execution.results):
                self._alone(slot)
            else:
                ready.append((slot, execution))
        return []

    def _ask(self, kind: str, slots: list[_Slot]) -> list[Answered]:
        request = encode_request([slot.encoded for slot in slots])
        with self._pool.lend(kind) as worker:
            worker.order(request, self._limits, cpu_s=min(self._limits.cpu_s, SHARED_CPU_S))
            worker.collect(self._limits.wall_s)
            with worker.answer() as answer:
                answers = read_answer(answer, [(len(slot.job.inputs), False) for slot in slots])
            worker.wipe()
        return answers

    def _audit(self, ready: list[tuple[_Slot, Execution]]) -> None:
        """Hands out the results of a batch, unless one that is looked at again differs: then all run alone."""
        with self._lock:
            before = self.counts.shared
            self.counts.shared += len(ready)
        looked_at = range((AUDIT_EVERY - 1 - before) % AUDIT_EVERY, len(ready), AUDIT_EVERY)
        same = all(self._same(*ready[index]) for index in looked_at)
        for slot, execution in ready:
            if same:
                slot.done.set_result(execution)
            else:
                self._alone(slot)

    def _same(self, slot: _Slot, shared: Execution) -> bool:
        alone = self._run_alone(slot.job)
        same = _essence(alone) == _essence(shared)
        with self._lock:
            self.counts.audited += 1
            self.counts.differing |= not same
        if not same:
            structlog.get_logger().warning("A program gave another result alone: from now on each has its own process")
        return same


def _essence(execution: Execution) -> list[object]:
    return [(item.grid, item.failed and item.failed.kind, item.mutated) for item in execution.results]
