"""Programs of many kinds: the text alone gives what the program gives."""

from __future__ import annotations

import pytest

from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.method import write_method
from soar2cot.records import Grid

GRIDS: list[Grid] = [
    [[0, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 2], [3, 0, 0, 2]],
    [[1, 1, 0], [0, 0, 0], [5, 0, 1], [0, 8, 0]],
    [[4, 0, 0, 0, 4]],
]

PROGRAMS = {
    "recolour": """
def transform(grid):
    out = [row[:] for row in grid]
    for i in range(len(grid)):
        for j in range(len(grid[0])):
            if grid[i][j] == 1:
                out[i][j] = 2
            elif grid[i][j] == 2:
                out[i][j] = 3
    return out
""",
    "numpy": """
import numpy as np
def transform(grid_lst: list[list[int]]) -> list[list[int]]:
    grid = np.array(grid_lst)
    rows, cols = np.where(grid != 0)
    r0, r1 = rows.min(), rows.max()
    c0, c1 = cols.min(), cols.max()
    return np.fliplr(grid[r0:r1 + 1, c0:c1 + 1]).tolist()
""",
    "flood fill by recursion": """
def transform(grid):
    h, w = len(grid), len(grid[0])
    seen = set()
    def fill(r, c, out):
        if not (0 <= r < h and 0 <= c < w) or (r, c) in seen or grid[r][c] == 0:
            return
        seen.add((r, c))
        out.append((r, c))
        for dr, dc in [(0, 1), (1, 0), (0, -1), (-1, 0)]:
            fill(r + dr, c + dc, out)
    groups = []
    for r in range(h):
        for c in range(w):
            if grid[r][c] and (r, c) not in seen:
                out = []
                fill(r, c, out)
                groups.append(out)
    best = max(groups, key=len)
    new = [[0] * w for _ in range(h)]
    for r, c in best:
        new[r][c] = grid[r][c]
    return new
""",
    "queue": """
from collections import deque, Counter
def transform(grid):
    h, w = len(grid), len(grid[0])
    todo = deque([(0, 0)])
    seen = {(0, 0)}
    while todo:
        r, c = todo.popleft()
        for dr, dc in ((0, 1), (1, 0)):
            nr, nc = r + dr, c + dc
            if 0 <= nr < h and 0 <= nc < w and (nr, nc) not in seen:
                seen.add((nr, nc))
                todo.append((nr, nc))
    common = Counter(v for row in grid for v in row).most_common(1)[0][0]
    return [[common if (r, c) in seen else 9 for c in range(w)] for r in range(h)]
""",
    "try, while, lambda": """
def transform(grid):
    flat = sorted([v for row in grid for v in row], key=lambda v: (-v, v))
    i = 0
    while True:
        i += 1
        if i >= 3:
            break
    try:
        first = flat[100]
    except IndexError:
        first = flat[i % len(flat)]
    return [[first] + row[1:] for row in grid]
""",
    "helpers and constants": """
STEPS = [(-1, 0), (1, 0), (0, -1), (0, 1)]
def inside(r, c, grid):
    return 0 <= r < len(grid) and 0 <= c < len(grid[0])
def transform(grid):
    out = [list(row) for row in grid]
    for r, row in enumerate(grid):
        for c, v in enumerate(row):
            if v == 1:
                for dr, dc in STEPS:
                    if inside(r + dr, c + dc, grid) and grid[r + dr][c + dc] == 0:
                        out[r + dr][c + dc] = 7
    return out
""",
    "scipy": """
import numpy as np
from scipy.ndimage import label
def transform(grid):
    grid = np.array(grid)
    marks, n = label(grid != 0)
    out = np.zeros_like(grid)
    for k in range(1, n + 1):
        out[marks == k] = k
    return out.tolist()
""",
    "mutates its input": """
def transform(grid):
    for i in range(len(grid)):
        grid[i][0], grid[i][-1] = grid[i][-1], grid[i][0]
    return grid
""",
    "transposed with zip": """
def transform(grid):
    return [list(row) for row in zip(*grid[::-1])]
""",
    "nonlocal": """
def transform(grid):
    n = 0
    def count(v):
        nonlocal n
        if v:
            n += 1
    for row in grid:
        for v in row:
            count(v)
    return [[min(n, 9)] * 2]
""",
}


