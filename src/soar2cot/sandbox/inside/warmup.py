"""What a zygote does once, so that its children need not: fill caches and touch the memory that every run touches."""

from __future__ import annotations

import sys

from . import calm, runner, screen

PROGRAM = b"""
from collections import Counter, defaultdict, deque
from typing import List
NUMPY
def helper(grid, colour):
    found = [(r, c) for r, row in enumerate(grid) for c, cell in enumerate(row) if cell == colour]
    return sorted(set(found), key=lambda cell: (-cell[0], cell[1]))

def transform(grid: List[List[int]]) -> List[List[int]]:
    height, width = len(grid), len(grid[0])
    counts = Counter(cell for row in grid for cell in row)
    output = [[0] * width for _ in range(height)]
    queue, seen = deque([(0, 0)]), {(0, 0): 1}
    while queue:
        r, c = queue.popleft()
        for dr, dc in ((0, 1), (1, 0)):
            if 0 <= r + dr < height and 0 <= c + dc < width and (r + dr, c + dc) not in seen:
                seen[(r + dr, c + dc)] = 1
                queue.append((r + dr, c + dc))
        output[r][c] = min(9, max(0, grid[r][c] + (1 if counts[grid[r][c]] > 2 else 0)))
    for r, c in helper(grid, 1):
        output[r][c] = 2
    try:
        grid[99][99]
    except IndexError:
        pass
    ARRAYS
    return output
"""
ARRAYS = b"""a = np.array(grid)
    b = np.zeros_like(a)
    b[a > 0] = a[a > 0]
    for r, c in np.argwhere(b == 1):
        b[r, c] = int(np.sum(a[r, :]) % 10)
    output = np.rot90(np.where(b > 5, 1, b), 4).tolist()
    np.unique(a)"""


class _Nowhere:
    """Takes the answer's frames and forgets them."""

    def add(self, program: int, grid: int, tag: int, flags: int, payload: bytes) -> None:
        """Forgets."""


def warm_up(peace: calm.Calm) -> None:
    """Runs a harmless program a few times, the way a child would."""
    has_numpy = "numpy" in sys.modules
    code = PROGRAM.replace(b"NUMPY", b"import numpy as np" if has_numpy else b"")
    code = code.replace(b"ARRAYS", ARRAYS if has_numpy else b"pass")
    grid = bytes([4, 5, *(n % 4 for n in range(20))])
    peace.sink.limit = 1 << 20
    for trace in (False, False, True):
        program = runner.Program(0, code, [grid, grid], trace, True, 50)
        runner.run_program(program, _Nowhere(), peace, screen.may_share)
