"""`export`: a ledger's records, checked by execution, as a data set for training."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import orjson

from soar2cot.errors import ConfigError, InputError
from soar2cot.export.canonical import Stored, Task, Tasks, canonical
from soar2cot.export.card import card
from soar2cot.export.contamination import held_out_hashes, is_contaminated
from soar2cot.export.files import sync, write_rows
from soar2cot.export.folder import MARK, link_or_copy, replacing_folder
from soar2cot.export.gate import PASSED, Gate
from soar2cot.export.similar import beyond_cap
from soar2cot.export.spool import Spool, digest_of, split_of
from soar2cot.export.views import VIEWS, Row, View
from soar2cot.export.where import Where
from soar2cot.ledger.base import Ledger
from soar2cot.sandbox.base import Sandbox

FORMAT = 2  # raised whenever the same record may give other bytes
SPLITS = ("train", "test")
_FOLDERS = {"parquet": "data", "jsonl": "jsonl", "csv": "csv"}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is exported, and how.

    Args:
        views: names of `VIEWS`.
        where: an SQL condition over the columns of `records`; None takes all.
        test_share: the share of tasks, 0..1, that goes to the split `test`; a task is never in both.
        max_similar: of near-duplicates of one task, the best so many are kept; None keeps all.
        jsonl: writes every view as JSONL too.
    """

    views: tuple[str, ...] = ("records", "messages")
    where: str | None = None
    test_share: float = 0.1
    max_similar: int | None = None
    jsonl: bool = False

    def __post_init__(self) -> None:
        unknown = [name for name in self.views if name not in VIEWS]
        if unknown or not self.views:
            raise ConfigError(f"no view named {', '.join(unknown) or 'at all'}; there are: {', '.join(VIEWS)}")
        if not 0 <= self.test_share <= 1:
            raise ConfigError(f"the share of tasks for the split test is {self.test_share}; give 0 to 1")


@dataclass
class ExportSummary:
    """What an export did: how many records went in, out, and were left out for which reason.

    `n_executed` counts the programs executed now; the verdicts on all others were on record from the last export.
    `rows` counts the rows per view and split.
    """

    out: Path
    n_records: int = 0
    n_exported: int = 0
    n_executed: int = 0
    n_unreached: int = 0
    left_out: Counter[str] = field(default_factory=Counter[str])
    rows: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    examples: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


async def export(
    ledger: Ledger,
    sandbox: Sandbox,
    tasks: Tasks,
    out: Path,
    *,
    held_out: Mapping[str, Task] | None = None,
    options: ExportOptions | None = None,
) -> ExportSummary:
    """Writes the data set at `out`, whole or not at all; a second export does only what is new.

    The same ledger and options give the same bytes, whatever stood at `out` before.

    Args:   held_out: tasks that no exported record may contain grids of (the evaluation tasks); None: no check.
    Raises: ConfigError: an option cannot be used. InputError: `out` holds something else.
            SandboxError: programs cannot be executed. In all cases `out` is as it was.
    Crash:  see `replacing_folder`.
    """
    options = options or ExportOptions()
    with replacing_folder(out) as draft:
        spool = Spool(draft / ".spool")  # beside the data set: what is read may be larger than a temporary disk
        await spool.fill(ledger.records())
        writing = _Writing(out, draft, spool, Gate(sandbox, tasks, {}), tasks, held_out or {}, options)
        await writing.all_shards()
        spool.remove()
        writing.finish()
    return writing.summary


