"""What a person would say about the pairs, and how the method is seen to run: every sentence a checked claim.

analyse(challenge)                    the analysis, true on all training pairs
think(challenge, trails, length)      a chain of thought per test input; `trails` is a `Trails`:
                                      Trails(pair=index of the training pair used as a check,
                                             check=its checkpoints, tests=a tuple of checkpoints per test input)
check_pair(challenge)                 the index of the training pair that is best shown as a check
check_text(text, challenge, trails, test=k)   what is false or unreadable in a text, a line each; () if nothing
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from soar2cot.challenge import Challenge
from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.facts import reading, thought
from soar2cot.engines.symbolic.facts.analysis import Facts
from soar2cot.engines.symbolic.facts.claims import Trails

Length: TypeAlias = Literal["short", "medium", "full"]

__all__ = ["Checkpoint", "Facts", "Length", "Trails", "analyse", "check_pair", "check_text", "think"]


def analyse(challenge: Challenge | Facts) -> str:
    """The analysis of the training pairs: facts true on all of them, the rare ones first, then a line per pair.

    Raises: NoInstructionError: a claim did not pass its own check.
    """
    return _facts(challenge).analysis


def check_pair(challenge: Challenge) -> int:
    """The index of the smallest training pair in which something changes."""
    sizes = [(len(p.input) * len(p.input[0]) if p.input != p.output else 10_000) for p in challenge.train]
    return sizes.index(min(sizes))


def think(challenge: Challenge | Facts, trails: Trails, length: Length = "medium") -> tuple[str, ...]:
    """A chain of thought per test input: observe, rule, check on one training pair, apply, the answer once.

    Raises: NoInstructionError: a claim did not pass its own check.
    """
    return thought.write(_facts(challenge), trails, length)


def _facts(challenge: Challenge | Facts) -> Facts:
    return challenge if isinstance(challenge, Facts) else Facts(challenge)


def check_text(text: str, challenge: Challenge, trails: Trails | None = None, *, test: int = 0) -> tuple[str, ...]:
    """What is false or cannot be read in a text of `analyse` (no trails) or `think`, a line each; () if nothing."""
    return reading.faults(text, challenge, trails, test=test)
