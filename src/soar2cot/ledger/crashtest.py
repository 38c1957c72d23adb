"""Kills a synthetic job again and again, on the disk or database that a run would use, and counts what breaks.

    python -m soar2cot.ledger.crashtest URL --kills 200 --workers 1 --seed 0 --samples 1500

The ledger under test is a scratch one: a folder beside the SQLite file, a schema of its own in the database. The
process forks its workers and its inspectors, so that it holds nothing of its own that a kill could hide in.
"""

from __future__ import annotations

import asyncio
import os
import random
import select
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import structlog

from soar2cot import faults
from soar2cot.errors import LedgerError
from soar2cot.ledger.crash_job import Job, Verdict, inspect, mend_history, take_back_and_restore, work
from soar2cot.ledger.postgres_server import without_secret

ACTIONS = ("kill", "raise", "full")
_WORKING = ("ledger.commit.before_begin", "ledger.commit.before_commit", "ledger.commit.after_commit")
_WHOLE_EVERY = 10
_STILL_S = 120
_N_TAKEN_BACK = 5
_TOLD_EVERY_S = 10.0


@dataclass
class Report:
    """The certificate: what was done to the ledger, and what broke. `lost`, `doubled`, `torn` must be 0."""

    url: str
    kills: int = 0
    strikes: dict[str, int] = field(default_factory=dict[str, int])
    jobs_finished: int = 0
    samples: int = 0
    overtaken: int = 0
    lost: int = 0
    lost_answers: int = 0
    doubled: int = 0
    torn: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list[str])

    @property
    def broken(self) -> int:
        """All that broke, counted together."""
        return self.lost + self.lost_answers + self.doubled + self.torn


