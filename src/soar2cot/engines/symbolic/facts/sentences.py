"""Claim to sentence, and sentence back to claim, from one entry of the registry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from soar2cot.engines.symbolic.facts.claims import Claim, Scope, Value
from soar2cot.engines.symbolic.facts.predicates import PREDICATES, Predicate
from soar2cot.engines.symbolic.facts.words import KINDS, UnreadableError

_SLOT = re.compile(r"\{(\d)\}")


def phrasings(predicate: Predicate, scope: Scope) -> tuple[str, ...]:
    """The wordings of a predicate that fit this scope."""
    return predicate.every if scope.where == "pairs" else predicate.one


def render(claim: Claim, *, variant: int = 0) -> str:
    """The claim as a sentence without its full stop; `variant` picks among the wordings."""
    predicate = PREDICATES[claim.predicate]
    wordings = phrasings(predicate, claim.scope)
    values = [*claim.args, claim.value] if predicate.valued else list(claim.args)
    words = [KINDS[kind].say(value) for kind, value in zip(predicate.slots, values, strict=True)]
    return _SLOT.sub(lambda match: words[int(match.group(1))], wordings[variant % len(wordings)])


def read(sentence: str, scope: Scope) -> tuple[Claim, ...]:
    """Every claim that a sentence without its full stop can mean in this scope; () where it means none."""
    return tuple(_readings(sentence, scope))


def _readings(sentence: str, scope: Scope) -> Iterator[Claim]:
    yield from _matches(sentence, scope, _patterns(scope.where == "pairs", False))


def read_line(line: str, scope: Scope) -> tuple[Claim, ...]:
    """Every claim that a whole line can mean that quotes the method or what was found."""
    return tuple(_matches(line, scope, _patterns(False, True)))


def _matches(words: str, scope: Scope, patterns: tuple[tuple[Predicate, re.Pattern[str]], ...]) -> Iterator[Claim]:
    for predicate, pattern in patterns:
        match = pattern.fullmatch(words)
        if match is None:
            continue
        try:
            yield _claim(predicate, match, scope)
        except UnreadableError:
            continue


def _claim(predicate: Predicate, match: re.Match[str], scope: Scope) -> Claim:
    values: list[Value] = []
    for index, kind in enumerate(predicate.slots):
        values.append(KINDS[kind].read(match.group(f"s{index}")))
    if predicate.valued:
        return Claim(predicate.id, tuple(values[:-1]), scope, values[-1])
    return Claim(predicate.id, tuple(values), scope)


@cache
def _patterns(every: bool, whole_line: bool) -> tuple[tuple[Predicate, re.Pattern[str]], ...]:
    """Each wording as a pattern with a group per slot: made once, as the registry never changes."""
    return tuple(
        (predicate, _pattern(predicate, wording))
        for predicate in PREDICATES.values()
        if (predicate.family == "line") == whole_line
        for wording in (predicate.every if every else predicate.one)
    )


def _pattern(predicate: Predicate, wording: str) -> re.Pattern[str]:
    parts = _SLOT.split(wording)
    text = "".join(
        f"(?P<s{part}>{KINDS[predicate.slots[int(part)]].pattern})" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )
    return re.compile(text)
