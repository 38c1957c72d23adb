"""Who may share a process, and what becomes of those that end badly in company."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from soar2cot.config import ProgramLimits
from soar2cot.sandbox import Execution, Job, lanes
from soar2cot.sandbox.inside.screen import may_share
from soar2cot.sandbox.linux import LinuxSandbox

LIMITS = ProgramLimits(cpu_s=0.5, wall_s=10.0, memory_bytes=1 << 28)
GRID = [[1, 2], [3, 4]]
PLAIN = "def transform(grid):\n    return [row[::-1] for row in grid]"


@pytest.fixture
def sandbox() -> Iterator[LinuxSandbox]:
    with LinuxSandbox("full", LIMITS, workers=1) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    "body",
    [
        "return [row[::-1] for row in grid]",
        "import numpy as np\n    return np.rot90(np.array(grid)).tolist()",
        "from collections import Counter, deque\n    return [[Counter(grid[0]).most_common(1)[0][0]]]",
        "helper = lambda cell: cell + 1\n    return [[helper(cell) for cell in row] for row in grid]",
        "try:\n        return grid[99]\n    except IndexError:\n        return grid",
    ],
)
def test_plain_programs_may_share(body: str) -> None:
    assert may_share(compile(f"def transform(grid):\n    {body}\n", "p", "exec"))


@pytest.mark.parametrize(
    "body",
    [
        *(
            "import random",
            "import os",
            "import sys",
            "from numpy import random",
            "import numpy.random",
            "import scipy.io",
        ),
        *("eval('1')", "exec('1')", "open('x')", "id(grid)", "globals()", "getattr(grid, 'x')", "type(grid)", "vars()"),
        *("grid.x = 1", "del grid.x", "grid.__class__", "np.random.seed(1)", "np.seterr(all='raise')", "np.load('x')"),
        *("class A: pass", "__import__('os')", "f'{grid}'.format(1)", "np.empty(3)", "setattr(1, 'a', 2)", "input()"),
        *(
            "from builtins import len",
            "import builtins",
            "(lambda: np.ctypeslib)()",
            "hash(None)",
            "super()",
            "breakpoint()",
        ),
    ],
)
def test_whatever_could_reach_another_program_may_not(body: str) -> None:
    assert not may_share(compile(f"def transform(grid):\n    {body}\n    return grid\n", "p", "exec"))


def test_a_star_import_may_not_share() -> None:
    assert not may_share(compile("from collections import *\n", "p", "exec"))


def test_a_long_program_is_read_to_its_last_instruction() -> None:
    """Past 256 names, instructions have prefixes."""
    names = "\n    ".join(f"x{n} = grid.append" for n in range(600))
    assert may_share(compile(f"def transform(grid):\n    {names}\n", "p", "exec"))
    assert not may_share(compile(f"def transform(grid):\n    {names}\n    grid.strange\n", "p", "exec"))
    attributes = "\n".join(f"y{n} = {n}" for n in range(600))
    assert not may_share(compile(f"{attributes}\nz = y1.strange\n", "p", "exec"))


def test_plain_programs_share_and_others_do_not(sandbox: LinuxSandbox) -> None:
    jobs = [Job(PLAIN, (GRID,))] * 10 + [Job(f"import random\n{PLAIN}", (GRID,))] * 3
    assert all(execution.grids == ([[2, 1], [4, 3]],) for execution in sandbox.run_many(jobs))
    assert (sandbox.counts.shared, sandbox.counts.alone) == (10, 3)


def test_a_program_that_dies_in_company_costs_nobody_else(sandbox: LinuxSandbox) -> None:
    endless = Job("def transform(grid):\n    while True:\n        pass", (GRID,))
    greedy = Job("def transform(grid):\n    return [0] * 10 ** 11", (GRID,))
    jobs = [Job(PLAIN, (GRID,)), endless, Job(PLAIN, (GRID,)), greedy, Job(PLAIN, (GRID,))]
    results = list(sandbox.run_many(jobs))
    kinds = [result.results[0].failed and result.results[0].failed.kind for result in results]
    assert kinds == [None, "timeout", None, "memory", None]
    assert (sandbox.counts.shared, sandbox.counts.alone) == (3, 2)


def test_a_difference_closes_the_lane_and_the_batch_is_run_again(
    sandbox: LinuxSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "AUDIT_EVERY", 1)
    honest, lies = sandbox.run, iter([True])

    def run(job: Job) -> Execution:
        return (
            Execution(honest(Job("def transform(grid):\n    return [[0]]", (GRID,))).results)
            if next(lies, False)
            else honest(job)
        )

    monkeypatch.setattr(sandbox._lane, "_run_alone", run)
    results = list(sandbox.run_many([Job(PLAIN, (GRID,))] * 5))
    assert [result.grids for result in results] == [([[2, 1], [4, 3]],)] * 5
    assert sandbox.counts.differing == 1
    assert not sandbox.counts.shared_lane_open
    before = sandbox.counts.shared
    list(sandbox.run_many([Job(PLAIN, (GRID,))] * 5))
    assert sandbox.counts.shared == before


def test_one_in_a_hundred_is_looked_at_again(sandbox: LinuxSandbox) -> None:
    list(sandbox.run_many([Job(PLAIN, (GRID,))] * 250))
    assert (sandbox.counts.audited, sandbox.counts.differing) == (2, 0)


def test_a_stream_that_comes_faster_than_it_is_worked_off_still_shares_children(
    sandbox: LinuxSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "WINDOW", 256)
    sizes: list[int] = []
    ask = sandbox._lane._ask
    monkeypatch.setattr(sandbox._lane, "_ask", lambda kind, slots: sizes.append(len(slots)) or ask(kind, slots))
    two_kinds = [Job(PLAIN, (GRID,)), Job(f"import numpy as np\n{PLAIN}", (GRID,))]
    assert all(result.grids for result in sandbox.run_many(two_kinds * 320))
    assert sizes == [64] * 10


def test_a_kind_that_is_rare_does_not_hold_up_the_stream(
    sandbox: LinuxSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "WINDOW", 100)
    rare = [Job(f"import numpy as np\n{PLAIN}", (GRID,))]
    results = list(sandbox.run_many(rare + [Job(PLAIN, (GRID,))] * 300))
    assert [result.grids for result in results] == [([[2, 1], [4, 3]],)] * 301
