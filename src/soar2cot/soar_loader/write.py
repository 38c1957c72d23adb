# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Writes labelled files: whole or absent, key columns as dictionaries, small row groups, statistics, checksums."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from soar2cot import atomic, faults
from soar2cot.errors import InputError
from soar2cot.key_columns import KeyColumns
from soar2cot.soar_loader.key_note import key_note
from soar2cot.soar_loader.schema import FLAGS, GENERATION, GRIDS, KIND, MODEL, RAW_COLUMNS, ROUND, TASK

GROUP_ROWS = 2_000  # 5 rounds of 400 tasks: decoded in 10 ms, and skipped alone when it is done
PART_ROWS = 250_000  # rows of one file, where a folder is written
OUT_COLUMNS = (*RAW_COLUMNS, ROUND, KIND)
_ITEM = ".list.element"
_AS_CODES = [TASK, MODEL, GENERATION, ROUND, KIND, *(f"{name}{_ITEM * 3}" for name in GRIDS.values())]
_WITH_STATISTICS = [*_AS_CODES, *(f"{name}{_ITEM}" for name in FLAGS.values())]  # a program has no useful minimum

_SETTINGS: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": _AS_CODES,
    "write_statistics": _WITH_STATISTICS,
    "write_page_checksum": True,
}


class LabelledWriter:
    """Takes tables in the order of work, of any length; writes row groups of `GROUP_ROWS`.

    `keys` are those of all rows that will come: each file notes its own.
    """

    def __init__(
        self, place: Path, schema: Any, keys: KeyColumns, notes: Mapping[bytes, bytes], *, in_parts: bool
    ) -> None:
        self._place, self._schema, self._keys, self._notes, self._in_parts = place, schema, keys, notes, in_parts
        self._file: Any = None
        self._n_parts = 0
        self._in_file = 0
        self._before_file = 0
        self._waiting: Any = schema.empty_table()
        if in_parts:
            place.mkdir(parents=True)

    def write(self, table: Any) -> None:
        """Writes all full row groups; the rest waits for the next table."""
        self._waiting = pa.concat_tables([self._waiting, table]) if self._waiting.num_rows else table
        full = self._waiting.num_rows // GROUP_ROWS * GROUP_ROWS
        for start in range(0, full, GROUP_ROWS):
            self._write_group(self._waiting.slice(start, GROUP_ROWS))
        self._waiting = self._waiting.slice(full)

    def close(self) -> None:
        """Writes the rest, and the notes into every footer."""
        if self._waiting.num_rows or self._n_parts == 0:
            self._write_group(self._waiting)
        self._close_file()

    def _write_group(self, group: Any) -> None:
        if self._in_parts and self._in_file >= PART_ROWS:
            self._close_file()
        self._file = self._file or self._new_file()
        self._file.write_table(group, row_group_size=GROUP_ROWS)
        self._in_file += group.num_rows

    def _new_file(self) -> Any:
        path = self._place / f"part-{self._n_parts:05}.parquet" if self._in_parts else self._place
        self._n_parts += 1
        self._in_file = 0
        return pq.ParquetWriter(path, self._schema, **_SETTINGS)

    def _close_file(self) -> None:
        if self._file is not None:
            mine = slice(self._before_file, self._before_file + self._in_file)
            self._file.add_key_value_metadata({**self._notes, **key_note(self._keys.part(mine))})
            self._file.close()
            self._file = None
            self._before_file = mine.stop


@contextmanager
def writing(
    out: Path,
    schema: Any,
    keys: KeyColumns,
    notes: Mapping[bytes, bytes],
    *,
    verify: Callable[[Path], None] = lambda _: None,
) -> Generator[LabelledWriter]:
    """A writer for `out`: one file where the name ends in `.parquet`, else a folder of parts.

    Args:  keys: of all rows that will be written, in the order of work.
           verify: is given the finished draft before it takes the name; if it raises, `out` stays as it was.

    Crash: `out` is as it was, or the whole new one; a draft beside it is swept by the next writer of the name. A
           folder is exchanged in two renames: killed between them, the next writer brings the earlier one back.
    """
    if out.suffix == ".parquet":
        with atomic.replacing(out) as draft:
            writer = LabelledWriter(draft, schema, keys, notes, in_parts=False)
            yield writer
            writer.close()
            verify(draft)
        return
    with _replacing_folder(out) as draft:
        writer = LabelledWriter(draft, schema, keys, notes, in_parts=True)
        yield writer
        writer.close()
        verify(draft)


@contextmanager
def _replacing_folder(out: Path) -> Generator[Path]:
    out.parent.mkdir(parents=True, exist_ok=True)
    sweep_folders(out)
    draft, earlier = (out.with_name(f".{out.name}.{os.getpid()}.{end}") for end in ("draft", "earlier"))
    try:
        yield draft
        for part in draft.iterdir():
            atomic.sync_directory(part)
        atomic.sync_directory(draft)
        faults.point("atomic.before_rename")
        if out.exists():
            out.rename(earlier)
        draft.rename(out)
        faults.point("atomic.after_rename")
        atomic.sync_directory(out.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(earlier, ignore_errors=True)


@contextmanager
def spilling(out: Path) -> Generator[Path]:
    """A folder beside `out` for what does not fit into memory; gone afterwards.

    Crash: it stays behind until the next `label` to the same name.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    sweep_folders(out)
    folder = out.with_name(f".{out.name}.{os.getpid()}.spill")
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep_folders(out: Path) -> None:
    """Removes what processes that are gone left beside `out`; an earlier folder that lost its name gets it back."""
    for folder in out.parent.glob(f".{out.name}.*.*"):
        pid, _, end = folder.name.removeprefix(f".{out.name}.").partition(".")
        if not pid.isdigit() or end not in ("draft", "earlier", "spill") or atomic.is_alive(int(pid)):
            continue
        if end == "earlier" and not out.exists():
            folder.rename(out)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def check_target(out: Path) -> None:
    """Raises: InputError: `out` is something that `label` must not replace."""
    if out.suffix == ".parquet" and out.is_dir():
        raise InputError(f"{out}: is a folder; give a file name, or a folder name that does not end in .parquet")
    if (
        out.suffix != ".parquet"
        and out.exists()
        and (not out.is_dir() or list(out.glob("*")) != list(out.glob("part-*.parquet")))
    ):
        raise InputError(f"{out}: exists and holds other things; give a name ending in .parquet, or a new folder")


def size_of(out: Path) -> int:
    """Bytes of the file, or of the folder's parts."""
    return out.stat().st_size if out.is_file() else sum(file.stat().st_size for file in out.glob("*.parquet"))
