"""Files that are replaced whole: what a full disk says, what becomes of a link."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from soar2cot import atomic, faults
from soar2cot.config import RunConfig
from soar2cot.control import Control, write_control
from soar2cot.errors import StorageError
from soar2cot.progress_keeper import kept_alone
from soar2cot.progress_tracker import ProgressTracker
from soar2cot.run import keep_config


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (lambda folder: keep_config(RunConfig(run_dir=folder)), "config.toml"),
        (lambda folder: write_control(folder, Control()), "control.json"),
        (lambda folder: ProgressTracker(folder / "progress.json").save(), "progress.json"),
    ],
)
def test_a_full_disk_is_said_with_the_way_out(tmp_path: Path, write: Callable[[Path], None], name: str) -> None:
    faults.arm("atomic.before_write", "full")
    with pytest.raises(StorageError, match=r"No space left on device; nothing is lost.*Make room") as error:
        write(tmp_path)
    assert str(error.value).startswith(str(tmp_path / name))
    assert [item.name for item in tmp_path.iterdir() if item.suffix != ".lock"] == []


def test_a_folder_that_cannot_be_made_is_said_too(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(StorageError, match=r"file/progress\.json could not be written"),
        kept_alone(tmp_path / "file" / "progress.json"),
    ):
        pass


@pytest.mark.parametrize("exists", [True, False])
def test_of_a_link_the_target_is_replaced(tmp_path: Path, exists: bool) -> None:
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "target.json", tmp_path / "progress.json"
    link.symlink_to(Path("elsewhere/target.json"))
    if exists:
        target.write_bytes(b"old")
    atomic.write_bytes(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert sorted(item.name for item in tmp_path.rglob("*")) == ["elsewhere", "progress.json", "target.json"]
