"""Passes in their order, each kept only where following the shorter method still gives every grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from soar2cot.engines.symbolic.follow.compiler import CannotFollowError
from soar2cot.engines.symbolic.follow.follower import compiled, run
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.simplify.colours import name_colours
from soar2cot.engines.symbolic.simplify.dead import drop_dead
from soar2cot.engines.symbolic.simplify.shapes import name_shapes
from soar2cot.engines.symbolic.simplify.sizes import inline_sizes
from soar2cot.engines.symbolic.simplify.tidy import (
    drop_arrays,
    drop_as_lists,
    drop_empty,
    drop_unused,
    inline_single,
    join_conditions,
    merge_input,
)
from soar2cot.records import Grid

Pass = Callable[[Node, Sequence[Grid]], Node]


def _pure(change: Callable[[Node], Node]) -> Pass:
    return lambda method, inputs: change(method)


PASSES: tuple[tuple[str, Pass], ...] = (
    ("dead", drop_dead),
    ("empty", _pure(drop_empty)),
    ("as_lists", _pure(drop_as_lists)),
    ("input", _pure(merge_input)),
    ("sizes", _pure(inline_sizes)),
    ("shapes", _pure(name_shapes)),
    ("arrays", _pure(drop_arrays)),
    ("unused", _pure(drop_unused)),
    ("single", _pure(inline_single)),
    ("conditions", _pure(join_conditions)),
    ("sizes again", _pure(inline_sizes)),
    ("colours", _pure(name_colours)),
)


@dataclass(frozen=True, slots=True)
class Simplified:
    """The method, which passes changed it, and which were refused because a grid came out wrong."""

    method: Node
    kept: tuple[str, ...]
    refused: tuple[str, ...]


def gives(method: Node, inputs: Sequence[Grid], outputs: Sequence[Grid | None]) -> bool:
    """Whether following gives every output that is known."""
    try:
        code = compiled(method)
    except (CannotFollowError, SyntaxError, ValueError, RecursionError):
        return False
    return all(
        wanted is None or run(code, grid).grid == wanted for grid, wanted in zip(inputs, outputs, strict=True)
    )


def simplify(method: Node, inputs: Sequence[Grid], outputs: Sequence[Grid | None]) -> Simplified:
    """All passes at once where that is confirmed, else one after the other."""
    everything = _apply(method, inputs, PASSES)
    if gives(everything, inputs, outputs):
        return Simplified(everything, tuple(label for label, _ in PASSES), ())
    if not gives(method, inputs, outputs):
        return Simplified(method, (), ())
    return _one_by_one(method, inputs, outputs)


def _apply(method: Node, inputs: Sequence[Grid], passes: Sequence[tuple[str, Pass]]) -> Node:
    for _, change in passes:
        method = change(method, inputs)
    return method


def _one_by_one(method: Node, inputs: Sequence[Grid], outputs: Sequence[Grid | None]) -> Simplified:
    kept: list[str] = []
    refused: list[str] = []
    for label, change in PASSES:
        shorter = change(method, inputs)
        if shorter == method:
            continue
        if gives(shorter, inputs, outputs):
            method = shorter
            kept.append(label)
        else:
            refused.append(label)
    return Simplified(method, tuple(kept), tuple(refused))
