"""All completed keys of a ledger: of millions, from a note that the ledger keeps, where that still holds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np

from soar2cot.key_bits import KeyBits
from soar2cot.key_columns import KeyColumns
from soar2cot.keyset import DATA_TYPES, KeySet, TaskTable
from soar2cot.ledger.base import Ledger

IN_ORDER_UP_TO = 20_000  # completed keys that are listed in order of completion; beyond, in any order

_NOTE = "completed keys up to a cursor"


@dataclass(frozen=True, slots=True)
class DoneKeys:
    """All completed keys, in order of completion unless they are very many, and the cursor behind them.

    `noted`: the ledger's note was good, or is not needed.
    """

    keys: KeySet
    cursor: int
    noted: bool = True


async def known_keys(ledger: Ledger, *, tasks: TaskTable | None = None) -> DoneKeys:
    """All completed keys."""
    if (await ledger.counts()).completed <= IN_ORDER_UP_TO:
        page = await ledger.completed()
        return DoneKeys(KeySet(page.keys, tasks=tasks), page.cursor)
    return await _noted_keys(ledger, tasks) or await listed_keys(ledger, tasks=tasks)


async def note_keys(ledger: Ledger, keys: KeySet) -> None:
    """Notes in the ledger that `keys` holds all that is shown, unless they are few; call it after `mark_shown`.

    Crash: the earlier note stands; if it is of another cursor than the one shown, it counts for nothing.
    """
    if len(keys) <= IN_ORDER_UP_TO:
        return
    shown = await ledger.shown()
    bits = await asyncio.to_thread(keys.bits)
    if bits is not None:
        await ledger.set_meta(_NOTE, f"{shown} {bits.text()}")


async def _noted_keys(ledger: Ledger, tasks: TaskTable | None) -> DoneKeys | None:
    """The keys that were noted when progress.json was last written, and those since; None where that is not all.

    The note holds every key that was completed up to its cursor, so whatever is completed now is in the note or comes
    after the cursor. Where keys were taken back since, the two together are more than the ledger counts.
    """
    shown = await ledger.shown()
    cursor, _, text = (await ledger.get_meta(_NOTE) or "").partition(" ")
    bits = KeyBits.from_text(text) if cursor == str(shown) else None
    if bits is None:
        return None
    keys = KeySet.of_bits(bits, tasks=tasks)
    page = await ledger.completed(shown)
    for key in page.keys:
        keys.add(key)
    return DoneKeys(keys, page.cursor) if len(keys) == (await ledger.counts()).completed else None


async def listed_keys(ledger: Ledger, *, tasks: TaskTable | None = None) -> DoneKeys:
    """All completed keys from the ledger's own list, whatever is noted."""
    columns = await ledger.completed_columns()
    keys = KeySet(tasks=tasks)
    kinds = columns.is_hindsight.view(np.int8)
    keys.extend(KeyColumns(columns.tasks, DATA_TYPES, columns.task, columns.round_index, kinds), distinct=True)
    return DoneKeys(keys, columns.cursor, noted=False)
