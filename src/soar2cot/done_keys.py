"""All completed keys of a ledger: of millions, from a note that the ledger keeps, where that still holds."""

from __future__ import annotations

import asyncio

import numpy as np

from soar2cot.key_columns import KeyColumns
from soar2cot.keyset import DATA_TYPES, KeySet, TaskTable
from soar2cot.ledger.base import Ledger

IN_ORDER_UP_TO = 200_000  # completed keys that are listed in order of completion; beyond, in any order

_NOTE = "completed keys up to a cursor"


async def known_keys(ledger: Ledger, *, tasks: TaskTable | None = None) -> tuple[KeySet, int]:
    """All completed keys, in order of completion unless they are very many, and the cursor behind them."""
    if (await ledger.counts()).completed <= IN_ORDER_UP_TO:
        page = await ledger.completed()
        return KeySet(page.keys, tasks=tasks), page.cursor
    return await _noted_keys(ledger, tasks) or await _all_keys(ledger, tasks)


async def note_keys(ledger: Ledger, keys: KeySet) -> None:
    """Notes in the ledger that `keys` holds all that is shown, unless they are few; call it after `mark_shown`.

    Crash: the earlier note stands; if it is of another cursor than the one shown, it counts for nothing.
    """
    shown = await ledger.shown()
    bits = await asyncio.to_thread(keys.to_bits) if len(keys) > IN_ORDER_UP_TO else None
    if bits is not None:
        await ledger.set_meta(_NOTE, f"{shown} {bits}")


async def is_noted(ledger: Ledger) -> bool:
    """Whether there is a note of what is shown."""
    return (await ledger.get_meta(_NOTE) or "").startswith(f"{await ledger.shown()} ")


async def _noted_keys(ledger: Ledger, tasks: TaskTable | None) -> tuple[KeySet, int] | None:
    """The keys that were noted when progress.json was last written, and those since; None where that is not all.

    The note holds every key that was completed up to its cursor, so whatever is completed now is in the note or comes
    after the cursor. Where keys were taken back since, the two together are more than the ledger counts.
    """
    shown = await ledger.shown()
    cursor, _, bits = (await ledger.get_meta(_NOTE) or "").partition(" ")
    keys = KeySet.from_bits(bits, tasks=tasks) if cursor == str(shown) else None
    if keys is None:
        return None
    page = await ledger.completed(shown)
    for key in page.keys:
        keys.add(key)
    return (keys, page.cursor) if len(keys) == (await ledger.counts()).completed else None


async def _all_keys(ledger: Ledger, tasks: TaskTable | None) -> tuple[KeySet, int]:
    columns = await ledger.completed_columns()
    keys = KeySet(tasks=tasks)
    rounds, kinds = columns.round_index.astype(np.int64), columns.is_hindsight.view(np.int8)
    keys.extend(KeyColumns(columns.tasks, DATA_TYPES, columns.task, rounds, kinds), distinct=True)
    page = await ledger.completed(await ledger.shown())
    for key in page.keys:
        keys.add(key)
    return keys, page.cursor
