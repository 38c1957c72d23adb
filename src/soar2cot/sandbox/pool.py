"""Zygotes, a few of each kind, lent to whoever has something to run."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

from soar2cot.errors import SandboxError
from soar2cot.sandbox.worker import Worker


class Pool:
    """At most `size` zygotes of each kind, started when first wanted. Usable from any thread."""

    def __init__(self, level: str, size: int) -> None:
        self.size = size
        self._level = level
        self._idle: dict[str, list[Worker]] = {}
        self._all: list[Worker] = []
        self._change = threading.Condition()
        self._closed = False

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the kernel would not give to some zygote."""
        with self._change:
            return tuple(dict.fromkeys(gap for worker in self._all for gap in worker.gaps))

    @property
    def pids(self) -> tuple[int, ...]:
        """The zygotes that are there now."""
        with self._change:
            return tuple(worker.pid for worker in self._all if worker.pid is not None)

    @contextmanager
    def lend(self, kind: str) -> Generator[Worker]:
        """Lends a zygote of this kind, waiting for one if all are out. Raises: SandboxError: the pool is closed."""
        worker = self._take(kind)
        try:
            yield worker
        except BaseException:
            worker.end()
            raise
        finally:
            self._give_back(worker)

    def close(self) -> None:
        """Ends every zygote, lent ones included. Idempotent."""
        with self._change:
            self._closed = True
            workers, self._all = self._all, []
            idle = [worker for workers_of_kind in self._idle.values() for worker in workers_of_kind]
            self._idle.clear()
            self._change.notify_all()
        for worker in workers:
            if worker in idle:
                worker.end()
            else:
                worker.stop()  # the thread that has it notices, and ends it

    def _take(self, kind: str) -> Worker:
        with self._change:
            while not self._closed:
                idle = self._idle.setdefault(kind, [])
                if idle:
                    return idle.pop()
                if sum(worker.kind == kind for worker in self._all) < self.size:
                    self._all.append(worker := Worker(kind, self._level))
                    return worker
                self._change.wait()
        raise SandboxError("the sandbox is closed; open another one")

    def _give_back(self, worker: Worker) -> None:
        with self._change:
            if self._closed:
                worker.end()
            else:
                self._idle.setdefault(worker.kind, []).append(worker)
            self._change.notify_all()
