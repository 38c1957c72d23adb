"""Which constructs of a method are idioms: what a program's line events are counted by."""

from __future__ import annotations

from soar2cot.engines.symbolic.idioms.library import IDIOMS
from soar2cot.engines.symbolic.phrasebook import arrays, more

_MEANT = frozenset(item.phrase.op for item in (*arrays.ENTRIES, *more.ENTRIES) if item.sources)
_PARTS = frozenset(("height", "width", "shape", "copy"))


def idiom_ops() -> frozenset[str]:
    """The constructs that are idioms: those of the library, and calls of numpy, scipy and collections that mean one.

    `for_over` is none here: it says how turns paint over each other, not what is done in them. Nor are `any` and `all`,
    though the idiom `whether` finds them in a flag: mostly they are a program's own.
    """
    library = frozenset(op for idiom in IDIOMS for op in idiom.ops)
    return frozenset(("for_every",)) | library | (_MEANT - _PARTS)
