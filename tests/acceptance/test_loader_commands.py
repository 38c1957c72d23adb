# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false
# (pyarrow ships no types)
"""`label`, `compact` and `download` as a user types them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from soar2cot.cli import cli
from soar2cot.cli.label import Size
from soar2cot.errors import ConfigError, DataChangedError, InputError
from soar2cot.ledger import open_ledger
from soar2cot.progress_tracker import ProgressTracker
from soar2cot.records import SampleKey
from soar2cot.soar_loader import label, open_soar
from tests.loader_files import TASKS, rows, write


def soar2cot(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args], catch_exceptions=True)


def keys(path: Path) -> list[SampleKey]:
    return [item.key for item in open_soar(path).stream()]


def test_label_says_what_it_made_and_how_to_go_on(tmp_path: Path) -> None:
    shards = [write(tmp_path / f"{i}.parquet", rows(2)) for i in range(2)]
    result = soar2cot("label", *shards, tmp_path / "out.parquet")
    assert result.exit_code == 0
    assert re.sub(r"\d+\.\d kB", "SIZE", result.stdout).splitlines() == [
        f"{tmp_path / 'out.parquet'}: 16 rows of 4 tasks in 4 rounds, SIZE",
        "8 original, 8 hindsight",
        f"soar2cot run --data {tmp_path / 'out.parquet'}",
    ]
    assert keys(tmp_path / "out.parquet")[:2] == [SampleKey(task, 0, "original") for task in TASKS[:2]]


def test_label_names_rows_that_cannot_be_used_on_stderr_and_keeps_them(tmp_path: Path) -> None:
    values = rows(2)
    values[3]["predicted_test_output"] = [[[11]]]
    result = soar2cot("label", write(tmp_path / "raw.parquet", values), tmp_path / "out.parquet", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["n_rows"], report["bad_rows"]) == (8, 1)
    assert "row 3 (00d62c1b/1/hindsight), column predicted_test_output, grid 0" in result.stderr


def test_label_of_no_soar_file_names_the_column(tmp_path: Path) -> None:
    values = [{name: value for name, value in row.items() if name != "code"} for row in rows(1)]
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(values), tmp_path / "raw.parquet")
    result = soar2cot("label", tmp_path / "raw.parquet", tmp_path / "out.parquet")
    assert isinstance(result.exception, InputError)
    assert "column code missing" in str(result.exception)


@pytest.mark.parametrize(
    ("text", "size"), [("4G", 4 << 30), ("512M", 512 << 20), ("1.5g", 3 << 29), ("1000", 1000), ("2 GiB", 2 << 30)]
)
def test_sizes_as_people_write_them(text: str, size: int) -> None:
    assert Size().convert(text, None, None) == size


@pytest.mark.parametrize("text", ["", "0", "many", "-1G", "4T"])
def test_what_is_no_size_is_a_usage_error(tmp_path: Path, text: str) -> None:
    assert soar2cot("label", "raw.parquet", tmp_path / "out.parquet", "--memory", text).exit_code == 2


# --- compact


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return label(write(tmp_path / "raw.parquet", rows()), tmp_path / "data.parquet").out


@pytest.fixture
def run_dir(tmp_path: Path, data: Path) -> Path:
    """A run directory of the published pipeline: progress.json and no ledger."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.toml").write_text(f"data = '{data}'\n")
    tracker = ProgressTracker(tmp_path / "run" / "progress.json")
    for key in keys(data)[:5]:
        tracker.add_completed(*key)
    return tmp_path / "run"


def test_compact_takes_out_what_progress_json_says_is_done(run_dir: Path, data: Path) -> None:
    before = keys(data)
    result = soar2cot("compact", "--run-dir", run_dir)
    assert result.exit_code == 0, result.exception
    assert "5 finished rows out, 7 left" in result.stdout
    assert keys(data) == before[5:]
    progress = json.loads((run_dir / "progress.json").read_bytes())
    assert (progress["total_completed"], progress["last_saved_to_parquet"]) == (5, 5)
    again = json.loads(soar2cot("compact", "--run-dir", run_dir, "--json").stdout)
    assert (again["n_removed"], again["n_rows"]) == (0, 7)