@dataclass
class _Writing:
    """One export on its way."""

    out: Path
    draft: Path
    spool: Spool
    gate: Gate
    tasks: Tasks
    held_out: Mapping[str, Task]
    options: ExportOptions

    def __post_init__(self) -> None:
        self.summary = ExportSummary(self.out, n_records=self.spool.n_records)
        self.where = Where(self.options.where)
        self.held_out_hashes = held_out_hashes(self.held_out)
        self.puzzles = _puzzles_digest(self.tasks, self.held_out)
        self.old_shards = _old_shards(self.out)
        self.shards: list[dict[str, Any]] = []
        self.left_out: list[tuple[str, int, str, str]] = []

    @property
    def settings(self) -> str:
        """All but the records that the bytes depend on."""
        options = orjson.dumps([FORMAT, asdict(self.options), self.spool.n_shards])
        return hashlib.sha256(options + self.puzzles).hexdigest()

    async def all_shards(self) -> None:
        """Writes each shard, or takes over the files of the last export where nothing changed."""
        for index in range(self.spool.n_shards):
            records = self.spool.shard(index)
            digest = digest_of(records, self.settings)
            shard = self._take_over(index, digest) or await self._write(index, digest, records)
            self.shards.append(shard)
            self._count(shard)

    def _take_over(self, index: int, digest: str) -> dict[str, Any] | None:
        old = self.old_shards.get(index)
        if old is None or old["digest"] != digest or not all((self.out / name).exists() for name in old["files"]):
            return None
        for name in old["files"]:
            link_or_copy(self.out / name, self.draft / name)
        return old

    async def _write(self, index: int, digest: str, records: list[Stored]) -> dict[str, Any]:
        self.gate.verdicts = _read_verdicts(self.out / _checked_name(index))
        verdicts = await self.gate.judge(records)
        kept, left_out = self._choose(records, verdicts)
        files = [_checked_name(index)]
        _write_verdicts(self.draft / files[0], self.gate.used)
        rows: dict[str, dict[str, int]] = {}
        for name in self.options.views:
            rows[name] = {}
            for split in SPLITS:
                chosen = [record for record in kept if split_of(record["task_id"], self.options.test_share) == split]
                n, written = self._write_view(VIEWS[name], split, index, chosen)
                rows[name][split] = n
                files += written
        n_unreached = sum(not reached for record in kept for reached in record["reached"])
        return {
            "index": index,
            "digest": digest,
            "n_exported": len(kept),
            "n_unreached": n_unreached,
            "rows": rows,
            "files": files,
            "left_out": left_out,
        }

    def _choose(self, records: Sequence[Stored], verdicts: Sequence[str]) -> tuple[list[Row], list[list[Any]]]:
        """The records that pass everything, and for the others key and reason."""
        left_out: list[list[Any]] = []

        def sieve(rows: list[Row], reasons: Sequence[str]) -> list[Row]:
            pairs = list(zip(rows, reasons, strict=True))
            left_out.extend([row["task_id"], row["round_index"], row["data_type"], why] for row, why in pairs if why)
            return [row for row, why in pairs if not why]

        passed = [record for record, verdict in zip(records, verdicts, strict=True) if verdict == PASSED]
        sieve([record.values for record in records], verdicts)
        rows = [canonical(record, self.tasks[record.values["task_id"]]) for record in passed]
        rows = sieve(rows, [self._contaminated(row) for row in rows])
        rows = sieve(rows, self.where.reasons(rows))
        rows = sieve(rows, beyond_cap(rows, self.options.max_similar))
        return rows, sorted(left_out)

    def _contaminated(self, row: Row) -> str:
        if not self.held_out_hashes:
            return ""
        if row["task_id"] in self.held_out:
            return "its task is an evaluation task"
        return "it holds a pair of an evaluation task" if is_contaminated(row, self.held_out_hashes) else ""

    def _write_view(self, view: View, split: str, index: int, records: list[Row]) -> tuple[int, list[str]]:
        rows = [row for record in records for row in view.rows(record)]
        kinds = (*view.kinds, "jsonl") if self.options.jsonl and "jsonl" not in view.kinds else view.kinds
        if not rows:
            return 0, []
        names = [
            f"{_FOLDERS[kind]}/{view.name}/{split}-{index:05}-of-{self.spool.n_shards:05}.{kind}" for kind in kinds
        ]
        for kind, name in zip(kinds, names, strict=True):
            write_rows(self.draft / name, rows, view=view.name, kind=kind)
        return len(rows), names

    def _count(self, shard: dict[str, Any]) -> None:
        self.summary.n_exported += shard["n_exported"]
        self.summary.n_unreached += shard["n_unreached"]
        for name, splits in shard["rows"].items():
            total = self.summary.rows.setdefault(name, dict.fromkeys(SPLITS, 0))
            for split, n in splits.items():
                total[split] += n
        for task_id, round_index, data_type, why in shard["left_out"]:
            self.left_out.append((task_id, round_index, data_type, why))

    def finish(self) -> None:
        """Writes what stands for the whole: the list of what was left out, the card, the mark."""
        self.summary.n_executed = self.gate.n_executed
        self.left_out.sort()
        for task_id, round_index, data_type, why in self.left_out:
            self.summary.left_out[why] += 1
            self.summary.examples.setdefault(why, []).append(f"{task_id}/{round_index}/{data_type}")
        _write_text(self.draft / "left_out.csv", _left_out_csv(self.left_out))
        _write_text(self.draft / "README.md", card(self.summary, self.options, decontaminated=bool(self.held_out)))
        mark = {"format": FORMAT, "options": asdict(self.options), "shards": self.shards}
        _write_text(self.draft / MARK, orjson.dumps(mark, option=orjson.OPT_INDENT_2).decode() + "\n")


def _puzzles_digest(*sets: Mapping[str, Task]) -> bytes:
    """What the tasks are, in 32 bytes: other pairs under the same ids are another export."""
    digest = hashlib.sha256()
    for tasks in sets:
        for task_id, task in sorted(tasks.items()):
            pairs = [[[pair.input, pair.output] for pair in part] for part in (task.train, task.test)]
            digest.update(orjson.dumps([task_id, pairs]))
    return digest.digest()


def _old_shards(out: Path) -> dict[int, dict[str, Any]]:
    """What the last export wrote, by shard; nothing where it was of another format."""
    path = out / MARK
    if not path.exists():
        return {}
    try:
        mark = cast("dict[str, Any]", orjson.loads(path.read_bytes()))
        return {shard["index"]: shard for shard in mark["shards"]} if mark["format"] == FORMAT else {}
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: not what an export wrote ({error}); give another folder or remove this one"
        ) from error


def _checked_name(index: int) -> str:
    return f"meta/checked-{index:05}.csv"


def _read_verdicts(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return dict(row for row in csv.reader(file) if len(row) == 2)  # pyright: ignore[reportArgumentType]


def _write_verdicts(path: Path, verdicts: Mapping[str, str]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(sorted(verdicts.items()))
    _write_text(path, text.getvalue())


def _left_out_csv(left_out: Sequence[tuple[str, int, str, str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("task_id", "round_index", "data_type", "reason"))
    writer.writerows(left_out)
    return text.getvalue()


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    sync(path)
