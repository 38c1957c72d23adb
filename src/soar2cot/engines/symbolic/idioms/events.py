"""Which constructs of a method are idioms: what a program's line events are counted by."""

from __future__ import annotations

from soar2cot.engines.symbolic.idioms.library import IDIOMS
from soar2cot.engines.symbolic.phrasebook import arrays, more

_MEANT = frozenset(item.phrase.op for item in (*arrays.ENTRIES, *more.ENTRIES) if item.sources)
_ASKED = frozenset(("any", "all"))  # of turns: as a program asks it, or as the idiom `whether` finds it in a flag
_PARTS = frozenset(("height", "width", "shape", "copy"))


def idiom_ops() -> frozenset[str]:
    """The constructs that are idioms: those of the library, and calls of numpy, scipy and collections that mean one.

    `for_over` is none here: it says how turns paint over each other, not what is done in them.
    """
    library = frozenset(op for idiom in IDIOMS for op in idiom.ops)
    return frozenset(("for_every",)) | _ASKED | library | (_MEANT - _PARTS)
