"""`compact`: what is finished leaves the file; killed at any point there is one whole file."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from soar2cot import faults
from soar2cot.errors import DataChangedError, InputError
from soar2cot.records import SampleKey
from soar2cot.soar_loader import compact, label, open_soar
from tests.loader_files import rows, write

POINTS = [
    "atomic.before_write",
    "compact.before_verify",
    "compact.verified",
    "atomic.before_rename",
    "atomic.after_rename",
]
SCRIPT = """
import sys
from pathlib import Path
from soar2cot import faults
from soar2cot.soar_loader import compact, open_soar
path, point = Path(sys.argv[1]), sys.argv[2]
done = [item.key for item in open_soar(path).stream()][::2]
faults.arm(point, "kill")
compact(path, done)
"""


@pytest.fixture(params=["data.parquet", "data"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return label(write(tmp_path / "raw.parquet", rows(6)), tmp_path / request.param).out


def keys(path: Path) -> list[SampleKey]:
    return [item.key for item in open_soar(path).stream()]


def test_the_rows_that_stay_are_as_they_were(path: Path) -> None:
    before = {item.key: item for item in open_soar(path).stream()}
    identity, done = open_soar(path).identity, list(before)[1::3]
    report = compact(path, done)
    assert (report.n_removed, report.n_rows) == (8, 16)
    assert report.size_bytes == sum(file.stat().st_size for file in ([path] if path.is_file() else path.iterdir()))
    after = open_soar(path)
    assert after.identity == identity
    assert after.is_sorted
    for item in after.stream(done):
        old = before[item.key]
        assert (item.code, item.predicted_train_output) == (old.code, old.predicted_train_output)  # type: ignore[union-attr]
    assert keys(path) == [key for key in before if key not in done]
    assert after.remaining(done) == 16


def test_compacting_again_and_to_the_end(path: Path) -> None:
    everything = keys(path)
    compact(path, everything[:5])
    assert compact(path, everything[:5]).n_removed == 0
    compact(path, everything[:20])
    assert keys(path) == everything[20:]
    compact(path, everything)
    assert keys(path) == []
    assert open_soar(path).remaining(everything) == 0


def test_another_run_directory_notices_that_rows_are_gone(path: Path) -> None:
    everything = keys(path)
    compact(path, everything[:5])
    with pytest.raises(
        DataChangedError, match=r"5 finished rows were taken out .*, but 3 of them are not finished here"
    ):
        open_soar(path).remaining(everything[3:10])
    assert open_soar(path).remaining(everything[:7]) == 17


def test_elsewhere_leaves_the_data_as_it_is(path: Path, tmp_path: Path) -> None:
    everything = keys(path)
    report = compact(path, everything[:5], out=tmp_path / "other.parquet")
    assert keys(path) == everything
    assert keys(report.out) == everything[5:]


def test_a_raw_file_is_refused(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.parquet", rows())
    before = raw.read_bytes()
    with pytest.raises(InputError, match="raw file, its rows are numbered by where they stand"):
        compact(raw, [])
    assert raw.read_bytes() == before


def test_a_compacted_file_is_no_base_for_new_numbers(path: Path, tmp_path: Path) -> None:
    compact(path, keys(path)[:5])
    with pytest.raises(InputError, match="was compacted"):
        label(tmp_path / "raw.parquet", path)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("action", ["raise", "full"])
def test_a_failure_leaves_one_whole_file_and_nothing_beside_it(tmp_path: Path, point: str, action: str) -> None:
    path = label(write(tmp_path / "raw.parquet", rows(6)), tmp_path / "data.parquet").out
    everything = keys(path)
    faults.arm(point, action)
    with pytest.raises((RuntimeError, OSError)):
        compact(path, everything[:5])
    assert keys(path) in (everything, everything[5:])
    assert sorted(item.name for item in tmp_path.iterdir()) == ["data.parquet", "raw.parquet"]


def test_a_disk_that_gives_back_something_else_is_noticed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from soar2cot.soar_loader import compacting

    everything = keys(path)
    monkeypatch.setattr(compacting.Checksum, "update", lambda self, table: self.values.update(n=(id(table),)))
    with pytest.raises(InputError, match="reading back gives other rows"):
        compact(path, everything[:5])
    assert keys(path) == everything


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_there_is_one_whole_file_and_the_next_one_finishes(tmp_path: Path, point: str) -> None:
    path = label(write(tmp_path / "raw.parquet", rows(6)), tmp_path / "data.parquet").out
    everything = keys(path)
    done = everything[::2]
    killed = subprocess.run([sys.executable, "-c", SCRIPT, str(path), point], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    assert keys(path) in (everything, everything[1::2])
    compact(path, done)
    assert keys(path) == everything[1::2]
    assert sorted(item.name for item in tmp_path.iterdir()) == ["data.parquet", "raw.parquet"]
