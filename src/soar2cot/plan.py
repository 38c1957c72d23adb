"""A plan before the run: what is there, what would be done, and what stands in the way."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from soar2cot.config import RunConfig
from soar2cot.engines import engine_version
from soar2cot.engines.llm.estimate import Estimate, estimate
from soar2cot.keyset import KeySet
from soar2cot.progress_tracker import ProgressTracker, open_face
from soar2cot.records import Sample
from soar2cot.run import config_changes, ledger_file_missing, opened_ledger
from soar2cot.selection import open_data, selected
from soar2cot.soar_loader import BadRow, create_challenge_from_soar, load_arc_tasks

LOOKED_AT = 100  # samples from whose prompts the cost is estimated


@dataclass(frozen=True, slots=True)
class Plan:
    """Numbers of samples of the selected data; `changes`: settings that differ from the last run, old → new.

    `reused` are done; `redone` and `skipped` follow from hand edits of progress.json; `retried` were parked;
    `half_done` have calls on record and no result; `new` were never begun. `answers_on_record` are those of parked
    and half-done samples, which nobody pays for again. `estimate`: what models would cost, without looking at those
    answers; None where none is asked.
    """

    reused: int
    redone: int
    skipped: int
    retried: int
    half_done: int
    answers_on_record: int
    new: int
    changes: tuple[str, ...]
    estimate: Estimate | None = None


async def make_plan(config: RunConfig) -> Plan:
    """Looks at run directory, ledger and data; changes nothing.

    Raises: InputError, ProgressFileError, LedgerError: what a run would raise, too.
    """
    if ledger_file_missing(config):
        return await _first_plan(config)
    async with opened_ledger(config, read_only=True) as ledger:
        face = await open_face(config.progress_path, ledger)
        data = await selected(open_data(config), config, ledger, face.tracker.keys, note=False)
        edits, done = face.edits, face.tracker.keys
        done.remove(KeySet(edits.removed, tasks=done.tasks).packed)
        for key in edits.added:
            done.add(key)
        left = data.remaining(done)
        failed = len(await ledger.failures())
        half_done, answers = await ledger.half_done()
        return Plan(
            reused=len(done) - len(edits.added),
            redone=len(edits.removed),
            skipped=len(edits.added),
            retried=failed,
            half_done=half_done,
            answers_on_record=answers,
            new=max(0, left - failed - half_done - len(edits.removed)),
            changes=tuple(await config_changes(ledger, config, engine_version(config))),
            estimate=await _estimate(config, data.stream(done), left),
        )


async def _first_plan(config: RunConfig) -> Plan:
    """Of a run directory without a ledger: a progress.json that lies there is adopted."""
    done = _adopted(config.progress_path)
    data = await selected(open_data(config), config, None, done)
    left = data.remaining(done)
    return Plan(0, 0, len(done), 0, 0, 0, left, (), await _estimate(config, data.stream(done), left))


def _adopted(path: Path) -> KeySet:
    return ProgressTracker(path).keys if os.path.lexists(path) else KeySet()


async def _estimate(config: RunConfig, samples: Iterator[Sample | BadRow], n_samples: int) -> Estimate | None:
    """From the first samples in the order of work."""
    if config.engine != "llm" or config.replay is not None:
        return None
    return await asyncio.to_thread(_looked_at, config, samples, n_samples)


def _looked_at(config: RunConfig, samples: Iterator[Sample | BadRow], n_samples: int) -> Estimate:
    tasks = load_arc_tasks(config.arc)
    usable = (item for item in islice(samples, LOOKED_AT) if isinstance(item, Sample))
    return estimate(config, [(item, create_challenge_from_soar(item, tasks)[0]) for item in usable], n_samples)
