"""Log lines: what stands on the console, what is kept, what no line may do to a run."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import structlog

from soar2cot.logs import configure_logs


@pytest.fixture(autouse=True)
def as_before() -> Generator[None]:
    yield
    structlog.reset_defaults()


def kept(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / "run.jsonl").read_text().splitlines()]


def test_the_console_is_for_people_and_the_file_has_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(directory=tmp_path)
    log = structlog.get_logger()
    log.info("Processing task", task_id="007bbfb7", reason="two words", empty="")
    log.debug("Sample marked as completed", round_index=3)
    log.warning("Task failed")
    assert [line[9:] for line in capsys.readouterr().err.splitlines()] == [
        "Processing task task_id=007bbfb7 reason='two words' empty=''",
        "[warning] Task failed",
    ]
    assert [(line["level"], line["event"]) for line in kept(tmp_path)] == [
        ("info", "Processing task"),
        ("debug", "Sample marked as completed"),
        ("warning", "Task failed"),
    ]


def test_a_traceback_is_kept_in_the_file_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(directory=tmp_path)
    structlog.get_logger().warning("Task failed here", exc_info=ValueError("bad"))
    assert "ValueError" not in capsys.readouterr().err
    assert kept(tmp_path)[0]["exception"] == "ValueError: bad"


@pytest.mark.parametrize("value", ["\ud800", 1 << 70, Path("a"), {1: 2}])
def test_every_value_makes_a_line(tmp_path: Path, value: object) -> None:
    configure_logs(directory=tmp_path, level="error")
    structlog.get_logger().info("Said", value=value)
    assert [line["event"] for line in kept(tmp_path)] == ["Said"]


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("no folder")
    configure_logs(directory=tmp_path / "logs")
    structlog.get_logger().info("Going on")
    assert "Going on" in capsys.readouterr().err


def test_words_can_be_said_in_another_way_and_values_stay(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(reworded=str.upper)
    structlog.get_logger().info("Task completed", task_id="abc")
    assert capsys.readouterr().err.endswith(" TASK COMPLETED task_id=abc\n")
