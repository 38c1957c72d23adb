"""`soar2cot verify` and `soar2cot doctor`, as a user types them; levels that cannot be given."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from soar2cot.cli import cli
from soar2cot.config import ProgramLimits
from soar2cot.errors import InputError, SandboxError
from soar2cot.sandbox import levels, open_sandbox
from soar2cot.sandbox.linux import LinuxSandbox
from soar2cot.soar_loader import load_arc_tasks

FLIP = "def transform(grid):\n    return [row[::-1] for row in grid]"
CHANCE = "import random\ndef transform(grid):\n    return [[random.randrange(10) for _ in range(9)]]"
RAISES = "def transform(grid):\n    return grid[99]"


def row(code: str, *, predicted: str = FLIP, flip_flags: bool = False) -> dict[str, object]:
    task = load_arc_tasks()["67a3c6ac"]  # solved by flipping each row
    space: dict[str, object] = {}
    exec(predicted, space)
    train, test = ([space["transform"](pair.input) for pair in pairs] for pairs in (task.train, task.test))  # type: ignore[operator]
    return {
        "code": code,
        "correct_train_input": [
            (out == pair.output) != flip_flags for out, pair in zip(train, task.train, strict=True)
        ],
        "predicted_train_output": train,
        "correct_test_input": [out == pair.output for out, pair in zip(test, task.test, strict=True)],
        "predicted_test_output": test,
        "task_id": "67a3c6ac",
        "model": "none",
        "generation": 0,
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "programs.parquet"
    rows = [
        row(FLIP),
        row(CHANCE),
        row(RAISES),
        row("def transform(grid):\n    return [[1]]"),
        row(FLIP, flip_flags=True),
    ]
    pl.DataFrame(rows).write_parquet(path)
    return path


def test_verify_tells_what_differs_and_why(data: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    done = CliRunner().invoke(cli, ["verify", str(data), "--state", str(state), "--json"])
    assert done.exit_code == 3, done.output
    found = json.loads(done.stdout)
    assert found["outcomes"] == {"equal": 1, "nondeterministic": 1, "failed": 1, "differs": 1, "flags": 1}
    assert found["errors"] == {"IndexError": 1}
    assert found["level"] == "full"
    words = CliRunner().invoke(cli, ["verify", str(data), "--state", str(state)])
    assert "give the stored grids" in words.stdout
    assert "3 rows give something else than the file says" in words.stdout
    assert "going on after 5 rows" in words.stderr


def test_verify_goes_on_where_it_was_stopped(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from soar2cot import verification

    state, seen = tmp_path / "state.json", list[str]()
    note = verification.Verification._note

    def stop_after_two(self: verification.Verification, *args: object) -> None:
        note(self, *args)  # type: ignore[arg-type]
        seen.append(str(args[0].key))  # type: ignore[attr-defined]
        if len(seen) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(verification.Verification, "_note", stop_after_two)
    stopped = CliRunner().invoke(cli, ["verify", str(data), "--state", str(state)])
    assert "stopped after 2 of 5 rows" in stopped.stderr
    done = CliRunner().invoke(cli, ["verify", str(data), "--state", str(state), "--json"])
    assert json.loads(done.stdout)["rows"] == 5
    assert len(seen) == len(set(seen)) == 5


def test_verify_of_other_data_is_refused(data: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text('{"identity": "other"}')
    done = CliRunner().invoke(cli, ["verify", str(data), "--state", str(state)])
    assert isinstance(done.exception, InputError)
    assert state.read_text() == '{"identity": "other"}'


def test_verify_without_a_lock_wants_a_word(data: Path) -> None:
    done = CliRunner().invoke(cli, ["verify", str(data), "--sandbox", "none"])
    assert done.exit_code == 2
    assert "--i-know" in done.stderr


def test_doctor_says_what_was_tried() -> None:
    done = CliRunner().invoke(cli, ["doctor", "--json"])
    sandbox = json.loads(done.stdout)["sandbox"]
    assert (done.exit_code, sandbox["level"]) == (0, "full")
    assert len(sandbox["proofs"]) >= 20
    assert all(proof["held"] for proof in sandbox["proofs"])
    assert "forbidden acts were tried and held back" in CliRunner().invoke(cli, ["doctor"]).stdout


def test_the_self_test_sees_what_is_not_held_back() -> None:
    with LinuxSandbox("none", ProgramLimits(cpu_s=1, wall_s=5), workers=1) as sandbox:
        through = {proof.act for proof in levels.prove(sandbox.run) if not proof.held}
    assert {"open a file", "open a socket", "start a process", "get executable memory"} <= through


def test_a_level_that_cannot_be_given_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "prove", lambda _: [levels.Proof("open a file", held=False, how="openat succeeded")])
    with pytest.raises(SandboxError, match=r"a program could open a file.*--sandbox=weak"):
        open_sandbox("full", ProgramLimits())
    with open_sandbox("weak", ProgramLimits()) as sandbox:
        assert sandbox.level == "weak"


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(SandboxError, match="full, weak, none"):
        open_sandbox("strong", ProgramLimits())
