"""What every sandbox does with a program, well-behaved or not; run for each backend."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from soar2cot.config import ProgramLimits
from soar2cot.errors import SandboxError
from soar2cot.sandbox import Execution, GridResult, Job, Sandbox, open_sandbox
from soar2cot.sandbox.portable import PortableSandbox

LIMITS = ProgramLimits(cpu_s=0.5, wall_s=5.0, memory_bytes=1 << 28, output_bytes=1 << 14)
GRID = [[1, 2, 3], [4, 5, 6]]


@pytest.fixture(scope="module", params=["full", "weak", "none", "portable"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    opened = PortableSandbox("weak", LIMITS) if request.param == "portable" else open_sandbox(request.param, LIMITS)
    with opened as sandbox:
        yield sandbox


def run(sandbox: Sandbox, body: str, *, head: str = "", grids: tuple[list[list[int]], ...] = (GRID,)) -> Execution:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return sandbox.run(Job(f"{head}\n\ndef transform(grid):\n{lines}\n", grids))


def only(execution: Execution) -> GridResult:
    (result,) = execution.results
    return result


def kind(execution: Execution) -> str | None:
    failed = only(execution).failed
    return failed.kind if failed else None


def test_a_grid_comes_back_for_every_input_in_order(sandbox: Sandbox) -> None:
    execution = run(sandbox, "return [row[::-1] for row in grid]", grids=(GRID, [[7]], [[1], [2]]))
    assert execution.grids == ([[3, 2, 1], [6, 5, 4]], [[7]], [[1], [2]])


def test_the_parameter_may_have_any_name(sandbox: Sandbox) -> None:
    code = "def transform(grid_lst: list[list[int]]) -> list[list[int]]:\n    return grid_lst"
    assert sandbox.run(Job(code, (GRID,))).grids == (GRID,)


def run_each(sandbox: Sandbox, values: list[str], *, head: str = "") -> Execution:
    """One program that gives each of the values in turn: a process per value would be slow."""
    cases = ",\n        ".join(f"lambda: {value}" for value in values)
    body = f"n = grid[0].pop(0)\nreturn [\n        {cases}\n    ][n]()"
    return run(sandbox, body, head=head, grids=tuple([[n, 1, 2, 3]] for n in range(len(values))))


def test_lists_tuples_arrays_and_numpy_integers_are_grids(sandbox: Sandbox) -> None:
    values = ["[tuple(row) for row in grid]", "tuple(grid)", "np.array(grid)", "list(np.array(grid))"]
    values += ["[[cell for cell in row] for row in np.array(grid)]", "np.array(grid, dtype=np.uint8)"]
    for value, result in zip(values, run_each(sandbox, values, head="import numpy as np").results, strict=True):
        assert result.grid == [[1, 2, 3]], value
        assert {type(cell) for row in result.grid for cell in row} == {int}


def test_what_is_no_grid_is_named_and_located(sandbox: Sandbox) -> None:
    values = [
        *("None", "7", "'grid'", "[]", "[[]]", "[1, 2]", "[[1], [2, 3]]", "[[10]]", "[[-1]]", "[[1.0]]", "[[True]]"),
        *("[[None]]", "[['1']]", "[[[1]]]", "[[0]] * 31", "[[0] * 31]", "{0: [1]}", "iter([[1]])", "[[10 ** 400]]"),
        *("np.array([[1.0]])", "np.array([1])", "np.array(1)", "np.array([[[1]]])", "np.array(grid) > 2"),
    ]
    for value, result in zip(values, run_each(sandbox, values, head="import numpy as np").results, strict=True):
        assert result.grid is None, value
        assert result.failed is not None
        assert result.failed.kind == "no_grid", value
        assert result.failed.message


def test_an_exception_has_its_name_its_text_and_the_program_s_own_line(sandbox: Sandbox) -> None:
    result = only(run(sandbox, "x = 1\nreturn grid[100]"))
    assert result.failed is not None
    assert (result.failed.kind, result.failed.message, result.failed.line) == (
        "IndexError",
        "list index out of range",
        5,
    )


def test_a_syntax_error_is_the_program_s_own_failure(sandbox: Sandbox) -> None:
    result = only(sandbox.run(Job("def transform(grid:\n    return grid", (GRID,))))
    assert result.failed is not None
    assert (result.failed.kind, result.failed.line) == ("syntax", 1)


@pytest.mark.parametrize("code", ["x = 1", "transform = 7", "", "# transform"])
def test_a_program_without_transform_is_told_so(sandbox: Sandbox, code: str) -> None:
    assert kind(sandbox.run(Job(code, (GRID,)))) == "no_transform"


@pytest.mark.parametrize("code", ["def transform(grid):\n    return grid\0", "\ud800 = 1", "x" * (2 << 20)])
def test_text_that_can_be_no_program_fails_and_raises_nothing(sandbox: Sandbox, code: str) -> None:
    failed = only(sandbox.run(Job(code, (GRID,)))).failed
    assert failed is not None
    assert failed.kind in ("syntax", "SyntaxError", "ValueError")


def test_a_program_that_never_ends_is_ended_by_cpu_time(sandbox: Sandbox) -> None:
    execution = run(sandbox, "while True:\n    pass")
    assert kind(execution) == "timeout"
    assert execution.cpu_s < LIMITS.cpu_s + 1


def test_what_was_finished_before_the_end_is_kept(sandbox: Sandbox) -> None:
    execution = run(sandbox, "while grid[0][0] == 9:\n    pass\nreturn grid", grids=(GRID, [[9]], GRID))
    assert execution.grids == (GRID, None, None)


def test_memory_is_limited(sandbox: Sandbox) -> None:
    assert kind(run(sandbox, "return [0] * 10 ** 11")) == "memory"


def test_printing_is_swallowed_and_limited(sandbox: Sandbox) -> None:
    assert only(run(sandbox, "print('x' * 100)\nreturn grid")).grid == GRID
    assert kind(run(sandbox, "print('x' * 100_000)\nreturn grid")) == "output"
    assert (
        kind(run(sandbox, "try:\n    print('x' * 100_000)\nexcept BaseException:\n    pass\nreturn grid")) == "output"
    )


@pytest.mark.parametrize(("body", "expected"), [("sys.exit(3)", "SystemExit"), ("os._exit(0)", "killed")])
def test_leaving_is_a_failure_with_a_name(sandbox: Sandbox, body: str, expected: str) -> None:
    assert kind(run(sandbox, body, head="import os\nimport sys")) == expected


def test_recursion_and_crashes_are_the_program_s_own_failure(sandbox: Sandbox) -> None:
    assert kind(run(sandbox, "return transform(grid)")) == "RecursionError"
    assert kind(run(sandbox, "ctypes.string_at(0)", head="import ctypes")) == "killed"
    assert only(run(sandbox, "return grid")).grid == GRID


def test_each_grid_gets_fresh_globals_and_a_copy_of_its_own(sandbox: Sandbox) -> None:
    body = "seen.append(1)\ngrid[0][0] = 9\nreturn [[len(seen)]]"
    execution = run(sandbox, body, head="seen = []", grids=(GRID, GRID))
    assert execution.grids == ([[1]], [[1]])
    assert [result.mutated for result in execution.results] == [True, True]
    assert GRID == [[1, 2, 3], [4, 5, 6]]


def test_a_program_that_leaves_its_input_alone_is_not_called_mutating(sandbox: Sandbox) -> None:
    assert not only(run(sandbox, "return grid")).mutated


def test_chance_and_clocks_are_the_same_every_time_and_others_under_another_seed(sandbox: Sandbox) -> None:
    body = "return [[random.randrange(10) for _ in range(20)] + [int(d) for d in str(time.time_ns())[-10:]]]"
    code = f"import random\nimport time\n\ndef transform(grid):\n    {body}\n"
    first, second = (sandbox.run(Job(code, (GRID,))).grids for _ in range(2))
    assert first == second != (None,)
    assert sandbox.run(Job(code, (GRID,), seed=1)).grids != first


@pytest.mark.parametrize(
    "look",
    [
        *("time.strftime('%Y %d')", "time.ctime()", "time.asctime()", "time.gmtime()[:3]", "time.localtime()[:3]"),
        *("time.clock_gettime(0)", "time.clock_gettime_ns(0)", "datetime.date.today()", "datetime.datetime.utcnow()"),
    ],
)
def test_every_look_at_the_calendar_is_a_counter_s(sandbox: Sandbox, look: str) -> None:
    code = f"import time, datetime\n\ndef transform(grid):\n    return [[ord(c) % 10 for c in str({look})][:30]]\n"
    first, second, other = (sandbox.run(Job(code, (GRID,), seed=seed)).grids for seed in (0, 0, 5))
    assert first == second != (None,)
    assert other != first


def test_dates_are_dates_whoever_made_them(sandbox: Sandbox) -> None:
    body = (
        "day = datetime.date(2020, 2, 28) + datetime.timedelta(1)\n"
        "assert day == datetime.date(2020, 2, 29) and isinstance(day, datetime.date)\n"
        "assert isinstance(datetime.datetime.now(), datetime.date)\nreturn [[day.day // 10, day.day % 10]]"
    )
    assert run(sandbox, body, head="import datetime").grids == ([[2, 9]],)


def test_many_jobs_come_back_in_order_and_like_one_by_one(sandbox: Sandbox) -> None:
    codes = [
        "def transform(grid):\n    return [row[::-1] for row in grid]",
        "import numpy as np\ndef transform(grid):\n    return np.rot90(np.array(grid)).tolist()",
        "def transform(grid):\n    return grid[99]",
        "def transform(grid:",
        "import random\ndef transform(grid):\n    return [[random.randrange(10)]]",
        "def transform(grid):\n    grid[0][0] = 5\n    return grid",
    ]
    jobs = [Job(code, (GRID, [[n % 10]])) for n, code in enumerate(codes)]
    alone = [(item.grids, [r.failed and r.failed.kind for r in item.results]) for item in map(sandbox.run, jobs)]
    shared = [(item.grids, [r.failed and r.failed.kind for r in item.results]) for item in sandbox.run_many(jobs)]
    assert shared == alone


def test_an_input_that_is_no_grid_is_the_caller_s_error(sandbox: Sandbox) -> None:
    for bad in ([], [[]], [[1], [1, 2]], [[300]], [["a"]], [[1] * 300]):
        with pytest.raises(SandboxError, match="no grid"):
            sandbox.run(Job("def transform(grid):\n    return grid", (bad,)))  # type: ignore[arg-type]


def test_no_input_gives_no_result(sandbox: Sandbox) -> None:
    assert sandbox.run(Job("def transform(grid):\n    return grid", ())).results == ()
