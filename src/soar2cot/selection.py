"""The rows of a run: selected once, and found again at every start.

To look into millions of programs takes up to hours. What was found is noted in the ledger, as a bit for every key,
under a name that stands for the data and for all that decides: a restart, also one after `compact`, takes the same
rows at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time

import orjson
import structlog

from soar2cot.config import RunConfig
from soar2cot.errors import InputError
from soar2cot.key_bits import KeyBits
from soar2cot.keyset import KeySet
from soar2cot.ledger.base import Ledger
from soar2cot.pipeline import Stop
from soar2cot.sample import sample_path
from soar2cot.soar_loader import SoarData, looks_into_rows, open_soar

SAID_EVERY_S = 10.0
FILTERS_VERSION = 1  # raised where a filter takes other rows than before

log = structlog.get_logger()


class SelectingStoppedError(Exception):
    """A stop was asked for before it was known which rows to work on."""


def open_data(config: RunConfig) -> SoarData:
    """All rows that the configuration names; those of the sample that ships where it names none.

    Raises: InputError: as `open_soar`, or there never was a row in it.
    """
    log.info("Loading original SOAR data", path=config.data or "the sample that ships")
    data = open_soar(config.data or sample_path())
    if not data.labelled and config.data:
        log.info("The file has no labels yet: labelled on the fly; `soar2cot label` does it once and for all")
    if not data.n_rows_ever:
        raise InputError(f"{config.data}: holds no rows, so there is nothing to do; name SOAR files with --data")
    return data


async def selected(
    data: SoarData,
    config: RunConfig,
    ledger: Ledger | None,
    completed: KeySet,
    *,
    stop: Stop | None = None,
    note: bool = True,
) -> SoarData:
    """The same data with only those rows that the configuration selects.

    Args:   ledger: where selections are noted; None: there is none yet. note: whether it may be written to.
            completed: what is done: rows that `compact` took out since count for `per_task` and `limit`.
            stop: a stop that is asked for ends the selecting.
    Raises: InputError: a row group cannot be read. ConfigError: the selection cannot be used. SelectingStoppedError.
    Crash:  nothing is noted, the next start selects anew.
    """
    if not looks_into_rows(config.select):
        return data.selecting(config.select, completed=completed)
    name = _name(config, data)
    noted = KeyBits.from_text(await ledger.get_meta(name) or "") if ledger else None
    passed = None if noted is None else KeySet.of_bits(noted)
    found = await asyncio.to_thread(
        data.selecting, config.select, arc=config.arc, passed=passed, completed=completed, on_progress=_Progress(stop)
    )
    if ledger is not None and note and passed is None:
        await _note(ledger, name, found)
    return found


async def _note(ledger: Ledger, name: str, data: SoarData) -> None:
    keys = data.keys_passed()
    bits = None if keys is None else keys.bits()
    if bits is not None:
        await ledger.set_meta(name, bits.text())


def _name(config: RunConfig, data: SoarData) -> str:
    """Stands for the data and for all that decides which rows pass. Programs are compared as Python reads them."""
    decides = config.select.model_dump(mode="json", exclude={"per_task", "limit"})
    said = [FILTERS_VERSION, data.identity, decides, str(config.arc), sys.version_info[:2]]
    return f"selected rows {hashlib.sha256(orjson.dumps(said)).hexdigest()[:32]}"


class _Progress:
    """Tells every few seconds how far a filter is, and ends it where a stop is asked for."""

    def __init__(self, stop: Stop | None) -> None:
        self._stop = stop
        self._said = time.monotonic()

    def __call__(self, name: str, n_done: int, n_all: int) -> None:
        if self._stop is not None and self._stop.draining:
            raise SelectingStoppedError
        if time.monotonic() - self._said > SAID_EVERY_S:
            self._said = time.monotonic()
            log.info("Selecting rows", filter=name, looked_at=n_done, of=n_all)
