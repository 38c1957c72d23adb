# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (pyarrow ships no types)
"""Which files are meant, and each of them opened: its schema, its row groups, one row group read."""

from __future__ import annotations

import glob
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from soar2cot.errors import InputError
from soar2cot.soar_loader.schema import KIND, TASK, check_columns

_SMALL_GROUP_ROWS = 4_096  # what `label` writes has 2,000

Paths = str | Path | Sequence[str | Path]
_REMOTE = ("hf://", "s3://", "gs://", "gcs://", "abfs://", "http://", "https://", "memory://")


@dataclass(frozen=True)
class Source:
    """One parquet file, its footer read and checked.

    `labelled` says whether it has `data_type` and `round_index`.
    """

    name: str
    file: Any
    labelled: bool

    @cached_property
    def group_sizes(self) -> list[int]:
        """Rows of each row group, as the footer says."""
        return [self.file.metadata.row_group(index).num_rows for index in range(self.file.num_row_groups)]

    @property
    def n_rows(self) -> int:
        """Rows, as the footer says."""
        return self.file.metadata.num_rows

    @cached_property
    def notes(self) -> dict[bytes, bytes]:
        """What its writer left in the footer besides the rows."""
        return self.file.metadata.metadata or {}

    def bounds(self, index: int, name: str) -> tuple[Any, Any] | None:
        """The least and the greatest value of a column in a row group, as the footer says; None where it does not."""
        statistics = self.file.metadata.row_group(index).column(self._leaves.index(name)).statistics
        return (statistics.min, statistics.max) if statistics is not None and statistics.has_min_max else None

    @cached_property
    def _leaves(self) -> list[str]:
        """The columns as the row groups have them, in order."""
        footer = self.file.metadata
        return [footer.schema.column(place).path for place in range(footer.num_columns)]

    def read_group(self, index: int, columns: Sequence[str]) -> Any:
        """One row group as a table.

        Raises: InputError: it cannot be read, or holds another number of rows than the footer says.
        """
        with reading(f"{self.name}, row group {index}"):
            in_threads = self.group_sizes[index] > _SMALL_GROUP_ROWS  # their start costs more than such a group
            table = self.file.read_row_group(index, columns=list(columns), use_threads=in_threads)
        self._check_length(index, table.num_rows)
        return table

    def read_pieces(self, index: int, columns: Sequence[str], piece_rows: int) -> Iterator[Any]:
        """One row group as tables of at most `piece_rows`, so that a group of any size can be read.

        Raises: InputError: as `read_group`; by then pieces may have been given.
        """
        if self.group_sizes[index] <= piece_rows:
            yield self.read_group(index, columns)
            return
        n_read = 0
        with reading(f"{self.name}, row group {index}"):
            for batch in self.file.iter_batches(piece_rows, row_groups=[index], columns=list(columns)):
                n_read += batch.num_rows
                yield pa.Table.from_batches([batch])
        self._check_length(index, n_read)

    def _check_length(self, index: int, n_read: int) -> None:
        if n_read != self.group_sizes[index]:
            raise InputError(
                f"{self.name}, row group {index}: the footer says {self.group_sizes[index]} rows, there are "
                f"{n_read}; the file is damaged, fetch it again"
            )


@contextmanager
def reading(where: str) -> Generator[None]:
    """Wraps what the file system and the parquet library raise."""
    try:
        yield
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        reason = str(error).strip().split("\n")[0][:300]
        raise InputError(
            f"{where}: cannot be read: {reason}; the file is cut off or damaged, fetch or write it again"
        ) from error


def open_sources(paths: Paths) -> list[Source]:
    """All files that are meant, in the order of their names: the order in which they were given does not matter.

    Args:   paths: files, folders (every *.parquet below), globs, or addresses (hf://, s3:// …).
    Raises: InputError: nothing there, no parquet file, not in the SOAR schema, or labelled and raw files mixed.
    """
    sources = [_open(name) for name in expand(paths)]
    if len({source.labelled for source in sources}) > 1:
        odd = next(source for source in sources if not source.labelled)
        raise InputError(f"{odd.name} is raw, others are labelled; label all of the raw files in one go")
    return sources


def expand(paths: Paths) -> list[str]:
    """The names of the files, each once, in natural order of the file names (part 2 before part 10)."""
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    names = dict.fromkeys(name for path in given for name in _expand_one(str(path)))
    if not names:
        raise InputError("no data file given")
    return sorted(names, key=natural_order)


def natural_order(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Orders by file name, numbers as numbers; the folder decides only between equal names."""
    base = name.rsplit("/", 1)[-1]
    parts = [part for part in re.split(r"(\d+)", base) if part]
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts], name


def _expand_one(path: str) -> list[str]:
    if path.startswith(_REMOTE):
        return _expand_remote(path)
    place = Path(path)
    if place.is_dir():
        found = [str(file.resolve()) for file in place.rglob("*.parquet") if not file.name.startswith(".")]
    elif place.exists():
        found = [str(place.resolve())]
    else:
        found = [str(Path(file).resolve()) for file in glob.glob(path, recursive=True) if Path(file).is_file()]  # noqa: PTH207 - a glob with an absolute root
    if not found:
        raise InputError(f"{path}: {'no *.parquet file in this folder' if place.is_dir() else 'no such file'}")
    return found


def _expand_remote(path: str) -> list[str]:
    import fsspec  # pyright: ignore[reportMissingTypeStubs]

    with remote(path):
        system: Any
        system, inner = fsspec.core.url_to_fs(path)
        found: list[str] = (
            [inner] if system.isfile(inner) else system.glob(inner) or system.glob(f"{inner}/**/*.parquet")
        )
        if found and system.isdir(found[0]):
            found = system.glob(f"{inner}/**/*.parquet")
        if not found:
            raise InputError(f"{path}: nothing there")
        return [system.unstrip_protocol(name) for name in found]


@contextmanager
def remote(path: str) -> Generator[None]:
    """Wraps what a missing or failing remote file system raises."""
    scheme = path.partition("://")[0]
    try:
        yield
    except (ImportError, ValueError) as error:
        raise InputError(f"{path}: {scheme}:// cannot be read here: {error}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _open(name: str) -> Source:
    """The footer is read once; the second opening only tells which columns to leave as dictionaries."""
    with reading(name):
        plain: Any = pq.ParquetFile(_handle(name))
    labelled = check_columns(plain.schema_arrow, where=name)
    coded = [column for column in (TASK, KIND) if column in plain.schema_arrow.names]
    with reading(name):
        file: Any = pq.ParquetFile(_handle(name), metadata=plain.metadata, read_dictionary=coded)
    plain.close(force=True)
    return Source(name, file, labelled)


def _handle(name: str) -> Any:
    if "://" not in name:
        return name
    import fsspec  # pyright: ignore[reportMissingTypeStubs]

    with remote(name):
        opened: Any = fsspec.open(name, "rb")
        return opened.open()