def outputs(code: str) -> list[Grid]:
    here: dict[str, object] = {}
    exec(code, here)
    results = [here["transform"]([list(row) for row in grid]) for grid in GRIDS]  # type: ignore[operator]
    return [[[int(cell) for cell in row] for row in result] for result in results]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_text_alone_gives_every_grid(name: str) -> None:
    wanted = outputs(PROGRAMS[name])
    method = write_method(PROGRAMS[name], GRIDS, wanted)
    assert method.unnamed == 0, method.text
    assert [follow(method.text, grid).grid for grid in GRIDS] == wanted, method.text


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_systematic_text_gives_every_grid_too(name: str) -> None:
    method = write_method(PROGRAMS[name], [], [], plain=True)
    assert [follow(method.text, grid).grid for grid in GRIDS] == outputs(PROGRAMS[name]), method.text


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_name_of_the_program_and_no_python_is_in_the_text(name: str) -> None:
    text = write_method(PROGRAMS[name], GRIDS, outputs(PROGRAMS[name])).text
    for word in ("grid_lst", "nr", "dr", "marks", "np", "range(", "==", "def ", "lambda", "import"):
        assert word not in text.split(), text


def test_the_simplified_text_is_shorter() -> None:
    code = PROGRAMS["helpers and constants"]
    plain = write_method(code, GRIDS, outputs(code), plain=True)
    assert len(write_method(code, GRIDS, outputs(code)).text.split()) < 0.7 * len(plain.text.split())


MUTANTS = [
    ("recolour", "== 1", "== 4"),
    ("recolour", "= 3", "= 6"),
    ("numpy", "fliplr", "flipud"),
    ("numpy", "c1 + 1", "c1"),
    ("helpers and constants", "(-1, 0)", "(-1, -1)"),
    ("queue", "(0, 1), (1, 0)", "(0, 1), (1, 1)"),
    ("flood fill by recursion", "max(", "min("),
    ("transposed with zip", "[::-1]", ""),
]


@pytest.mark.parametrize(("name", "old", "new"), MUTANTS)
def test_a_mutant_with_other_grids_has_another_text(name: str, old: str, new: str) -> None:
    code, mutant = PROGRAMS[name], PROGRAMS[name].replace(old, new)
    assert outputs(mutant) != outputs(code)
    assert write_method(mutant, GRIDS, outputs(mutant)).text != write_method(code, GRIDS, outputs(code)).text


ODD = {
    "a class": "class A:\n    pass\ndef transform(grid):\n    return grid\n",
    "no transform": "def other(grid):\n    return grid\n",
    "no python": "def transform(grid:\n",
    "empty": "",
    "star arguments": "def transform(*grids):\n    return grids[0]\n",
    "an unknown call": "def transform(grid):\n    return frobnicate(grid)\n",
    "a walrus": "def transform(grid):\n    if (n := len(grid)) > 1:\n        return grid\n    return [[n]]\n",
    "match": "def transform(grid):\n    match len(grid):\n        case 1:\n            return grid\n    return [[0]]\n",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_programs_get_a_text_that_admits_it(name: str) -> None:
    method = write_method(ODD[name], GRIDS, [None] * len(GRIDS))
    assert method.unnamed >= 1
    assert "literally" in method.text
    found = follow(method.text, GRIDS[0])
    assert found.grid is None
    assert found.error


CHANCE = {
    "a choice": "import numpy as np\ndef transform(g):\n    return [[int(np.random.choice([1, 2]))]]\n",
    "a share": "import random\ndef transform(g):\n    return [[1]] if random.random() < 0.5 else [[2]]\n",
    "an order": "import random\ndef transform(g):\n    random.shuffle(g)\n    return g\n",
    "a number": "import random\ndef transform(g):\n    random.seed(3)\n    return [[random.randint(0, 9)]]\n",
    "one that is caught": (
        "import random\ndef transform(g):\n    try:\n        return [[random.choice([1, 2])]]\n"
        "    except Exception:\n        return g\n"
    ),
}


@pytest.mark.parametrize("name", CHANCE)
def test_chance_has_words_that_nobody_can_follow(name: str) -> None:
    method = write_method(CHANCE[name], GRIDS, [None] * len(GRIDS))
    assert method.unnamed == 0
    assert "by chance" in method.text
    found = follow(method.text, GRIDS[0])
    assert found.grid is None
    assert found.error == "what is left to chance cannot be followed"
