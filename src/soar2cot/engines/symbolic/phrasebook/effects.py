"""Expressions that change something when they are asked for, or may give another value when asked again."""

from __future__ import annotations

from soar2cot.engines.symbolic.phrasebook.chance import DRAWN

EFFECTS = frozenset(
    (
        "pop", "pop_left", "pop_at", "pop_else", "pop_item", "heap_pop", "heap_push", "set_default", "next",
        "next_else", "call", "call0", *DRAWN,
    )
)  # fmt: skip
