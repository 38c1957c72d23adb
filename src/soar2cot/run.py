"""The composition root: opens what the configuration names, runs it, closes it.

    python -m soar2cot.run          the same as `soar2cot run`

Everything that happens between two starts is settled here, before the first sample: another configuration, other
data, a progress.json that was edited by hand.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import structlog
import tomli_w
from numpy.typing import NDArray

from soar2cot import atomic
from soar2cot.concurrency import first_error
from soar2cot.config import ApiKeys, RunConfig, changed_settings
from soar2cot.done_keys import known_keys
from soar2cot.engines import check_engine, engine_version
from soar2cot.errors import ConfigError, DataChangedError
from soar2cot.events import Event, Events, RunFinished, RunStarted, Waiting
from soar2cot.executor import check_executor, open_executor
from soar2cot.executor.base import Executor
from soar2cot.keyset import KeySet
from soar2cot.ledger import open_ledger
from soar2cot.ledger.base import Ledger
from soar2cot.pipeline import Stop, Summary
from soar2cot.progress_keeper import is_home, kept_alone
from soar2cot.progress_tracker import Edits, Face, ProgressWriter, open_face
from soar2cot.records import Sample
from soar2cot.replay import Answers, check_replay, opened_answers
from soar2cot.selection import SelectingStoppedError, open_data, selected
from soar2cot.soar_loader import BadRow, SoarData, load_arc_tasks
from soar2cot.solve import solve_challenge

__all__ = ["RunOptions", "execute", "exit_code", "solve_challenge"]

COUNTED_UP_TO = 1_000_000  # calls on record among which half-done samples are counted at each start: about a second
ASK_FROM = 1_000  # finished samples that would be done again without asking
FIRST_LOOK_S = 0.1  # after what other workers on the same ledger have; the pauses double
EXIT_CODES = {"done": 0, "failed": 3, "budget": 4, "interrupted": 130, "terminated": 143}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a start is told besides its configuration.

    `confirm` is asked before much is done again: it gets the question and says yes or no.
    `executor` opens where the work runs; tests put another one in.
    """

    accept_config_change: bool = False
    confirm: Callable[[str], bool] = field(default=lambda _: False)
    events: Events = field(default_factory=Events)
    keys: ApiKeys = field(default_factory=ApiKeys)
    executor: Callable[..., Executor] = open_executor


async def execute(config: RunConfig, options: RunOptions) -> Summary:
    """Runs until all is done, a stop is asked for by a signal, or something makes going on senseless.

    Returns: what this run did; `exit_code` says it in one number.
    Raises: every error of `errors.py` that is not a single sample's. Nothing finished is lost by then.
    Crash:  the next `execute` with the same run directory goes on where this one was.
    """
    _check(config)
    stop = Stop()
    with stopped_by_signals(stop):
        return await _execute(config, options, stop)


async def _execute(config: RunConfig, options: RunOptions, stop: Stop) -> Summary:
    is_lost = ledger_file_missing(config) and (config.run_dir / "config.toml").exists()
    async with opened_ledger(config) as ledger, opened_face(config, ledger) as face:
        version = engine_version(config)
        await check_config(ledger, config, version, accept=options.accept_config_change)
        log.info("Progress tracker initialized", stats=face.stats)
        ask_about(face.edits, options)
        if is_lost and len(face.edits.added):
            log.warning("The ledger is gone: its samples are skipped, without a result", samples=len(face.edits.added))
        data = open_data(config)
        await check_data(ledger, data, accept=options.accept_config_change)
        try:
            data = await selected(data, config, ledger, face.tracker.keys, stop=stop)
        except SelectingStoppedError:
            return Summary(reason=stop.reason or "interrupted")
        keep_config(config)
        run_id = await ledger.start_run(
            config=config.model_dump(mode="json"),
            fingerprint=config.fingerprint,
            data_identity=data.identity,
            engine_version=version,
        )
        await face.apply_edits(run_id=run_id)
        async with opened_answers(config, ledger, options.events) as answers:
            return await _Running(config, options, ledger, answers, face, data, run_id, stop).summary()


def _check(config: RunConfig) -> None:
    """Refuses what cannot work before anything is opened: a start that fails leaves nothing that binds the next one."""
    check_executor(config)
    check_engine(config)
    check_replay(config)
    if config.arc is not None:
        load_arc_tasks(config.arc)


def exit_code(summary: Summary) -> int:
    """0 all done; 3 finished, some samples failed; 4 budget spent; 130, 143 stopped by a signal."""
    if summary.reason == "done" and summary.failed:
        return EXIT_CODES["failed"]
    return EXIT_CODES[summary.reason]


