"""The chain of thought: observe, state the rule, check it on one training pair, apply it, answer once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from soar2cot.challenge import N_COLOURS, Challenge, is_grid, render_grid
from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.facts.analysis import Facts, assure, change, holdings, sentences, wording
from soar2cot.engines.symbolic.facts.choose import Chosen
from soar2cot.engines.symbolic.facts.claims import Claim, Scope, States, Trails
from soar2cot.engines.symbolic.facts.find.view import GridView, Mask, PairView, Views
from soar2cot.engines.symbolic.facts.sentences import render
from soar2cot.engines.symbolic.facts.text import RULE, bind_once, sentence
from soar2cot.errors import NoInstructionError
from soar2cot.records import Grid

_RUN = re.compile(b"\x01+")


@dataclass(frozen=True, slots=True)
class Detail:
    """How much a length tells.

    Args: facts: sentences of observation at most. quote: the step's sentence stands before what it did.
          spans: runs of cells listed for a step at most, 0 for none. odd: exceptional turns shown at most.
          pairs: a line for every training pair. check: the check step by step, not its result alone.
          grids: whole grids in the check too, where a size changes.
    """

    facts: int
    quote: bool
    spans: int
    odd: int
    pairs: bool
    check: bool
    grids: bool


DETAILS = {
    "short": Detail(facts=2, quote=False, spans=0, odd=0, pairs=False, check=False, grids=False),
    "medium": Detail(facts=5, quote=True, spans=6, odd=3, pairs=False, check=True, grids=False),
    "full": Detail(facts=5, quote=True, spans=24, odd=8, pairs=True, check=True, grids=True),
}


@dataclass(slots=True)
class Line:
    """A line of the text: a lead, claims as clauses of one sentence, a grid below."""

    lead: str = ""
    claims: list[Claim] = field(default_factory=list[Claim])
    grid: Grid | None = None

    def text(self) -> str:
        """The line in words."""
        words = "; ".join(render(claim) for claim in self.claims)
        said = sentence(words) if words else ""
        first = " ".join(part for part in (self.lead, said) if part)
        grid = [render_grid(self.grid)] if self.grid is not None else []
        return "\n".join([*([first] if first else []), *grid])


class Quote(Line):
    """A line that is wholly one claim: the method's own words, or what was found."""

    def __init__(self, claim: Claim, lead: str = "") -> None:
        super().__init__(lead, [claim])

    def text(self) -> str:
        """The line in words, with no capital or full stop added."""
        return f"{self.lead} {render(self.claims[0])}".strip()


class Told(Line):
    """A line whose claims are in words already."""

    def __init__(self, lead: str, claims: list[Claim], words: str) -> None:
        super().__init__(f"{lead} {words}".strip(), claims)

    def text(self) -> str:
        """The line in words."""
        return self.lead


def write(facts: Facts, trails: Trails, length: Literal["short", "medium", "full"]) -> tuple[str, ...]:
    """A chain of thought per test input.

    Raises: NoInstructionError: a claim did not pass its check, or a checkpoint holds no grid.
    """
    _check_grids(facts.challenge, trails)
    detail = DETAILS[length]
    head = [*_observe(facts, detail), Line(), *_rule(trails), Line(), *_check(facts.views, trails, detail), Line()]
    tests = [list(_apply(facts, trails, index, detail)) for index in range(len(facts.challenge.test))]
    claims = {claim for line in (*head, *(line for lines in tests for line in lines)) for claim in line.claims}
    of_puzzle = {claim for claim in claims if claim.scope.where != "step"}
    facts.assure(of_puzzle)
    assure(claims - of_puzzle, States(facts.challenge, trails))
    return tuple(_join([*head, *lines]) for lines in tests)


def _check_grids(challenge: Challenge, trails: Trails) -> None:
    """Raises: NoInstructionError: what a checkpoint recorded is no grid."""
    sound: set[int] = set()  # a step mostly starts from the very grid that the one before it left
    for point in itertools.chain(trails.check, *trails.tests):
        for grid in (point.before, point.after):
            if id(grid) not in sound and not is_grid(grid):
                raise NoInstructionError(
                    f"task {challenge.task_id}: step {point.step} was recorded with something that is no grid of "
                    f"colours 0 to {N_COLOURS - 1}; the sample is parked, please report it"
                )
            sound.add(id(grid))


def _observe(facts: Facts, detail: Detail) -> Iterator[Line]:
    chosen = Chosen(facts.chosen.frame, facts.chosen.facts[: detail.facts])
    if chosen.claims:
        yield Told("Observe.", chosen.claims, " ".join(sentences(chosen, wording(facts.challenge))))
    if detail.pairs:
        yield from (Line(f"Pair {index}:", claims) for index, claims in enumerate(facts.lines, start=1))


def _join(lines: Sequence[Line]) -> str:
    return bind_once((line.text(), isinstance(line, Quote)) for line in lines)


