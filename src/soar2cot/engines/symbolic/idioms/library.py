"""All idioms, in the order in which they are tried: the small ones first, since larger ones are built of them."""

from __future__ import annotations

from soar2cot.engines.symbolic.idioms import alike, collect, connected, ends, every, extreme, first, near, whether
from soar2cot.engines.symbolic.idioms.idiom import Idiom, Operation

IDIOMS: tuple[Idiom, ...] = (
    connected.IDIOM,
    near.IDIOM,
    alike.IDIOM,
    whether.IDIOM,
    ends.IDIOM,
    extreme.IDIOM,
    first.IDIOM,
    collect.IDIOM,
    every.IDIOM,
    every.WITHIN,
    every.DEEPER,
    every.OVER,
)


def operations() -> dict[str, Operation]:
    """The reference operations of all idioms, by the names that a follower calls."""
    return {label: run for idiom in IDIOMS for label, run in idiom.operations.items()}