@asynccontextmanager
async def opened_ledger(config: RunConfig, *, read_only: bool = False) -> AsyncGenerator[Ledger]:
    """The ledger that the configuration names, closed at the end."""
    ledger = await open_ledger(config.ledger or f"sqlite:///{config.run_dir / 'ledger.db'}", read_only=read_only)
    try:
        yield ledger
    finally:
        await ledger.aclose()


@asynccontextmanager
async def opened_face(config: RunConfig, ledger: Ledger) -> AsyncGenerator[Face]:
    """progress.json over the ledger; several processes on one ledger on a server agree on who keeps it."""
    path = config.progress_path
    with kept_alone(path) as alone:
        kept = alone and (config.ledger is None or await is_home(path, ledger))
        if not kept:
            log.info("progress.json of this ledger is kept by another run", ledger=ledger.url)
        yield await open_face(path, ledger, kept=kept)


def ledger_file_missing(config: RunConfig) -> bool:
    """Whether there is no ledger yet: nothing was ever started in this run directory."""
    return config.ledger is None and not (config.run_dir / "ledger.db").exists()


# --- before the first sample


async def check_config(ledger: Ledger, config: RunConfig, version: str, *, accept: bool) -> None:
    """Refuses what would mix results in one run directory.

    Raises: ConfigError: with every setting that differs, old → new.
    """
    changes = await config_changes(ledger, config, version)
    if not changes:
        return
    lines = "\n".join(f"  {change}" for change in changes)
    if not accept:
        raise ConfigError(
            f"{config.run_dir} was started with other settings, its results would be mixed:\n{lines}\n"
            "Take another --run-dir for the new settings, or mix them on purpose with --accept-config-change"
        )
    log.warning("Configuration changed on request", changes=changes)


async def config_changes(ledger: Ledger, config: RunConfig, version: str) -> list[str]:
    """What differs from the last run's settings in a way that changes results, a line each: name: old → new.

    Nothing where there are no results and no answers yet: none can be mixed.
    """
    runs, counts = await ledger.runs(), await ledger.counts()
    if not runs or not (counts.completed or counts.calls):
        return []
    last = RunConfig.model_validate(runs[-1].config).result_settings() | {"engine_version": runs[-1].engine_version}
    return changed_settings(last, config.result_settings() | {"engine_version": version})


async def check_data(ledger: Ledger, data: SoarData, *, accept: bool) -> None:
    """Refuses a data file whose content is not that of the runs before.

    Raises: DataChangedError.
    """
    known = {run.data_identity for run in await ledger.runs()}
    if not known or data.identity in known or accept:
        return
    raise DataChangedError(
        f"the data ({data.n_rows} rows, identity {data.identity[:24]}) is not what {ledger.url} was started with "
        f"(identity {', '.join(str(name)[:24] for name in known)}): its samples would get other programs' results. "
        "Give the earlier file, or another --run-dir; where rows were only added, --accept-config-change goes on"
    )


def ask_about(edits: Edits, options: RunOptions) -> None:
    """Asks before more than ASK_FROM finished samples would be done again.

    Raises: ConfigError: the answer is no. Nothing was changed.
    """
    if len(edits.removed) <= ASK_FROM:
        return
    what = "progress.json is gone" if edits.file_deleted else "entries were removed from progress.json"
    question = (
        f"{what}: {len(edits.removed):,} finished samples would be done again (their results are kept as superseded)"
    )
    if not options.confirm(question):
        raise ConfigError(
            f"{question}; nothing was changed. Say --yes to do them again, or bring the file back with "
            "`soar2cot progress export`"
        )


def keep_config(config: RunConfig) -> None:
    """Writes config.toml: what this run directory was started with."""
    values = _without_none(config.model_dump(mode="json", exclude={"run_dir"}))
    atomic.write_bytes(config.run_dir / "config.toml", tomli_w.dumps(values).encode())