def _rule(trails: Trails) -> Iterator[Line]:
    """Each step of the method once, in order, also those that only some inputs need."""
    steps: dict[int, str] = {}
    for trail in (trails.check, *trails.tests):
        for point in trail:
            steps.setdefault(point.step, point.sentence)
    yield Line(RULE)
    scope = Scope("step", trails.pair)
    yield from (Quote(Claim("rule", item, scope)) for item in sorted(steps.items()))


def _check(views: Views, trails: Trails, detail: Detail) -> Iterator[Line]:
    index = trails.pair
    yield Line(f"Check on pair {index + 1}.", _grid_claims(views, views.inputs[index], Scope("pair", index)))
    if detail.check:
        yield from Telling(trails.check, "pair", index, detail, views.inputs[index]).lines()
    scope = Scope("step", index)
    pair, end = views.pairs[index], _end(trails.check, views.inputs[index])
    yield Line(claims=[*_altogether(pair.before, end, scope), _verdict(PairView(end, pair.after), scope)])


def _end(trail: tuple[Checkpoint, ...], start: GridView) -> GridView:
    return GridView(trail[-1].after) if trail else start


def _altogether(start: GridView, end: GridView, scope: Scope) -> list[Claim]:
    if start.shape != end.shape:
        return []
    return [Claim("altogether", (), scope, PairView(start, end).n_changed)]


def _verdict(pair: PairView, scope: Scope) -> Claim:
    if not pair.same_shape:
        return Claim("misses_size", (), scope)
    return Claim("misses", (), scope, pair.n_changed) if pair.n_changed else Claim("reaches", (), scope)


def _grid_claims(views: Views, view: GridView, scope: Scope) -> list[Claim]:
    return [Claim("input_is", (), scope, view.shape), *holdings(view, views.background, scope)]


def _apply(facts: Facts, trails: Trails, index: int, detail: Detail) -> Iterator[Line]:
    grid, trail = facts.challenge.test[index].input, trails.tests[index]
    start = GridView(grid)
    yield Line(f"Test input {index + 1}.", _grid_claims(facts.views, start, Scope("test", index)))
    yield from Telling(trail, "test", index, detail, start).lines()
    if sums := _altogether(start, _end(trail, start), Scope("step", index, "test")):
        yield Line(claims=sums)
    yield Line()
    yield Line("Answer:", grid=trail[-1].after if trail else grid)


