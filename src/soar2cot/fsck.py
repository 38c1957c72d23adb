"""Ledger, progress.json and exports against each other, at any time, also while a run goes on.

What can be proved is mended: sums, claims and failures of completed samples, guesses of nothing, and a progress.json
that lags behind or does not say what the ledger says it said. Everything else is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from soar2cot.done_keys import listed_keys
from soar2cot.errors import ProgressFileError
from soar2cot.key_columns import KeyColumns
from soar2cot.keyset import KeySet
from soar2cot.ledger.base import Finding, Ledger
from soar2cot.progress_file import read_progress
from soar2cot.records import SampleKey

_KEY = ("task_id", "round_index", "data_type")


async def check_progress(ledger: Ledger, path: Path) -> list[Finding]:
    """How progress.json differs from the ledger. What was completed since it was last written is no difference."""
    shown = await ledger.shown()
    try:
        found = read_progress(path)
    except ProgressFileError as error:
        return [Finding("progress.json cannot be read", 1, str(error))]
    if found is None:
        completed = (await ledger.counts()).completed
        return [Finding("progress.json is missing", completed, str(path))] if completed else []
    entries = found.keys
    completed = (await listed_keys(ledger, tasks=entries.tasks)).keys
    unknown = entries.columns().without(completed.columns())
    completed.remove(entries.packed)
    completed.remove(KeySet((await ledger.completed(shown)).keys, tasks=entries.tasks).packed)
    return [
        *_finding("entries of progress.json that the ledger does not know (the next run skips them)", unknown),
        *_finding(
            "completed samples that were removed from progress.json (the next run does them again)",
            completed.columns(),
        ),
    ]


async def check_export(ledger: Ledger, folder: Path) -> list[Finding]:
    """Rows of an export that are not what the ledger holds: another text, another sample, none, or twice."""
    seen: set[str] = set()
    doubled: set[SampleKey] = set()
    stale: set[SampleKey] = set()
    gone: set[SampleKey] = set()
    for row in _exported(folder):
        key = SampleKey(*(row[name] for name in _KEY))
        outcome = await ledger.record(key)
        if row["id"] in seen:
            doubled.add(key)
        elif outcome is None or outcome.record.id != row["id"]:
            gone.add(key)
        elif row.get("instructions") not in {None, outcome.record.instructions}:
            stale.add(key)
        seen.add(row["id"])
    return [
        *_finding(f"rows of {folder} that stand there twice", doubled),
        *_finding(f"rows of {folder} whose sample has no such result any more (export again)", gone),
        *_finding(f"rows of {folder} whose result is another by now (export again)", stale),
    ]


def _finding(kind: str, keys: set[SampleKey] | KeyColumns) -> list[Finding]:
    return [Finding(kind, len(keys), str(min(keys)))] if keys else []


def _exported(folder: Path) -> Iterator[dict[str, Any]]:
    """The rows of the `records` view, file by file."""
    parquet: Any = import_module("pyarrow.parquet")  # it has no types
    for path in sorted(folder.rglob("*.parquet")):
        names = set(parquet.read_schema(path).names)
        if {"id", *_KEY} <= names and "instructions" in names:
            for batch in parquet.ParquetFile(path).iter_batches(columns=["id", *_KEY, "instructions"]):
                yield from batch.to_pylist()
