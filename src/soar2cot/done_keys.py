"""All completed keys of a ledger: of millions, from a note that the ledger keeps, where that still holds."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from soar2cot.key_bits import KeyBits
from soar2cot.key_columns import KeyColumns
from soar2cot.keyset import DATA_TYPES, KeySet, TaskTable
from soar2cot.ledger.base import Ledger

LISTED_UP_TO = 20_000  # completed keys that are listed one by one at every start

_NOTE = "completed keys up to a cursor"
_WIDTHS = ("<i1", "<i2", "<i4")


@dataclass(frozen=True, slots=True)
class DoneKeys:
    """All completed keys, in order of completion, and the cursor behind them.

    `noted`: the ledger's note was good, or is not needed. Where it is needed and was not good, the order is by round.
    """

    keys: KeySet
    cursor: int
    noted: bool = True


async def known_keys(ledger: Ledger, *, tasks: TaskTable | None = None) -> DoneKeys:
    """All completed keys."""
    if (await ledger.counts()).completed <= LISTED_UP_TO:
        page = await ledger.completed()
        return DoneKeys(KeySet(page.keys, tasks=tasks), page.cursor)
    return await _noted_keys(ledger, tasks) or await listed_keys(ledger, tasks=tasks)


async def note_keys(ledger: Ledger, keys: KeySet) -> None:
    """Notes in the ledger that `keys` holds all that is shown, unless they are few; call it after `mark_shown`.

    Crash: the earlier note stands; if it is of another cursor than the one shown, it counts for nothing.
    """
    if len(keys) <= LISTED_UP_TO:
        return
    shown = await ledger.shown()
    text = await asyncio.to_thread(_as_text, keys)
    if text is not None:
        await ledger.set_meta(_NOTE, f"{shown} {text}")


async def _noted_keys(ledger: Ledger, tasks: TaskTable | None) -> DoneKeys | None:
    """The keys that were noted when progress.json was last written, and those since; None where that is not all.

    The note holds every key that was completed up to its cursor, so whatever is completed now is in the note or comes
    after the cursor. Where keys were taken back since, the two together are more than the ledger counts.
    """
    shown = await ledger.shown()
    cursor, _, text = (await ledger.get_meta(_NOTE) or "").partition(" ")
    keys = _of_text(text, tasks) if cursor == str(shown) else None
    if keys is None:
        return None
    page = await ledger.completed(shown)
    keys.extend(KeyColumns.of(page.keys), distinct=True)
    return DoneKeys(keys, page.cursor) if len(keys) == (await ledger.counts()).completed else None


def _as_text(keys: KeySet) -> str | None:
    """The keys and their order in some hundred kilobytes: samples end nearly in the order of work, and what is noted
    of a key besides its bit is how far from there it was."""
    bits = keys.bits()
    if bits is None:
        return None
    moves = keys.moves()
    kind = next(kind for kind in _WIDTHS if not len(moves) or np.abs(moves).max() <= np.iinfo(kind).max)
    pressed = base64.b64encode(zlib.compress(moves.astype(kind).tobytes(), 1))
    said = {"bits": bits.text(), "moves": pressed.decode(), "width": kind, "sha256": _digest(pressed)}
    return orjson.dumps(said).decode()


def _of_text(text: str, tasks: TaskTable | None) -> KeySet | None:
    """What `_as_text` gave; None where that is no such text, or was damaged."""
    try:
        said: dict[str, Any] = orjson.loads(text)
        bits, pressed = KeyBits.from_text(said["bits"]), said["moves"].encode()
        moves = np.frombuffer(zlib.decompress(base64.b64decode(pressed)), said["width"])
        if bits is None or said["width"] not in _WIDTHS or _digest(pressed) != said["sha256"]:
            return None
        return KeySet.of_bits(bits, tasks=tasks, moves=moves)
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error):
        return None


def _digest(pressed: bytes) -> str:
    return hashlib.sha256(pressed).hexdigest()


async def listed_keys(ledger: Ledger, *, tasks: TaskTable | None = None) -> DoneKeys:
    """All completed keys from the ledger's own list, whatever is noted."""
    columns = await ledger.completed_columns()
    keys = KeySet(tasks=tasks)
    kinds = columns.is_hindsight.view(np.int8)
    keys.extend(KeyColumns(columns.tasks, DATA_TYPES, columns.task, columns.round_index, kinds), distinct=True)
    return DoneKeys(keys, columns.cursor, noted=False)
