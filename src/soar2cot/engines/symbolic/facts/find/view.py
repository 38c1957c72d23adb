"""The measures of a training pair, taken once and only when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from soar2cot.challenge import Challenge
from soar2cot.engines.symbolic.facts.claims import Claim, Scope, Value
from soar2cot.records import Grid

Cells: TypeAlias = "NDArray[np.int8]"
Mask: TypeAlias = "NDArray[np.bool_]"
Labels: TypeAlias = "NDArray[np.int32]"
SIDES = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
CORNERS = np.ones((3, 3), dtype=int)
PAIRS = Scope("pairs")
MAX_MEASURED = 2048  # grids, some 10 KiB each: those of a round of tasks


def fact(predicate: str, *args: Value, value: Value = True) -> Claim:
    """A claim about all training pairs."""
    return Claim(predicate, args, PAIRS, value)


class GridView:
    """One grid and what is measured on it."""

    def __init__(self, grid: Grid) -> None:
        self.shape: tuple[int, int] = (len(grid), len(grid[0]))
        self.cells: Cells = np.frombuffer(b"".join(map(bytes, grid)), dtype=np.int8).reshape(self.shape)
        self._groups: dict[tuple[str, int], Groups] = {}

    @cached_property
    def key(self) -> tuple[tuple[int, int], bytes]:
        """Equal for equal grids only."""
        return self.shape, self.cells.tobytes()

    @cached_property
    def counts(self) -> list[int]:
        """The number of cells of each colour, 0 to 9."""
        return [int(n) for n in np.bincount(self.cells.ravel(), minlength=10)]

    @cached_property
    def colours(self) -> tuple[int, ...]:
        """The colours that occur, ascending."""
        return tuple(colour for colour, n in enumerate(self.counts) if n)

    @cached_property
    def most(self) -> int | None:
        """The colour with more cells than any other; None where two share the first place."""
        best = max(self.counts)
        return self.counts.index(best) if self.counts.count(best) == 1 else None

    def shapes(self, joined: str, background: int) -> Groups:
        """The connected groups of cells of one colour, besides the background; `joined` is 4 or 8."""
        key = (joined, background)
        if key not in self._groups:
            make = _by_sides if joined == "4" else _by_corners
            self._groups[key] = Groups(make(self, background))
        return self._groups[key]

    def objects(self, background: int) -> Groups:
        """The groups of cells of any colour but the background that touch by side or corner."""
        key = ("object", background)
        if key not in self._groups:
            self._groups[key] = Groups(label(self.cells != background, CORNERS))
        return self._groups[key]

    def box(self, background: int) -> tuple[int, int, int, int] | None:
        """(top, left, bottom, right), ends excluded, around all cells that are not `background`."""
        mask = self.cells != background
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not rows.size:
            return None
        return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


class Groups:
    """Connected groups of cells: `labels` numbers them from 1; 0 belongs to none."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self.n = int(labels.max())

    @cached_property
    def sizes(self) -> list[int]:
        """The number of cells of each group."""
        return [int(n) for n in np.bincount(self.labels.ravel(), minlength=self.n + 1)[1:]]

    @cached_property
    def boxes(self) -> list[tuple[slice, slice]]:
        """The box around each group."""
        return cast("list[tuple[slice, slice]]", ndimage.find_objects(self.labels))

    def colours(self, cells: Cells) -> NDArray[np.int8]:
        """A colour of each group in this grid, whichever of its cells; the first entry stands for no group."""
        found = np.full(self.n + 1, -1, dtype=np.int8)
        found[self.labels] = cells
        return found

    def inner(self) -> Mask:
        """The cells of the groups that do not touch the border."""
        outer = np.zeros(self.n + 1, dtype=np.bool_)
        outer[0] = True
        for edge in (self.labels[0], self.labels[-1], self.labels[:, 0], self.labels[:, -1]):
            outer[edge] = True
        return ~outer[self.labels]


