"""Line events: what is recorded, what is left out, and that watching changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from soar2cot.config import ProgramLimits
from soar2cot.sandbox import GridResult, Job, LineEvent, Sandbox, open_sandbox

CODE = """
import numpy as np

def paint(grid, r, colour):
    grid[r][0] = colour
    return colour

def transform(grid):
    total = 0
    out = [list(row) for row in grid]
    for r in range(len(out)):
        total += paint(out, r, 5)
    a = np.array(out)
    a[0, 1] = 7
    seen = {(0, 1): "x"}
    seen[(1, 0)] = {3, 1}
    return a.tolist()
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox("full", ProgramLimits(), workers=1) as sandbox:
        yield sandbox


def traced(sandbox: Sandbox, code: str, grid: list[list[int]] | None = None, *, max_events: int = 2_000) -> GridResult:
    (result,) = sandbox.run(Job(code, (grid or [[1, 2], [3, 4]],), trace=True, max_events=max_events)).results
    return result


def test_every_line_of_the_program_s_own_functions_with_what_changed(sandbox: Sandbox) -> None:
    events = traced(sandbox, CODE).events
    assert events[:6] == (
        LineEvent("transform", 9, 0, {"grid": [[1, 2], [3, 4]]}),
        LineEvent("transform", 10, 0, {"total": 0}),
        LineEvent("transform", 11, 0, {"out": [[1, 2], [3, 4]]}),
        LineEvent("transform", 12, 0, {"r": 0}),
        LineEvent("paint", 5, 1, {"grid": [[1, 2], [3, 4]], "r": 0, "colour": 5}),
        LineEvent("paint", 6, 1, {"grid": [[5, 2], [3, 4]]}),
    )
    assert events[6] == LineEvent("paint", 6, 1, {"<return>": 5})
    assert events[7] == LineEvent("transform", 11, 0, {"total": 5, "out": [[5, 2], [3, 4]]})
    assert events[-1] == LineEvent("transform", 17, 0, {"<return>": [[5, 7], [5, 4]]})


def test_arrays_dicts_and_sets_have_their_forms(sandbox: Sandbox) -> None:
    changes = {name: value for event in traced(sandbox, CODE).events for name, value in event.values.items()}
    assert changes["a"] == [[5, 7], [5, 4]]
    assert changes["seen"] == {"dict": [[[0, 1], "x"], [[1, 0], {"set": [1, 3]}]]}


@pytest.mark.parametrize(
    "line",
    [
        *("grid[0][0] = 9", "grid[0].append(9)", "row = grid[0]; row[0] = 9", "[row.reverse() for row in grid]"),
        *("grid += [[9, 9]]", "list(map(lambda row: row.pop(), grid))", "for x in change(grid): y = x", "del grid[0]"),
        *("len = change; list(len(grid))", "grid[:] = [[9]]", "np.array([1]); grid[0].sort(reverse=True)"),
        *("any(row.reverse() for row in grid)", "sorted([3], key=lambda n: grid.pop())"),
    ],
)
def test_a_change_by_whatever_means_is_seen_before_the_next_line(sandbox: Sandbox, line: str) -> None:
    code = (
        "import numpy as np\n\ndef change(grid):\n    grid[0][1] = 8\n    yield 1\n\n"
        f"def transform(grid):\n    {line}\n    x = 1\n    return [[1]]\n"
    )
    events = [event for event in traced(sandbox, code).events if event.function == "transform"]
    after = next(event for event in events if event.line == 9)
    seen = {name: value for event in events[: events.index(after) + 1] for name, value in event.values.items()}
    assert seen["grid"] != [[1, 2], [3, 4]]