class Telling:
    """A trail told step by step."""

    def __init__(
        self,
        trail: tuple[Checkpoint, ...],
        kind: Literal["pair", "test"],
        index: int,
        detail: Detail,
        start: GridView,
    ) -> None:
        self.trail, self.index, self.detail, self.start = trail, index, detail, start
        self.kind: Literal["pair", "test"] = kind

    def lines(self) -> Iterator[Line]:
        """A paragraph per step; a step of several turns tells the first, the last and the odd ones."""
        first = 0
        while first < len(self.trail):
            last = first
            if not self._quoted() and (n := self._looking(first)) > 1:
                yield self._look(first, n)
                first += n
                continue
            while last + 1 < len(self.trail) and self.trail[last + 1].step == self.trail[first].step:
                last += 1
            yield from self._step(first, last)
            first = last + 1

    def _quoted(self) -> bool:
        """Whether the method's own words stand before what a step did."""
        return self.detail.grids or (self.detail.quote and self.kind == "test")

    def _scope(self, turn: int) -> Scope:
        return Scope("step", self.index, self.kind, turn)

    def _looking(self, first: int) -> int:
        """How many steps on from here change and find nothing, and are not quoted; their numbers follow each other."""
        n, trail = 0, self.trail
        while first + n < len(trail):
            point, last = trail[first + n], trail[first + n - 1] if first + n else None
            follows = n == 0 or (last is not None and point.step == last.step + 1)
            if not follows or point.before != point.after or point.notes or next(self._origin(first + n), None):
                break
            n += 1
        alone = first + n >= len(trail) or trail[first + n].step != trail[first + n - 1].step
        return n if alone else n - 1

    def _look(self, first: int, n: int) -> Line:
        """Several steps that find nothing, in one line."""
        steps = f"Steps {self.trail[first].step} {'and' if n == 2 else 'to'} {self.trail[first + n - 1].step}."
        return Line(steps, [Claim("no_change", (), self._scope(first + k)) for k in range(n)][:1])

    def _step(self, first: int, last: int) -> Iterator[Line]:
        point, lead = self.trail[first], f"Step {self.trail[first].step}."
        if self._quoted():
            lead = ""
            yield Quote(Claim("says", (point.step, point.sentence), self._scope(first)))
        if first < last:
            yield from self._loop(first, last, lead)
            yield from self._found(last, "")
            return
        yield from self._found(first, lead)
        if not self._only_finds(first):
            yield self._turn(first, "" if point.notes else lead, [])

    def _found(self, turn: int, lead: str) -> Iterator[Line]:
        if notes := self.trail[turn].notes:
            yield Quote(Claim("found", ("; ".join(notes),), self._scope(turn)), lead)

    def _only_finds(self, turn: int) -> bool:
        """Whether all that a step did is told by what it found."""
        point = self.trail[turn]
        return bool(point.notes) and point.before == point.after and next(self._origin(turn), None) is None

    def _turn(self, turn: int, lead: str, before: list[Claim]) -> Line:
        point, scope = self.trail[turn], self._scope(turn)
        claims = [*before, *self._origin(turn), *self._effect(point, scope)]
        return Line(lead, claims, self._grid(turn))

    def _grid(self, turn: int) -> Grid | None:
        """The whole grid where the size changes, unless of one colour, or final: the answer or output."""
        point = self.trail[turn]
        final = point.after == self.trail[-1].after or len({colour for row in point.after for colour in row}) == 1
        sizes = (len(point.before), len(point.before[0])), (len(point.after), len(point.after[0]))
        shown = not final and self.detail.quote if self.kind == "test" else self.detail.grids
        return point.after if sizes[0] != sizes[1] and shown else None

    def _origin(self, turn: int) -> Iterator[Claim]:
        """Where a step starts, if it is not where the one before it ended."""
        before = self.trail[turn].before
        if turn and before == self.trail[turn - 1].after:
            return
        start = self.start.cells.tolist()
        if not turn and before == start:
            return
        scope = self._scope(turn)
        if before == start:
            yield Claim("from_input", (), scope)
        else:
            yield Claim("from_other", (), scope, (len(before), len(before[0])))

    def _effect(self, point: Checkpoint, scope: Scope) -> Iterator[Claim]:
        if point.before == point.after:
            yield Claim("no_change", (), scope)
            return
        pair = PairView(GridView(point.before), GridView(point.after))
        if not pair.same_shape:
            yield Claim("becomes_size", (pair.before.shape, pair.after.shape), scope)
            if len(pair.after.colours) == 1:
                yield Claim("all_one", (), scope, pair.after.colours[0])
        else:
            yield change(pair, scope)
            yield from self._spans(pair, scope)

    def _spans(self, pair: PairView, scope: Scope) -> Iterator[Claim]:
        if self.kind == "pair" and not self.detail.grids:
            return
        found = [(colour, spans((pair.after.cells == colour) & pair.changed)) for colour in _targets(pair)]
        if sum(len(runs) for _, runs in found) <= self.detail.spans:
            for colour, runs in found:
                yield Claim("drawn", (colour, runs), scope)

    def _loop(self, first: int, last: int, lead: str) -> Iterator[Line]:
        scope = self._scope(first)
        odd = self._odd(first, last)
        head: list[Claim] = [Claim("turns", (), scope, last - first + 1)]
        if last - first > 1:
            head.append(Claim("odd_turns", (), scope, len(odd)))
        if apart := sum(self.trail[k].before != self.trail[k - 1].after for k in range(first + 1, last + 1)):
            head.append(Claim("apart_turns", (), scope, apart))
        yield Line(lead, head)
        yield self._turn(first, "First turn:", [])
        for turn in odd[: self.detail.odd]:
            yield self._turn(turn, f"Turn {turn - first + 1}:", [])
        yield self._turn(last, "Last turn:", [])
        if _shape(self.trail[first].before) == _shape(self.trail[last].after):
            pair = PairView(GridView(self.trail[first].before), GridView(self.trail[last].after))
            yield Line(claims=[Claim("total_change", (), scope, pair.n_changed)])

    def _odd(self, first: int, last: int) -> list[int]:
        """The turns between that change other colours than the first one, or start elsewhere than the last ended."""
        usual, trail = _kinds(self.trail[first]), self.trail
        return [
            turn
            for turn in range(first + 1, last)
            if _kinds(trail[turn]) != usual or trail[turn].before != trail[turn - 1].after
        ]


def _shape(grid: Grid) -> tuple[int, int]:
    return len(grid), len(grid[0])


def _kinds(point: Checkpoint) -> set[tuple[int, int]]:
    """The changes of colour that the checkpoint makes; sizes stand for them where the size changes."""
    if _shape(point.before) != _shape(point.after):
        return {_shape(point.before), _shape(point.after), (-1, -1)}
    rows = zip(point.before, point.after, strict=True)
    return {(a, b) for old, new in rows if old != new for a, b in zip(old, new, strict=True) if a != b}


def _targets(pair: PairView) -> list[int]:
    return sorted({new for _, new, _ in pair.moves})


def spans(mask: Mask) -> tuple[tuple[int, int, int, int], ...]:
    """The cells of a mask as runs: (1 for a row or 0 for a column, its number, first and last place), from 0.

    Rows or columns, whichever gives fewer runs.
    """
    by_row, by_column = _runs(mask, 1), _runs(mask.T, 0)
    return by_row if len(by_row) <= len(by_column) else by_column


def _runs(mask: Mask, by_row: int) -> tuple[tuple[int, int, int, int], ...]:
    width = mask.shape[1] + 1
    padded = np.zeros((mask.shape[0], width), dtype=np.int8)
    padded[:, :-1] = mask
    runs = [(run.start(), run.end() - 1) for run in _RUN.finditer(padded.tobytes())]
    return tuple([(by_row, first // width, first % width, last % width) for first, last in runs])