class Worker:
    """A forked process that works on the job, and the pipe on which it says what is durable."""

    def __init__(self, job: Job, *, fault: str = "") -> None:
        self._reader, writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._rest = b""
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._reader)
            _child(lambda: work(job, lambda line: _say(writer, line)), fault)
        os.close(writer)

    def heard(self) -> list[str]:
        """What it said since the last time."""
        try:
            while chunk := os.read(self._reader, 65_536):
                self._rest += chunk
        except BlockingIOError:
            pass
        *lines, self._rest = self._rest.split(b"\n")
        return [line.decode() for line in lines]

    def wait(self, seconds: float) -> bool:
        """Whether it ended by itself within this time; it is not reaped yet."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return True
            select.select([self._reader], [], [], min(0.01, max(0.0, deadline - time.monotonic())))
        return False

    def kill(self) -> None:
        """SIGKILL, and waits for its end."""
        os.kill(self.pid, signal.SIGKILL)
        self.reap()

    def reap(self) -> int:
        """Waits for its end; gives its exit status."""
        return os.waitpid(self.pid, 0)[1]

    def close(self) -> None:
        """Closes the pipe."""
        os.close(self._reader)


class Campaign:
    """One job after the other under fire, and what is known of the present one."""

    def __init__(self, url: str, *, n_samples: int, seed: int, workers: int = 1) -> None:
        self.report = Report(url if url.startswith("sqlite:") else without_secret(url))
        self._url = url
        self._n_samples = n_samples
        self._random = random.Random(seed)
        self._n_workers = workers
        self._jobs = 0
        self._next_job()

    def _next_job(self) -> None:
        self._jobs += 1
        self.job = Job(scratch_url(self._url, self._jobs), self._n_samples, lease_s=20 if self._n_workers > 1 else 30)
        self.done: dict[int, int] = {}
        self.answered: set[int] = set()

    def strike_everywhere(self) -> None:
        """Every fault point of the ledger × {kill, raise, full}, each at several passages."""
        for action in ACTIONS:
            self._strike("ledger.migrate.before_commit", action, after=1, fresh=True)
            for point in _WORKING:
                for after in (1, 7):
                    self._strike(point, action, after=after)
            self._strike_history(action)
        self._finish()

    def kill_at_random(self, n_kills: int) -> None:
        """SIGKILL to a random worker at random instants, until there were so many."""
        crew = [Worker(self.job) for _ in range(self._n_workers)]
        n, told_at = 0, time.monotonic()
        while n < n_kills:
            victim = self._random.randrange(len(crew))
            is_over = crew[victim].wait(self._random.uniform(0.0, 0.25))
            if not is_over:
                crew[victim].kill()
                self.report.kills += 1
                n += 1
            if time.monotonic() - told_at > _TOLD_EVERY_S:
                told_at = time.monotonic()
                sys.stderr.write(f"{n:,} of {n_kills:,} kills at random; {self.report.broken} lost, doubled or torn\n")
            self._listen(*crew)
            if is_over:
                crew = self._restart(crew, victim)
                continue
            if self._n_workers == 1:
                self._look(whole=n % _WHOLE_EVERY == 0)
            crew[victim].close()
            crew[victim] = Worker(self.job)
        for worker in crew:
            worker.kill()
        self._listen(*crew)
        self._finish()

    def _restart(self, crew: list[Worker], victim: int) -> list[Worker]:
        """A worker ended by itself: the job is done, or it failed."""
        if crew[victim].reap() != 0:
            self.report.notes.append("a worker failed by itself")
            self.report.torn += 1
        for n, worker in enumerate(crew):
            if n != victim:
                worker.kill()
            self._listen(worker)
            worker.close()
        self._finish()
        return [Worker(self.job) for _ in crew]

    def _finish(self) -> None:
        """Lets the job end undisturbed, looks at every row, begins the next one."""
        worker = Worker(self.job)
        if not self._ends(worker):
            worker.kill()
            self.report.notes.append(f"the job stood still for {_STILL_S} s")
        elif worker.reap() != 0:
            self.report.notes.append("the job could not be finished")
            self.report.torn += 1
        self._listen(worker)
        worker.close()
        verdict = self._look(whole=True)
        self.report.lost += self._n_samples - verdict.completed
        self.report.samples += verdict.completed
        self.report.jobs_finished += 1
        drop_scratch(self.job.url)
        self._next_job()

    def _ends(self, worker: Worker) -> bool:
        """Waits for the end of a worker, as long as it has something to say."""
        heard = time.monotonic()
        while not worker.wait(1.0):
            before = len(self.done)
            self._listen(worker)
            if len(self.done) > before:
                heard = time.monotonic()
            if time.monotonic() - heard > _STILL_S:
                return False
        return True

    def _strike(self, point: str, action: str, *, after: int, fresh: bool = False) -> None:
        if fresh:
            drop_scratch(self.job.url)
            self._next_job()
        worker = Worker(self.job, fault=f"{point}:{action}:{after}")
        worker.wait(60)
        status = worker.reap()
        self._note_strike(point, action, status)
        self._listen(worker)
        worker.close()
        self._look(whole=True)

    def _strike_history(self, action: str) -> None:
        _in_child(lambda: work(Job(self.job.url, _N_TAKEN_BACK), lambda _: None))
        status = _in_child(
            lambda: take_back_and_restore(self.job, _N_TAKEN_BACK), fault=f"ledger.forget.before_commit:{action}:1"
        )
        self._note_strike("ledger.forget.before_commit", action, status)
        self.report.torn += _in_child(lambda: mend_history(self.job, _N_TAKEN_BACK), gives_code=True)
        self._look(whole=True)

    def _note_strike(self, point: str, action: str, status: int) -> None:
        name = f"{point} x {action}"
        struck = os.WIFSIGNALED(status) if action == "kill" else os.WIFEXITED(status) and os.WEXITSTATUS(status) == 3
        self.report.strikes[name] = self.report.strikes.get(name, 0) + int(struck)
        self.report.kills += int(struck and action == "kill")
        if not struck:
            self.report.notes.append(f"{name}: the fault did not strike (status {status})")

    def _listen(self, *workers: Worker) -> None:
        for worker in workers:
            for line in worker.heard():
                word, *numbers = line.split(" ")
                self._hear(word, *map(int, numbers))

    def _hear(self, word: str, n: int = 0, instant: int = 0) -> None:
        if word == "done":
            self.done[n] = instant
        elif word == "answered":
            self.answered.add(n)
        elif word == "overtaken":
            self.report.overtaken += 1
        elif word == "claimed" and self.done.get(n, instant) < instant:
            self.report.doubled += 1
            self.report.notes.append(f"sample {n} was done again")

    def _look(self, *, whole: bool) -> Verdict:
        verdict = _ask(lambda: inspect(self.job, set(self.done), self.answered, whole=whole))
        self.report.lost += verdict.lost
        self.report.lost_answers += verdict.lost_answers
        self.report.doubled += verdict.doubled
        self.report.torn += verdict.torn
        self.report.notes += verdict.notes
        return verdict


def certify(url: str, *, kills: int, workers: int, seed: int, samples: int) -> Report:
    """The whole campaign: every fault point, then random kills over jobs of so many samples."""
    started = time.monotonic()
    _load(url)
    everywhere = Campaign(url, n_samples=80, seed=seed)
    everywhere.strike_everywhere()
    at_random = Campaign(url, n_samples=samples, seed=seed, workers=workers)
    at_random.report = everywhere.report
    if kills:
        at_random.kill_at_random(kills)
    everywhere.report.seconds = time.monotonic() - started
    return everywhere.report


def _load(url: str) -> None:
    """Loads what the workers need before the first fork: each of them would load it anew."""
    sqlite = ("soar2cot.ledger.sqlite", "soar2cot.ledger.sqlite_check")
    for name in sqlite if url.startswith("sqlite:") else ("soar2cot.ledger.postgres", "asyncpg"):
        import_module(name)


# --- processes


def _child(act: Callable[[], Coroutine[Any, Any, Any]], fault: str, *, reply: int | None = None) -> None:
    """The life of a forked process; it does not return. 3: the ledger refused, as it should under `raise`, `full`."""
    code = 1
    try:
        faults.disarm()
        faults.arm_from_text(fault)
        result = asyncio.run(act())
        if reply is not None:
            os.write(reply, orjson.dumps(asdict(result)))
        code = result if isinstance(result, int) else 0
    except BaseException as error:  # noqa: BLE001 - the exit code tells it
        code = 3 if _is_refusal(error) else 1
        if code == 1:
            traceback.print_exception(error)
            sys.stderr.flush()
    finally:
        os._exit(code)


def _is_refusal(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_refusal, error.exceptions))  # pyright: ignore[reportUnknownArgumentType,reportUnknownMemberType]
    return isinstance(error, LedgerError) or "fault injected" in str(error)


def _say(writer: int, line: str) -> None:
    os.write(writer, f"{line}\n".encode())


def _in_child(act: Callable[[], Coroutine[Any, Any, Any]], *, fault: str = "", gives_code: bool = False) -> int:
    pid = os.fork()
    if pid == 0:
        _child(act, fault)
    status = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(status) if gives_code else status


def _ask(act: Callable[[], Coroutine[Any, Any, Verdict]]) -> Verdict:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(act, "", reply=writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        reply = pipe.read()
    os.waitpid(pid, 0)
    if not reply:
        return Verdict(0, 0, 0, 0, 1, ("the ledger could not be opened after a kill",))
    told: dict[str, Any] = orjson.loads(reply)
    told["notes"] = tuple(told["notes"])
    return Verdict(**told)


# --- scratch ledgers


def scratch_url(url: str, number: int) -> str:
    """Where the n-th scratch ledger of this process lies: on the same disk, in the same database."""
    name = f"crashtest_{os.getpid()}_{number}"
    if url.startswith("sqlite:"):
        ledger = Path(url.removeprefix("sqlite:///"))
        return f"sqlite:///{ledger.parent / name / 'ledger.db'}"
    _in_child(lambda: _schema(url, f"CREATE SCHEMA {name}"))
    return f"{url}{'&' if '?' in url else '?'}search_path={name}"


def drop_scratch(url: str) -> None:
    """Removes a scratch ledger."""
    if url.startswith("sqlite:"):
        shutil.rmtree(Path(url.removeprefix("sqlite:///")).parent, ignore_errors=True)
        return
    base, _, name = url.rpartition("search_path=")
    _in_child(lambda: _schema(base.rstrip("&?"), f"DROP SCHEMA {name} CASCADE"))


async def _schema(url: str, statement: str) -> None:
    asyncpg: Any = import_module("asyncpg")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET client_min_messages = warning")
        await connection.execute(statement)
    finally:
        await connection.close()


def main(arguments: list[str]) -> None:
    """`URL --kills N --workers N --seed N --samples N`: the report as JSON on stdout."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # stdout is the report's alone
    options = dict(zip(arguments[1::2], arguments[2::2], strict=True))
    numbers = {name.removeprefix("--"): int(value) for name, value in options.items()}
    report = certify(arguments[0], **numbers)
    report.strikes = dict(Counter(report.strikes))
    sys.stdout.write(orjson.dumps({**asdict(report), "broken": report.broken}).decode() + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
