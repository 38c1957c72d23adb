"""Passes in their order, each kept only where following the shorter method still gives every grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from soar2cot.engines.symbolic.idioms.confirm import name_idioms
from soar2cot.engines.symbolic.idioms.library import IDIOMS
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.language.settle import settle
from soar2cot.engines.symbolic.simplify.bounds import name_bounds
from soar2cot.engines.symbolic.simplify.colours import name_colours
from soar2cot.engines.symbolic.simplify.dead import drop_dead
from soar2cot.engines.symbolic.simplify.neighbours import name_coloured_cells, name_neighbours, name_ranges
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
    split_groups,
    take_array,
    turn_negations,
)
from soar2cot.engines.symbolic.simplify.trial import Trial
from soar2cot.records import Grid

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
    ("last answer", _pure(drop_last_answer)),
)


@dataclass(frozen=True, slots=True)
class Simplified:
    """The method, which passes and idioms changed it, which were refused because a grid came out wrong."""

    method: Node
    kept: tuple[str, ...]
    refused: tuple[str, ...]


def simplify(method: Node, inputs: Sequence[Grid], outputs: Sequence[Grid | None]) -> Simplified:
    """All passes at once where that is confirmed, else those that are confirmed; the last ones and idioms likewise."""
    trial = Trial(inputs, outputs)
    found = _Confirmed(trial, inputs)
    shorter = found.changed(method, PASSES)
    without = drop_arrays(shorter)
    shortest = leave_out(without, trial)
    if shortest is None and without is not shorter:  # the method needs its arrays
        shortest = leave_out(shorter, trial)
    if shortest is not None:
        found.kept += [label for label, _ in PASSES]
    elif trial.holds(method):
        method = found.passes(method, PASSES)
        without = drop_arrays(method)
        shortest = leave_out(without if trial.holds(without) else method, trial)
    if shortest is None:
        return Simplified(settle(method), (), ())
    named = name_idioms(found.changed(shortest, LAST), _believe)
    said = settle(named.method)
    if found.all_hold(said, named.confirmed):
        return Simplified(said, (*found.kept, *named.confirmed), (*found.refused, *named.refused))
    named = name_idioms(found.passes(shortest, LAST), lambda item, backwards: trial.holds(item, backwards=backwards))
    return Simplified(settle(named.method), (*found.kept, *named.confirmed), (*found.refused, *named.refused))


def _believe(method: Node, backwards: bool) -> bool:
    """Every idiom that is proposed, to be confirmed together."""
    return True


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

    def all_hold(self, method: Node, idioms: Sequence[str]) -> bool:
        """Whether the method with all the last passes and these idioms gives every grid."""
        order_free = any(idiom.order_free for idiom in IDIOMS if idiom.id in idioms)
        if not self.trial.holds(method) or (order_free and not self.trial.holds(method, backwards=True)):
            return False
        self.kept += [label for label, _ in LAST]
        return True

    def passes(self, method: Node, passes: Sequence[tuple[str, Pass]]) -> Node:
        """The method after all passes that are confirmed: all at once, where that fails each half by itself."""
        shorter = self.changed(method, passes)
        if self.trial.holds(shorter):
            self.kept += [label for label, _ in passes]
            return shorter
        if len(passes) == 1:
            self.refused.append(passes[0][0])
            return method
        half = len(passes) // 2
        return self.passes(self.passes(method, passes[:half]), passes[half:])
