"""Statements that change nothing on any grid are left out, found by leaving each one out and following."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from soar2cot.engines.symbolic.follow.compiler import CannotFollowError
from soar2cot.engines.symbolic.follow.follower import compiled, run
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.records import Grid

MAX_TRIES = 32
MAX_STEPS = 30_000


@dataclass
class _Trial:
    inputs: Sequence[Grid]
    outputs: Sequence[Grid | None]
    tries: int = MAX_TRIES
    steps: int = MAX_STEPS

    def holds(self, method: Node) -> bool:
        """Whether the method still gives every known output; counts what trying costs."""
        self.tries -= 1
        try:
            code = compiled(method)
        except (CannotFollowError, SyntaxError, ValueError, RecursionError):
            return False
        for grid, wanted in zip(self.inputs, self.outputs, strict=True):
            if wanted is None:
                continue
            found = run(code, grid, steps=max(self.steps, 1))
            self.steps -= found.n_steps
            if found.grid != wanted:
                return False
        return True

    @property
    def spent(self) -> bool:
        """Whether no more may be tried."""
        return self.tries <= 0 or self.steps <= 0


def leave_out(method: Node, inputs: Sequence[Grid], outputs: Sequence[Grid | None]) -> Node:
    """The method without statements that make no difference, from the last to the first, the outermost first."""
    trial = _Trial(inputs, outputs)
    return _shrink(method, (), method, trial)


def _shrink(root: Node, path: tuple[int, ...], block: Node, trial: _Trial) -> Node:
    for index in range(len(block.args) - 1, -1, -1):
        if trial.spent:
            return root
        item = block[index]
        if item.op in ("answer", "give", "skip", "leave", "stop"):
            continue
        shorter = Node("block", block.args[:index] + block.args[index + 1 :])
        if (shorter.args or path) and trial.holds(changed := _replaced(root, path, shorter)):
            root, block = changed, shorter
            continue
        for number, part in enumerate(item.args):
            if isinstance(part, Node) and part.op == "block" and item.op != "define":
                root = _shrink(root, (*path, index, number), part, trial)
        block = _at(root, path)
    return root


def _at(root: Node, path: tuple[int, ...]) -> Node:
    for index in path:
        root = root[index]
    return root


def _replaced(root: Node, path: tuple[int, ...], new: Node) -> Node:
    if not path:
        return new
    index = path[0]
    args = list(root.args)
    args[index] = _replaced(root[index], path[1:], new)
    return Node(root.op, tuple(args))
