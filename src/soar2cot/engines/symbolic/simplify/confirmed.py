"""Passes in their order, each kept only where following the shorter method still gives every grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from soar2cot.engines.symbolic.idioms.confirm import Gives, name_idioms
from soar2cot.engines.symbolic.idioms.library import IDIOMS
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.language.settle import settle
from soar2cot.engines.symbolic.language.truths import without_bare_colours
from soar2cot.engines.symbolic.simplify.aliases import inline_aliases
from soar2cot.engines.symbolic.simplify.blame import Rule, rules_of, wrong_rules
from soar2cot.engines.symbolic.simplify.bounds import name_bounds
from soar2cot.engines.symbolic.simplify.colours import name_colours
from soar2cot.engines.symbolic.simplify.dead import TooLongError, drop_dead
from soar2cot.engines.symbolic.simplify.neighbours import name_coloured_cells, name_neighbours, name_ranges
from soar2cot.engines.symbolic.simplify.order import order_is_free
from soar2cot.engines.symbolic.simplify.places import name_places
from soar2cot.engines.symbolic.simplify.procedures import inline_once, inline_rules
from soar2cot.engines.symbolic.simplify.reduce import leave_out
from soar2cot.engines.symbolic.simplify.shapes import name_recolouring, name_shapes
from soar2cot.engines.symbolic.simplify.sizes import inline_sizes
from soar2cot.engines.symbolic.simplify.tidy import (
    drop_arrays,
    drop_as_lists,
    drop_empty,
    drop_last_answer,
    drop_unused,
    inline_constants,
    inline_single,
    join_conditions,
    merge_input,
    name_crossings,
    name_extremes,
    name_result,
    name_turns,
    split_groups,
    take_array,
    turn_negations,
)
from soar2cot.engines.symbolic.simplify.trial import Trial
from soar2cot.records import Grid

MAX_BLAMED = 3  # times that rules for every cell are believed, but for those that were seen to be wrong

Pass = Callable[[Node, Sequence[Grid]], Node]


def _pure(change: Callable[[Node], Node]) -> Pass:
    return lambda method, inputs: change(method)


PASSES: tuple[tuple[str, Pass], ...] = (
    ("dead", drop_dead),
    ("empty", _pure(drop_empty)),
    ("as_lists", _pure(drop_as_lists)),
    ("rules", _pure(inline_rules)),
    ("once", _pure(inline_once)),
    ("input", _pure(merge_input)),
    ("groups", _pure(split_groups)),
    ("aliases", _pure(inline_aliases)),
    ("turns", _pure(name_turns)),
    ("sizes", _pure(inline_sizes)),
    ("constants", _pure(inline_constants)),
    ("shapes", _pure(name_shapes)),
    ("unused", _pure(drop_unused)),
    ("single", _pure(inline_single)),
    ("conditions", _pure(join_conditions)),
    ("sizes again", _pure(inline_sizes)),
    ("places", _pure(name_places)),
    ("neighbours", _pure(name_neighbours)),
    ("extremes", _pure(name_extremes)),
)
LAST: tuple[tuple[str, Pass], ...] = (
    ("unused", _pure(drop_unused)),
    ("truths", _pure(without_bare_colours)),
    ("negations", _pure(turn_negations)),
    ("single", _pure(inline_single)),
    ("conditions", _pure(join_conditions)),
    ("shapes", _pure(name_shapes)),
    ("coloured", _pure(name_coloured_cells)),
    ("ranges", _pure(name_ranges)),
    ("recolouring", _pure(name_recolouring)),
    ("bounds", _pure(name_bounds)),
    ("crossings", _pure(name_crossings)),
    ("colours", _pure(name_colours)),
    ("take", _pure(take_array)),
    ("result", _pure(name_result)),
)


@dataclass(frozen=True, slots=True)
class Simplified:
    """The method, which passes and idioms changed it, which were refused because a grid came out wrong."""

    method: Node
    kept: tuple[str, ...]
    refused: tuple[str, ...]


def simplify(
    method: Node, inputs: Sequence[Grid], outputs: Sequence[Grid | None], told: Sequence[Grid] = ()
) -> Simplified:
    """All passes at once where that is confirmed, else those that are confirmed; the last ones and idioms likewise.

    Args: told: those inputs on which it will be told how the method runs.
    """
    found = _Confirmed(Trial(inputs, outputs, told), inputs)
    try:
        for shortest in found.shortened(method):
            named = found.named(shortest)
            if named is not None:
                return named
    except TooLongError:
        pass
    return Simplified(settle(method), (), ())


def _said(method: Node) -> Node:
    """The method as it is said: an idiom sees the whole of it, with the answer that need not be said."""
    return settle(drop_last_answer(method))


@dataclass(frozen=True, slots=True)
class _Believe:
    """Every idiom that is proposed, to be confirmed together, but for rules that were seen to be wrong."""

    wrong: frozenset[Rule]

    def __call__(self, method: Node, backwards: bool) -> bool:
        return not self.wrong or self.wrong.isdisjoint(rules_of(method).values())


@dataclass
class _Confirmed:
    """Which passes were kept or refused so far, and what each made of each method, as halves begin alike."""

    trial: Trial
    inputs: Sequence[Grid]
    kept: list[str] = field(default_factory=list[str])
    refused: list[str] = field(default_factory=list[str])
    made: dict[tuple[str, int], tuple[Node, Node]] = field(default_factory=dict[tuple[str, int], tuple[Node, Node]])

    def changed(self, method: Node, passes: Sequence[tuple[str, Pass]]) -> Node:
        """The method after these passes, confirmed or not."""
        for label, change in passes:
            key = (label, id(method))  # `made` holds the method, so that no other one has its id
            if key not in self.made:
                self.made[key] = (method, change(method, self.inputs))
            method = self.made[key][1]
        return method

    def shortened(self, method: Node) -> Iterator[Node]:
        """What may be the shortest method before the last passes and idioms, the shorter first.

        Raises: TooLongError: a grid takes too many steps to be followed again and again.
        """
        shorter = self.changed(method, PASSES)
        without = drop_arrays(shorter)
        for item in (without,) if without is shorter else (without, shorter):  # a method may need its arrays
            shortest = leave_out(item, self.trial)
            if shortest is not None:
                self.kept, self.refused = [label for label, _ in PASSES], []
                yield shortest
        if self.trial.holds(method):
            self.kept, self.refused = [], []
            shorter = self.passes(method, PASSES)
            without = drop_arrays(shorter)
            shortest = leave_out(without if self.trial.holds(without) else shorter, self.trial)
            if shortest is not None:
                yield shortest

    def named(self, shortest: Node) -> Simplified | None:
        """With the last passes and idioms, all together where that holds; None where what is given is wrong itself.

        Where it does not, the grid on which it failed most likely tells which of them are wrong: first which rules for
        every cell; then what comes out there is kept, to be confirmed on all grids at the end. Only where that fails
        too each is confirmed by itself.
        """
        last = self.changed(shortest, LAST)
        wrong: frozenset[Rule] = frozenset()
        for _ in range(MAX_BLAMED):
            named = name_idioms(last, _Believe(wrong))
            said = _said(named.method)
            if self._all_hold(said, named.confirmed):
                self.kept += [label for label, _ in LAST]
                return Simplified(said, (*self.kept, *named.confirmed), (*self.refused, *named.refused))
            more = wrong_rules(said, *self.trial.telling())
            if more <= wrong:
                break
            wrong |= more
        before = self.kept, self.refused
        for gives in (self._may_give, self._gives):
            self.kept, self.refused = list(before[0]), list(before[1])
            if not gives(shortest, False):
                return None
            named = name_idioms(self.passes(shortest, LAST, gives), gives)
            said = _said(named.method)
            if self._all_hold(said, named.confirmed):
                break
        if not self.trial.holds(said):
            said = named.method  # each of its parts is confirmed
        return Simplified(said, (*self.kept, *named.confirmed), (*self.refused, *named.refused))

    def _gives(self, method: Node, backwards: bool) -> bool:
        return self.trial.holds(method, backwards=backwards)

    def _may_give(self, method: Node, backwards: bool) -> bool:
        return self.trial.may_hold(method, backwards=backwards)

    def _all_hold(self, method: Node, idioms: Sequence[str]) -> bool:
        ordered = not any(idiom.order_free for idiom in IDIOMS if idiom.id in idioms)
        if not self.trial.holds(method, watch=True):
            return False
        return ordered or order_is_free(method) or self.trial.holds(method, backwards=True)

    def passes(self, method: Node, passes: Sequence[tuple[str, Pass]], gives: Gives | None = None) -> Node:
        """The method after all passes that are confirmed: all at once, where that fails each half by itself.

        Args: gives: what confirms a method; None: following it on every grid.
        """
        gives = gives or self._gives
        shorter = self.changed(method, passes)
        if gives(shorter, False):
            self.kept += [label for label, _ in passes]
            return shorter
        if len(passes) == 1:
            self.refused.append(passes[0][0])
            return method
        half = len(passes) // 2
        return self.passes(self.passes(method, passes[:half], gives), passes[half:], gives)