CHANGES = {
    "a stack of numpy points that is emptied": (
        "v = []\n    v.append((np.int64(1), 2))\n    v.pop()\n    v.append((3, 4))\n"
        "    v.append([np.int64(5)])\n    v.clear()",
        [[], [[1, 2]], [], [[3, 4]], [[3, 4], [5]], []],
    ),
    "an array in a list that turns": (
        "v = [np.array([[1, 2]])]\n    v[0] = v[0].T\n    v[0][1] = 7\n    v.append(v[0][1])",
        [[[[1, 2]]], [[[1], [2]]], [[[1], [7]]], [[[1], [7]], [7]]],
    ),
    "a set of points": (
        "v = {(1, 2)}\n    v.add((0, 5))\n    v.add((3,))\n    v -= {(1, 2), (0, 5)}",
        [{"set": value} for value in ([[1, 2]], [[0, 5], [1, 2]], [[0, 5], [1, 2], [3]], [[3]])],
    ),
    "a list in a dictionary": (
        "v = {1: []}\n    v[1].append((2, 3))\n    v[1].append(np.int64(4))\n    v[1].pop(0)",
        [{"dict": [[1, value]]} for value in ([], [[2, 3]], [[2, 3], 4], [4])],
    ),
    "rows that are one": (
        "v = [[0, 0]] * 2\n    v[0][1] = 5\n    v[1] = [1]\n    v.insert(0, [6])\n    v.reverse()",
        [[[0, 0], [0, 0]], [[0, 5], [0, 5]], [[0, 5], [1]], [[6], [0, 5], [1]], [[1], [0, 5], [6]]],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_each_change_of_a_container_is_told_once(sandbox: Sandbox, case: str) -> None:
    lines, expected = CHANGES[case]
    code = f"import numpy as np\n\ndef transform(grid):\n    {lines}\n    return grid\n"
    told = [event.values["v"] for event in traced(sandbox, code).events if "v" in event.values]
    assert told == expected


def test_a_container_is_known_again_in_the_functions_that_get_it(sandbox: Sandbox) -> None:
    code = (
        "def paint(g, n):\n    g[n][0] = 9\n    if n:\n        paint(g, n - 1)\n\n"
        "def transform(grid):\n    paint(grid, 1)\n    return grid\n"
    )
    grids = [event.values["g"] for event in traced(sandbox, code).events if "g" in event.values]
    assert grids == [[[1, 2], [3, 4]], [[1, 2], [9, 4]], [[1, 2], [9, 4]], [[9, 2], [9, 4]], [[9, 2], [9, 4]]]


def test_the_cap_on_events_holds_and_is_told(sandbox: Sandbox) -> None:
    code = "def transform(grid):\n    for n in range(10_000):\n        grid[0][0] = n % 10\n    return grid"
    result = traced(sandbox, code, max_events=50)
    assert len(result.events) == 50
    assert result.truncated
    assert result.grid == [[9, 2], [3, 4]]


def test_a_function_that_raises_leaves_without_a_return(sandbox: Sandbox) -> None:
    result = traced(sandbox, "def transform(grid):\n    x = 3\n    return grid[9]")
    assert result.failed is not None
    assert result.failed.kind == "IndexError"
    assert result.events[-1].values == {}


def test_another_answer_under_the_trace_is_refused(sandbox: Sandbox) -> None:
    result = traced(sandbox, "import sys\ndef transform(grid):\n    return [[1]] if sys.gettrace() else [[2]]")
    assert result.grid is None
    assert result.failed is not None
    assert result.failed.kind == "trace"
    assert result.events == ()


def test_a_syntax_error_has_no_events(sandbox: Sandbox) -> None:
    result = traced(sandbox, "def transform(grid:")
    assert result.failed is not None
    assert (result.failed.kind, result.events) == ("syntax", ())


def test_comprehensions_are_one_line(sandbox: Sandbox) -> None:
    events = traced(sandbox, "def transform(grid):\n    return [[cell for cell in row] for row in grid]").events
    assert [event.line for event in events] == [2, 2]


def test_a_set_of_unlike_things_is_told_in_the_order_that_it_has(sandbox: Sandbox) -> None:
    events = traced(sandbox, "def transform(grid):\n    s = {(3, 4)}\n    s.add('x')\n    return grid").events
    told = [event.values["s"] for event in events if "s" in event.values]
    assert told[0] == {"set": [[3, 4]]}
    assert told[1] in ({"set": [[3, 4], "x"]}, {"set": ["x", [3, 4]]})


def test_values_that_misbehave_are_named_by_their_type(sandbox: Sandbox) -> None:
    code = (
        "class Evil:\n    def __eq__(self, other):\n        raise SystemExit\n    __hash__ = None\n\n"
        "def transform(grid):\n    a, b, c, d, e = Evil(), [Evil()], float('nan'), 10 ** 40, '\\ud800'\n    return grid"
    )
    values = {name: value for event in traced(sandbox, code).events for name, value in event.values.items()}
    assert (values["a"], values["b"]) == ({"other": "Evil"}, [{"other": "Evil"}])
    assert (values["c"], values["d"]) == ({"other": "float"}, {"other": "int"})
