"""`soar2cot export` as a user types it, with the real sandbox and a real ledger."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from soar2cot.cli.export import export
from soar2cot.errors import InputError
from tests.unit.export_samples import MIRROR, TASK_IDS, entry, fill, tampered, tasks


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    entries = [entry(task_id, n) for task_id in TASK_IDS for n in range(2)]
    entries[3] = tampered(entries[3], soar_code=MIRROR)
    asyncio.run(fill(tmp_path / "run" / "ledger.db", entries))
    return tmp_path / "run"


@pytest.fixture
def arc(tmp_path: Path) -> Path:
    """Three tasks for training, two to be judged on."""
    for n, (task_id, task) in enumerate(tasks().items()):
        folder = tmp_path / "arc" / ("training" if n < 3 else "evaluation")
        folder.mkdir(parents=True, exist_ok=True)
        parts = {"train": task.train, "test": task.test}
        values = {name: [{"input": p.input, "output": p.output} for p in pairs] for name, pairs in parts.items()}
        (folder / f"{task_id}.json").write_bytes(orjson.dumps(values))
    return tmp_path / "arc"


def run(run_dir: Path, arc: Path, *more: str) -> tuple[str, str]:
    out = str(run_dir.parent / "out")
    arguments = ["--run-dir", str(run_dir), "--out", out, "--arc", str(arc), "--sandbox", "weak", *more]
    done = CliRunner().invoke(export, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout, done.stderr


def test_what_is_exported_and_what_is_not_is_said(run_dir: Path, arc: Path) -> None:
    stdout, stderr = run(run_dir, arc)
    out = run_dir.parent / "out"
    assert stdout == f"{out}\n"
    assert stderr.startswith("5 of 10 records exported (6 programs executed)\n")
    assert f"4 left out, its task is an evaluation task: {TASK_IDS[3]}/0/original" in stderr
    assert (
        f"1 left out, the program gives another grid than the stored one on training pair 1: {TASK_IDS[1]}/1" in stderr
    )
    assert {p.name for p in out.iterdir()} == {"README.md", "data", "jsonl", "left_out.csv", "meta"}
    rows = [row for path in out.glob("data/records/*.parquet") for row in pq.read_table(path).to_pylist()]
    assert {row["task_id"] for row in rows} == set(TASK_IDS[:3]) and all(
        row["created_at"].endswith("Z") for row in rows
    )


def test_a_second_time_nothing_is_executed(run_dir: Path, arc: Path) -> None:
    run(run_dir, arc)
    values = json.loads(run(run_dir, arc, "--json")[0])
    assert values["executed"] == 0 and values["exported"] == 5 and values["records"] == 10


def test_all_views_and_evaluation_tasks_on_demand(run_dir: Path, arc: Path) -> None:
    values = json.loads(run(run_dir, arc, "--json", "--view", "all", "--keep-evaluation", "--test-share", "0")[0])
    assert values["exported"] == 9 and len(values["rows"]) == 10
    assert values["rows"]["messages"] == {"train": 9, "test": 0}


def test_a_folder_of_tasks_without_evaluation_is_no_silent_pass(run_dir: Path, arc: Path) -> None:
    with pytest.raises(InputError, match="--keep-evaluation"):
        run(run_dir, _alone(arc))


def _alone(arc: Path) -> Path:
    """The training tasks in a place of their own."""
    place = arc.parent / "alone" / "tasks"
    place.parent.mkdir()
    return (arc / "training").rename(place)