def _without_none(value: Any) -> Any:
    """TOML has no null: what is None is left out, which means the same."""
    if isinstance(value, Mapping):
        return {name: _without_none(item) for name, item in value.items() if item is not None}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return [_without_none(item) for item in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


# --- the run itself


@dataclass(frozen=True)
class _Running:
    """One run between its start and its end."""

    config: RunConfig
    options: RunOptions
    ledger: Ledger
    answers: Answers
    face: Face
    data: SoarData
    run_id: str
    stop: Stop

    async def summary(self) -> Summary:
        done = self.face.tracker.keys
        left, completed = self._left(done), len(done)
        remaining, samples = self.data.remaining(done, left=left), self.data.stream(left=left)
        log.info("Filtered out completed samples", remaining=remaining, completed=completed)
        await self._tell_what_is_left_over()
        await self.ledger.set_meta("n_samples", str(remaining + completed))
        self.options.events.subscribe(log_waiting)
        self.options.events.tell(RunStarted(self.run_id, completed, remaining))
        reason = "failed"
        try:
            summary = await self._work(samples if remaining else None)
            reason = summary.reason
        finally:
            await self.ledger.finish_run(self.run_id, reason=reason)
        self.options.events.tell(RunFinished(summary.reason, summary.completed, summary.n_failed))
        return summary

    async def _tell_what_is_left_over(self) -> None:
        """What earlier runs began: parked samples, half-done ones, answers that are paid for, what was spent."""
        await self._tell_budget()
        counts = await self.ledger.counts()
        if counts.failed:
            log.info("Samples that failed before are tried again", samples=counts.failed)
        if 0 < counts.calls <= COUNTED_UP_TO:
            half_done, answers = await self.ledger.half_done()
            if half_done or answers:
                log.info("Answers on record are not paid for again", half_done=half_done, answers=answers)

    async def _tell_budget(self) -> None:
        budget = {"usd": self.config.budget_usd, "tokens": self.config.budget_tokens}
        if any(budget.values()):
            tokens, usd = await self.ledger.spent()
            most = {f"budget_{name}": value for name, value in budget.items() if value}
            log.info("Budget over all runs", **most, spent_usd=round(usd, 4), spent_tokens=tokens)

    async def _work(self, samples: Iterator[Sample | BadRow] | None) -> Summary:
        writer = ProgressWriter(self.face)
        try:
            return Summary() if samples is None else await self._beside(writer, samples)
        finally:
            await writer.save()

    async def _beside(self, writer: ProgressWriter, samples: Iterator[Sample | BadRow]) -> Summary:
        """Works while progress.json is kept up to date beside it; whichever fails ends both."""
        try:
            async with asyncio.TaskGroup() as group:
                keeping = group.create_task(writer.keep())
                summary = await self._worked_off(self._executor(writer), samples)
                keeping.cancel()
            return summary
        except BaseExceptionGroup as errors:
            raise first_error(errors) from None

    async def _worked_off(self, executor: Executor, samples: Iterator[Sample | BadRow]) -> Summary:
        """The stream, and then what other workers on this ledger had when it came by and did not bring to an end."""
        summary = await executor.run(samples, self.stop)
        pause_s = FIRST_LOOK_S
        while self.config.ledger is not None and summary.reason == "done":
            left = await self._left_by_others()
            if not left.any():
                break
            if (await self.ledger.counts()).claimed < left.sum():
                summary = summary.and_then(await executor.run(self.data.stream(left=left), self.stop))
            if pause_s == FIRST_LOOK_S:
                log.info("Other workers still have samples: waiting until they end, or their leases are over")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stop.asked(), pause_s)
                return summary.and_then(Summary(reason=self.stop.reason or "interrupted"))
            pause_s = min(2 * pause_s, self.config.lease_s / 8)
        return summary

    async def _left_by_others(self) -> NDArray[np.bool_]:
        """Which rows are neither done nor parked by now."""
        ended = (await known_keys(self.ledger)).keys
        for failure in await self.ledger.failures():
            ended.add(failure.key)
        return self._left(ended)

    def _left(self, done: KeySet) -> NDArray[np.bool_]:
        """Which rows are to be worked on, by row ordinal; replaying, only those that the other run finished."""
        left, finished = self.data.left(done), self.answers.finished
        return left if finished is None else left & ~self.data.left(finished)

    def _executor(self, writer: ProgressWriter) -> Executor:
        return self.options.executor(
            self.config,
            run_id=self.run_id,
            ledger=self.ledger,
            journal=self.answers.journal,
            events=self.options.events,
            shows=writer.shows,
            keys=self.options.keys,
        )


def log_waiting(event: Event) -> None:
    """A run that stands still says why."""
    if isinstance(event, Waiting):
        log.warning("Waiting", reason=event.reason)


@contextmanager
def stopped_by_signals(stop: Stop) -> Generator[None]:
    """The first Ctrl+C or SIGTERM drains, the second stops now."""
    loop = asyncio.get_running_loop()
    reasons = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}

    def ask(reason: str) -> None:
        if stop.draining:
            stop.now(reason)
        else:
            log.info("Stopping: what is in flight is finished first; once more stops at once")
            stop.drain(reason)

    for number, reason in reasons.items():
        loop.add_signal_handler(number, ask, reason)
    try:
        yield
    finally:
        for number in reasons:
            loop.remove_signal_handler(number)


def main() -> None:
    """`python -m soar2cot.run`."""
    from soar2cot.cli import cli  # the command line stands above this module: only its entry point reaches up

    cli(["run"])


if __name__ == "__main__":
    main()