def label(mask: Mask, structure: NDArray[np.int64]) -> Labels:
    """The connected groups of a mask, numbered from 1."""
    labels = np.empty(mask.shape, dtype=np.int32)
    ndimage.label(mask, structure=structure, output=labels)
    return labels


def _by_sides(view: GridView, background: int) -> Labels:
    """One-colour groups joined by sides, in one labelling: the links between cells are made cells themselves."""
    cells, (height, width) = view.cells, view.shape
    filled = cells != background
    links = np.zeros((2 * height - 1, 2 * width - 1), dtype=np.bool_)
    links[::2, ::2] = filled
    links[1::2, ::2] = (cells[1:] == cells[:-1]) & filled[1:]
    links[::2, 1::2] = (cells[:, 1:] == cells[:, :-1]) & filled[:, 1:]
    return label(links, SIDES)[::2, ::2]


def _by_corners(view: GridView, background: int) -> Labels:
    """One-colour groups joined by sides or corners: a labelling per colour."""
    labels = np.zeros(view.shape, dtype=np.int32)
    for colour in view.colours:
        if colour != background:
            own = label(view.cells == colour, CORNERS)
            labels += own + np.int32(labels.max()) * (own > 0)
    return labels


def near(own: Mask) -> Mask:
    """The cells of the mask and all that touch them by side or corner."""
    wide = own.copy()
    wide[1:] |= own[:-1]
    wide[:-1] |= own[1:]
    all_round = wide.copy()
    all_round[:, 1:] |= wide[:, :-1]
    all_round[:, :-1] |= wide[:, 1:]
    return all_round


def measured(grid: Grid) -> GridView:
    """A grid of a task with what was measured on it before: programs that do unlike things are asked for the same."""
    return _measured(tuple(map(tuple, grid)))


@lru_cache(maxsize=MAX_MEASURED)
def _measured(rows: tuple[tuple[int, ...], ...]) -> GridView:
    return GridView(list(map(list, rows)))


class PairView:
    """A training pair: both grids and what differs between them."""

    def __init__(self, before: GridView, after: GridView) -> None:
        self.before, self.after = before, after
        self.same_shape = before.shape == after.shape

    @cached_property
    def changed(self) -> Mask:
        """Where the two differ; only for grids of one shape."""
        return self.before.cells != self.after.cells

    @cached_property
    def n_changed(self) -> int:
        """How many cells differ."""
        return int(np.count_nonzero(self.changed))

    @cached_property
    def moves(self) -> list[tuple[int, int, int]]:
        """(from, to, number of cells) for each change of colour, by colour."""
        codes = self.before.cells[self.changed] * np.int8(10) + self.after.cells[self.changed]
        counts = np.bincount(codes, minlength=100)
        return [(int(code) // 10, int(code) % 10, int(counts[code])) for code in np.flatnonzero(counts)]


class Views:
    """All training pairs of a challenge, and the colour that facts about objects take as background."""

    def __init__(self, challenge: Challenge) -> None:
        self.pairs: Sequence[PairView] = [
            PairView(measured(pair.input), GridView(pair.output)) for pair in challenge.train
        ]
        self.inputs = [pair.before for pair in self.pairs]
        self.outputs = [pair.after for pair in self.pairs]

    @cached_property
    def same_shape(self) -> bool:
        """Whether each output has the shape of its input."""
        return all(pair.same_shape for pair in self.pairs)

    @cached_property
    def same_grid(self) -> bool:
        """Whether each output equals its input."""
        return self.same_shape and not any(pair.n_changed for pair in self.pairs)

    @cached_property
    def common_most(self) -> int | None:
        """The colour that is alone the most common of every input, if there is one."""
        first = {view.most for view in self.inputs}
        return first.pop() if len(first) == 1 else None

    @cached_property
    def background(self) -> int | None:
        """What objects lie on: the common most frequent colour, else black where every input holds it."""
        if self.common_most is not None:
            return self.common_most
        return 0 if all(view.counts[0] for view in self.inputs) else None
