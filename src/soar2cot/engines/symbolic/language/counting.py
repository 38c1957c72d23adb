"""How many words a construct takes, without saying it."""

from __future__ import annotations

import json
from functools import cache, lru_cache

from soar2cot.engines.symbolic.language.colours import COLOURS
from soar2cot.engines.symbolic.language.node import Node
from soar2cot.engines.symbolic.language.phrase import TARGET, Slot
from soar2cot.engines.symbolic.language.tokens import length
from soar2cot.engines.symbolic.phrasebook.book import phrases

MAX_WORDS = 20  # of a sentence


@lru_cache(maxsize=4096)
def n_words(item: Node) -> int:
    """The words of a construct as `say` says it, perhaps one or two more than there are; 0 where it has none."""
    leaf = _leaf(item)
    entry = phrases().get(item.op)
    if leaf or entry is None:
        return leaf
    count = _own(item.op)
    for piece in entry.pieces:
        if isinstance(piece, Slot):
            parts = item.nodes[piece.index :] if piece.rest else (item[piece.index],)
            count += sum(map(n_words, parts)) + (len(parts) - 1) * length(list(piece.separator))
            if piece.category == TARGET and item.op != "let":
                count -= _bare(parts[0]) or (_lettered(parts[0]) and len(parts[0].args) > 2 and _together(parts[0]))
    return count - _together(item[0]) if item.op in ("let", "any_of_these") else count


@cache
def _own(op: str) -> int:
    """The words of a phrase itself."""
    return sum(length([piece]) for piece in phrases()[op].pieces if isinstance(piece, str) and piece.strip("[]<>()"))


def _together(item: Node) -> int:
    """How many words fewer several quantities take than with `and` between them: `numbers A, B and C`, `x, y and z`."""
    if item.op != "both":
        return 0
    return 2 * len(item.args) - 3 if _lettered(item) else max(len(item.args) - 2, 0)


def _lettered(item: Node) -> bool:
    """Whether several quantities have one noun, each with a letter."""
    nouns = {str(part.args[0]).split()[0] for part in item.nodes if part.op in ("name", "pair")}
    return item.op == "both" and len(nouns) == 1 and "the" not in nouns


def _bare(item: Node) -> bool:
    """Whether a turn or a rule says it without its article."""
    return item.op in ("name", "pair") and str(item.args[0]).startswith("the ")


def _leaf(item: Node) -> int:
    if item.op in ("name", "pair"):
        return 2
    if item.op in ("int", "float", "dir"):
        return 1
    if item.op == "colour":
        return _colour(item)
    if item.op == "run":
        return 1 + _colour(item[1])
    return len(json.dumps(item.args[0]).split()) if item.op == "str" else 0


def _colour(item: Node) -> int:
    return len(COLOURS[int(str(item.args[0]))].split()) + 1
