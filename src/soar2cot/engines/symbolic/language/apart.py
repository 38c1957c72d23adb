"""Takes a part out of a sentence that is too long: it is said in a sentence before."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.counting import MAX_WORDS, n_words
from soar2cot.engines.symbolic.language.node import Node, bits, walk
from soar2cot.engines.symbolic.language.phrase import EXPRESSION, STATEMENT, TARGET, Slot
from soar2cot.engines.symbolic.language.writer import say
from soar2cot.engines.symbolic.phrasebook import wholes
from soar2cot.engines.symbolic.phrasebook.book import phrases
from soar2cot.engines.symbolic.phrasebook.places import PLACES
from soar2cot.engines.symbolic.phrasebook.spoken import CONDITION, NUMBER, SPOKEN, put_in

_MOST = 4  # sentences before one
_PARTS = wholes.SEVERAL | {
    "part", "row_part", "column_part", "lines", "lines_before", "box_around", "around_1", "around_2",
    "block_at", "block_from", "piece", "piece_before", "piece_size",
}  # fmt: skip
# what changes something when it is asked for: said before its sentence, it would seem to happen there
_EFFECTS = bits(
    ("pop", "pop_left", "pop_at", "pop_else", "pop_item", "heap_pop", "heap_push", "set_default", "next", "next_else",
     "call", "call0")
)  # fmt: skip
_NUMBERS = frozenset(
    ("height", "width", "length", "half", "mod", "np_max", "np_min", "max2", "min2", "row_of", "column_of",
     "top", "bottom", "leftmost", "rightmost")
)  # fmt: skip
_CONDITIONS = frozenset(("and", "or", "not", "any", "all", "inside", "inside_size"))


def take_apart(item: Node, extra: int) -> tuple[tuple[tuple[str, ...], ...], Node]:
    """The sentences to be said before, and what is left of the construct.

    Args: extra: words of the sentence that are not the construct's.
    Raises: CannotSayError: a part has no words.
    """
    said: list[tuple[str, ...]] = []
    free = list(SPOKEN)
    while len(said) < _MOST and n_words(item) + extra > MAX_WORDS:
        best = _best(item, free, n_words(item) + extra)
        if best is None:
            break
        key, part = best
        said.append((*key, "is", *(["that"] * (key[1] == CONDITION)), *say(part)))
        item = put_in(item, {part: SPOKEN[key]})
        free.remove(key)
    return tuple(said), item


def _best(item: Node, free: list[tuple[str, str]], n_all: int) -> tuple[tuple[str, str], Node] | None:
    """What fits a sentence by itself and makes the longest of the two sentences shortest."""
    best: tuple[bool, int] = (True, n_all)
    found: tuple[tuple[str, str], Node] | None = None
    for part in _candidates(item):
        kind = _kind(part)
        kinds = ("value", NUMBER) if kind == "value" and _is_number(part) else (kind,)
        key = next((key for wanted in kinds for key in free if key[1] == wanted), None)
        if key is None:
            continue
        n_part, n_leaf = n_words(part), n_words(SPOKEN[key])
        n_before = n_part + (4 if kind == CONDITION else 3)
        n_left = n_all - (n_part - n_leaf) * item.below.count(part)
        rank = (n_before > MAX_WORDS, max(n_before, n_left))
        if rank[1] < n_all and rank < best:
            best, found = rank, (key, part)
    return found


def _candidates(item: Node) -> list[Node]:
    """Expressions in a construct of which nothing is bound outside of them, the outermost first."""
    binding = [(inner, _bound(inner)) for inner in walk(item)]
    found: dict[Node, None] = {}
    for part in item.below:
        entry = phrases().get(part.op)
        if entry is None or entry.category != EXPRESSION or not part.below:
            continue
        if part.holds(_EFFECTS):
            continue
        if part == item.args[0] and phrases()[item.op].category == STATEMENT:
            continue  # what is set or changed
        parts = set(walk(part))
        if all(parts.isdisjoint(bound) or inner in parts for inner, bound in binding):
            found[part] = None
    return list(found)


def _bound(item: Node) -> list[Node]:
    """What a turn or a rule binds."""
    entry = phrases().get(item.op)
    if entry is None or entry.category in (STATEMENT, TARGET):
        return []
    slots = [piece.index for piece in entry.pieces if isinstance(piece, Slot) and piece.category == TARGET]
    return [part for index in slots for part in (item[index], *item[index].nodes)]


def _is_number(part: Node) -> bool:
    """Whether it is surely a number: only then it may be said to be this or that number, where two values were said."""
    if part.op in ("plus", "minus", "times", "floor_div"):
        return any(map(_is_number, part.nodes))
    return part.op in _NUMBERS or (part.op == "name" and "number" in str(part.args[0]).split())


def _kind(part: Node) -> str:
    if part.op in PLACES or part.op.startswith(("near_", "cell_", "corner_")):
        return "place"
    if part.op in _PARTS:
        return "part"
    entry = phrases()[part.op]
    return CONDITION if part.op in _CONDITIONS or entry.level == 20 or entry.level == 7 else "value"
