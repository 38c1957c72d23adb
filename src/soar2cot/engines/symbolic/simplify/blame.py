"""Which rules for every cell are wrong where a method that believes them all is: each is taken by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import NamedTuple

from soar2cot.engines.symbolic.follow.follower import Prepared
from soar2cot.engines.symbolic.follow.limits import CONFIRM_STEPS, bounded_range
from soar2cot.engines.symbolic.follow.runtime import do_grid_copy
from soar2cot.engines.symbolic.language.node import Node, all_lines, bits, walk
from soar2cot.engines.symbolic.simplify.trial import compiled_if_followed
from soar2cot.records import Grid

_EVERY, _OVER = "for_every", "for_over"
_RULES = bits([_EVERY, _OVER])


class Rule(NamedTuple):
    """What a rule for every cell is known by in all versions of a method.

    Args: op: `for_every` or `for_over`; last_line: of the program, that its turns come from; n_loops: in its turns.
    """

    op: str
    last_line: int
    n_loops: int


def rules_of(method: Node) -> dict[Node, Rule]:
    """The rules for every cell of a method, and how each is known again in another version of it."""
    if not method.holds(_RULES):
        return {}
    return {
        item: Rule(item.op, all_lines(item[1]).bit_length(), sum(part.op.startswith("for") for part in item.below))
        for item in walk(method)
        if item.op in (_EVERY, _OVER)
    }


def wrong_rules(method: Node, grid: Grid, wanted: Grid) -> frozenset[Rule]:
    """The rules of a method that does not give what is wanted; none where it is not for them alone that it does not.

    Turns that see what others painted are no rule at all; turns whose order decides may still paint over each other.
    """
    rules = rules_of(method)
    code = compiled_if_followed(method) if rules else None
    if code is None:
        return frozenset()
    trial = _Trial(code, grid, wanted)
    each = {hash(item) for item in rules}
    if not trial.gives(in_turn=each):
        return frozenset()
    wrong: set[Rule] = set()
    for item, rule in rules.items():
        others = each - {hash(item)}
        if not trial.gives(in_turn=others):
            wrong.update(rule._replace(op=op) for op in (_EVERY, _OVER))
        elif rule.op == _EVERY and not trial.gives(in_turn=others, backwards=(hash(item),)):
            wrong.add(rule)
    return frozenset(wrong)


@dataclass
class _Trial:
    """One method on one grid: how each of its rules is taken is decided for every run.

    `in_turn`: rules whose turns see what those before them painted; `backwards`: those taken from the last turn on.
    """

    code: CodeType
    grid: Grid
    wanted: Grid
    in_turn: frozenset[int] = frozenset()
    backwards: frozenset[int] = frozenset()
    prepared: Prepared = field(init=False)

    def __post_init__(self) -> None:
        names = {"E": self._turns, "B": self._numbers, "before": self._before}
        self.prepared = Prepared(self.code, names)

    def gives(self, *, in_turn: Iterable[int] = (), backwards: Iterable[int] = ()) -> bool:
        self.in_turn, self.backwards = frozenset(in_turn), frozenset(backwards)
        return self.prepared.run(self.grid, steps=CONFIRM_STEPS).grid == self.wanted

    def _turns(self, rule: int, items: Iterable[object]) -> Iterator[object]:
        return reversed(list(items)) if rule in self.backwards else iter(items)

    def _numbers(self, rule: int, *parts: int) -> Iterator[int]:
        found = bounded_range(*parts)
        return reversed(found) if rule in self.backwards else iter(found)

    def _before(self, rule: int, grid: Grid) -> Grid:
        return grid if rule in self.in_turn else do_grid_copy(grid)
