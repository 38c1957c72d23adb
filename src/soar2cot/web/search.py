"""What a visitor asks for in the address, and the address of the next page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast
from urllib.parse import urlencode

from soar2cot.ledger.listing import Filter

_MAX_WORDS = 8
_FIELDS = ("task", "rounds", "type", "model", "source", "min", "max", "engine", "words")


def filter_of(query: Mapping[str, str]) -> Filter:
    """The filter of an address; what makes no sense is no condition."""
    data_type = query.get("type", "")
    return Filter(
        task_id=query.get("task", "").strip(),
        rounds=_rounds(query.get("rounds", "")),
        data_type=cast('Literal["", "original", "hindsight"]', data_type if data_type in DATA_TYPES else ""),
        model=query.get("model", "").strip(),
        source_model=query.get("source", "").strip(),
        min_score=_share(query.get("min", "")),
        max_score=_share(query.get("max", "")),
        engine=query.get("engine", "") if query.get("engine") in {"symbolic", "llm"} else "",
        words=tuple(query.get("words", "").split())[:_MAX_WORDS],
    )


DATA_TYPES = frozenset({"original", "hindsight"})


def without_empty(query: Mapping[str, str]) -> dict[str, str]:
    """What was asked for, field by field, `""` where nothing was."""
    return {name: query.get(name, "") for name in _FIELDS}


def next_link(query: Mapping[str, str], cursor: str | None) -> str | None:
    """The address of what follows, None at the end."""
    if cursor is None:
        return None
    kept = {name: value for name, value in without_empty(query).items() if value}
    return "/samples?" + urlencode({**kept, "before": cursor})


def whole_number(text: str, *, max_digits: int = 9) -> int | None:
    """The number, None where the text is none or a longer one than the database's columns hold."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= max_digits else None


def _rounds(text: str) -> tuple[int, int] | None:
    """`7` or `3-9`."""
    first, dash, last = text.replace(" ", "").partition("-")
    ends = whole_number(first), whole_number(last if dash else first)
    return (ends[0], ends[1]) if ends[0] is not None and ends[1] is not None else None


def _share(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