async def adopt(run_dir: Path, done: list[SampleKey], identity: str) -> None:
    ledger = await open_ledger(f"sqlite:///{run_dir / 'ledger.db'}")
    run_id = await ledger.start_run(config={}, fingerprint="f", data_identity=identity, engine_version="1")
    await ledger.adopt(done, run_id=run_id)
    await ledger.finish_run(run_id, reason="done")
    await ledger.aclose()


async def test_compact_of_a_run_directory_with_a_ledger(run_dir: Path, data: Path) -> None:
    import asyncio

    done = keys(data)[:5]
    await adopt(run_dir, done, open_soar(data).identity)
    result = await asyncio.to_thread(soar2cot, "compact", "--run-dir", run_dir)
    assert result.exit_code == 0, result.exception
    assert len(keys(data)) == 7
    assert open_soar(data).remaining(done) == 7


async def test_compact_does_not_touch_other_data(run_dir: Path, data: Path) -> None:
    import asyncio

    await adopt(run_dir, keys(data)[:5], "another identity")
    before = keys(data)
    result = await asyncio.to_thread(soar2cot, "compact", "--run-dir", run_dir)
    assert isinstance(result.exception, DataChangedError)
    assert keys(data) == before


async def test_compact_waits_until_hand_edits_are_settled(run_dir: Path, data: Path) -> None:
    import asyncio

    await adopt(run_dir, keys(data)[:4], open_soar(data).identity)  # progress.json has one more
    before = keys(data)
    result = await asyncio.to_thread(soar2cot, "compact", "--run-dir", run_dir)
    assert isinstance(result.exception, ConfigError)
    assert "edited by hand" in str(result.exception)
    assert keys(data) == before


def test_compact_without_data_of_ones_own_is_refused(tmp_path: Path) -> None:
    result = soar2cot("compact", "--run-dir", tmp_path / "run")
    assert isinstance(result.exception, ConfigError)
    assert "the sample that ships, which stays as it is" in str(result.exception)


def test_download_from_a_hub_that_is_away_says_how_to_go_on(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    result = soar2cot("download", tmp_path / "soar", "--repository", "a/b", "--endpoint", "http://127.0.0.1:9")
    assert isinstance(result.exception, InputError)
    assert "what was fetched stays, start it again" in str(result.exception)


# --- a damaged file under a run


def damage_codes(path: Path, group: int) -> None:
    """Turns the bytes of a row group's programs round; footer and all else stay as they are."""
    columns = pq.read_metadata(path).row_group(group)
    code = next(columns.column(i) for i in range(columns.num_columns) if columns.column(i).path_in_schema == "code")
    start = code.dictionary_page_offset or code.data_page_offset
    content = bytearray(path.read_bytes())
    for place in range(start, start + code.total_compressed_size):
        content[place] ^= 0xFF
    path.write_bytes(content)


def test_a_run_over_a_damaged_row_group_parks_its_rows_with_the_reason_and_does_the_others(
    tmp_path: Path, data: Path
) -> None:
    notes = {name: text for name, text in pq.read_metadata(data).metadata.items() if name != b"ARROW:schema"}
    pq.write_table(pq.read_table(data).replace_schema_metadata(notes), data, row_group_size=4)
    whole, run_dir = data.read_bytes(), tmp_path / "run"
    damage_codes(data, 1)
    run = [sys.executable, "-m", "soar2cot", "run", "--data", data, "--run-dir", run_dir, "--yes", "--display", "quiet"]
    assert subprocess.run(run, capture_output=True).returncode == 3
    told = json.loads(soar2cot("failures", "--run-dir", run_dir, "--json").stdout)
    assert [(item["reason"], item["n_samples"]) for item in told] == [("InputError", 4)]
    assert f"{data}, row group 1: cannot be read" in told[0]["example"]["message"]
    data.write_bytes(whole)
    assert subprocess.run(run, capture_output=True).returncode == 0
    assert ProgressTracker(run_dir / "progress.json").get_stats()["total_completed"] == len(keys(data))
