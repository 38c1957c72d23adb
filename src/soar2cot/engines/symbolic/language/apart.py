"""Takes parts out of a sentence that is too long: each is said in a sentence before.

A part that belongs to what the sentence goes through says so: `For any item A, this value is item A's length. List B
becomes list A sorted by this value of each item A.`
"""

from __future__ import annotations

from collections.abc import Iterator

from soar2cot.engines.symbolic.language.counting import MAX_WORDS, n_words
from soar2cot.engines.symbolic.language.names import noun_of
from soar2cot.engines.symbolic.language.node import Node, bits, rewrite, walk
from soar2cot.engines.symbolic.language.phrase import ANY, EXPRESSION, STATEMENT, TARGET, TURNED, Slot
from soar2cot.engines.symbolic.language.writer import say
from soar2cot.engines.symbolic.phrasebook import wholes
from soar2cot.engines.symbolic.phrasebook.book import phrases
from soar2cot.engines.symbolic.phrasebook.effects import EFFECTS
from soar2cot.engines.symbolic.phrasebook.places import PLACES
from soar2cot.engines.symbolic.phrasebook.short import LONG, RANGES
from soar2cot.engines.symbolic.phrasebook.shorten import filled, shorten
from soar2cot.engines.symbolic.phrasebook.spoken import CONDITIONS, LISTS, NUMBER, PLACES_SAID, SPOKEN, VALUES, put_in

_MOST = 12  # sentences before one
_PARTS = wholes.SEVERAL | {
    *RANGES, "part", "row_part", "column_part", "box_around", "around_1", "around_2", "block_at", "block_from", "piece",
    "piece_before", "piece_size",
}  # fmt: skip
_EFFECTS = bits(EFFECTS)  # said before its sentence, it would seem to happen there
_NUMBERS = frozenset(
    ("height", "width", "length", "half", "mod", "np_max", "np_min", "max2", "min2", "row_of", "column_of",
     "top", "bottom", "leftmost", "rightmost")
)  # fmt: skip
_COUNTING = frozenset((*RANGES, "from", "before", "from_before", "through", "piece", "piece_before"))
_NEARBY = bits(f"at_near_{down}_{right}" for down in ("up", "down") for right in ("left", "right"))
_LISTED = frozenset(("listed", "each_listed", "list", "sorted", "list_of"))
_ASKED = frozenset(("and", "or", "not", "any", "all", "inside", "inside_size"))
_NAMES = frozenset(("name", "pair"))
_IMPLIED = bits(("there", "its_row", "its_column", "its_colour"))  # the cell is known from where they stand

Key = tuple[str, str]
Sentence = tuple[str, ...]


def take_apart(item: Node, extra: int) -> tuple[tuple[Sentence, ...], Node]:
    """The sentences to be said before, and what is left of the construct.

    Args: extra: words of the sentence that are not the construct's.
    Raises: CannotSayError: a part has no words.
    """
    if n_words(item) + extra <= MAX_WORDS:
        return (), item
    apart = _Apart()
    left = apart.shorter(item, extra)
    return tuple(apart.said), left


class _Apart:
    """The sentences before one, as they are found; each may have sentences before it itself."""

    def __init__(self) -> None:
        self.said: list[Sentence] = []
        self._awaited: list[Node] = []  # constructs that are said after what is said now
        self._about: dict[Node, tuple[Node, ...]] = {}  # spoken words: what the part that they stand for is about

    def shorter(self, item: Node, extra: int, around: tuple[Node, ...] = ()) -> Node:
        """What is left of the construct where as many parts are said before as it takes; `around` is bound outside."""
        if n_words(item) + extra > MAX_WORDS:
            item = rewrite(item, _with_place, _NEARBY)
        while len(self.said) < _MOST and n_words(item) + extra > MAX_WORDS:
            best = self._best(item, n_words(item) + extra, around)
            if best is None:
                break
            key, part, about = best
            left = put_in(item, {part: SPOKEN[key]})
            self._awaited.append(left)
            self._say(key, part, about)
            self._awaited.pop()
            item = left
            self._about[SPOKEN[key]] = about
        return item

    def _say(self, key: Key, part: Node, about: tuple[Node, ...]) -> None:
        if n_words(part) + _n_head(key, about) > MAX_WORDS:
            part = self.shorter(_one_by_one(part), _n_head(key, about), about)
        brief = n_words(part) + _n_head(key, about) > MAX_WORDS
        head = say(_any(about, brief=brief), 0, ANY) if about else ()
        self.said.append((*head, *key, "is", *(["that"] * (key[1] in CONDITIONS)), *say(part)))

    def _best(self, item: Node, n_all: int, around: tuple[Node, ...]) -> tuple[Key, Node, tuple[Node, ...]] | None:
        """What leaves the fewest words too many in both sentences, stands for one thing, and makes the longer shortest.

        Of what has sentences before it itself, the last word is kept: they come first and take the first.
        """
        best: tuple[int, bool, int] | None = None
        found: tuple[Key, Node, tuple[Node, ...]] | None = None
        free = self._free(item)
        numbers = {part for inner in walk(item) if inner.op in _COUNTING for part in inner.nodes}
        for part, about in self._candidates(item, around).items():
            kinds = (*_kinds(part), *([NUMBER] if part in numbers else []))
            keys = _of_first_kind(free, kinds)
            if not keys:
                continue
            n_before = n_words(part) + _n_head(keys[0], about)
            key = keys[-1 if n_before > MAX_WORDS else 0]
            n_left = n_all - (n_words(part) - n_words(SPOKEN[key])) * item.below.count(part)
            longest = max(n_before, n_left)
            rank = (max(n_before - MAX_WORDS, 0) + max(n_left - MAX_WORDS, 0), bool(about), longest)
            if longest < n_all and (best is None or rank < best):
                best, found = rank, (key, part, about)
        return found

    def _free(self, item: Node) -> list[Key]:
        """The words that mean nothing yet, then those whose meaning nobody needs any more."""
        needed = {part for waiting in (item, *self._awaited) for part in waiting.below}
        return sorted((key for key in SPOKEN if SPOKEN[key] not in needed), key=lambda key: SPOKEN[key] in self._about)

    def _candidates(self, item: Node, around: tuple[Node, ...]) -> dict[Node, tuple[Node, ...]]:
        """Expressions in a construct, the outermost first, each with the names that are bound around it in there."""
        found: dict[Node, tuple[Node, ...] | None] = {}
        for part, bound in _parts(item, around):
            if not _stands_alone(part) or part in bound:
                continue
            if part == item.args[0] and phrases()[item.op].category == STATEMENT and _kinds(part) != ("part",):
                continue  # what is set or changed
            about = self._names(part, bound)
            if found.setdefault(part, about) != about:
                found[part] = None  # it means another thing elsewhere in the sentence
        return {part: about for part, about in found.items() if about is not None}

    def _names(self, part: Node, bound: tuple[Node, ...]) -> tuple[Node, ...]:
        """What a part is about: of the names that are bound around it those that it holds, itself or by words said."""
        names = [name for name in dict.fromkeys(bound) if name.op in _NAMES]
        own = {name for inner in walk(part) for name in _bound(inner)}
        held = {*part.names, *(name for word in part.below for name in self._about.get(word, ()))} - own
        if part.holds(_IMPLIED) and not any(name.op == "pair" for name in own):
            held.update([name for name in names if name.op == "pair"][-1:])
        return tuple([name for name in names if name in held])


def _of_first_kind(free: list[Key], kinds: tuple[str, ...]) -> list[Key]:
    """The free words of the first kind that has some."""
    for kind in kinds:
        found = [key for key in free if key[1] == kind]
        if found:
            return found
    return []


def _parts(item: Node, bound: tuple[Node, ...]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """All parts, each with what turns and rules around it bind."""
    bound += _bound(item)
    for part in item.nodes:
        yield part, bound
        yield from _parts(part, bound)


def _bound(item: Node) -> tuple[Node, ...]:
    """What a turn or a rule binds, for itself and for what it is a turn of: `cell A's row` and cell A itself."""
    entry = phrases().get(item.op)
    if entry is None or entry.category in (STATEMENT, TARGET):
        return ()
    slots = [piece.index for piece in entry.pieces if isinstance(piece, Slot) and piece.category == TARGET]
    own = tuple([part for index in slots for part in walk(item[index])])
    turns = [part for part in item.nodes if part.op in phrases() and phrases()[part.op].category in TURNED]
    return own + tuple([name for turn in turns for name in _bound(turn)])


def _with_place(item: Node) -> Node:
    """`the input at the cell …` for `the input at distance A down and …`, as a place can be said before."""
    if not item.op.startswith("at_near_"):
        return item
    grid, place = filled(LONG[item.op], item.nodes).nodes
    return Node("at", (grid, shorten(place)), item.lines)


def _one_by_one(place: Node) -> Node:
    """`the cell distance B right of (the cell distance A below cell A)` for `the cell distance A down and …`."""
    if not place.op.startswith("near_") or place.op not in LONG:
        return place
    meant = filled(LONG[place.op], place.nodes)
    inner = meant[0]
    if f"near_{meant.op}" not in LONG or f"near_{inner.op}" not in LONG:
        return place
    return Node(f"near_{meant.op}", (Node(f"near_{inner.op}", inner.args), meant[1]), place.lines)


def _stands_alone(part: Node) -> bool:
    entry = phrases().get(part.op)
    return entry is not None and entry.category == EXPRESSION and bool(part.below) and not part.holds(_EFFECTS)


def _any(about: tuple[Node, ...], *, brief: bool = False) -> Node:
    """`for any item`; `for numbers A and B`, and `for item A` where that is needed."""
    labels = {str(name.args[0]) for name in about}
    lettered = not any(label.startswith("the ") for label in labels)
    together = lettered and len({noun_of(label) for label in labels}) == 1 and (brief or len(about) > 1)
    return Node("any_of_these" if together else "any_of", (about[0] if len(about) == 1 else Node("both", about),))


def _n_head(key: Key, about: tuple[Node, ...]) -> int:
    """The words before a part that is said in a sentence of its own."""
    return 3 + (key[1] in CONDITIONS) + (n_words(_any(about)) if about else 0)


def _is_number(part: Node) -> bool:
    """Whether it is surely a number: only then it may be said to be this or that number, where two values were said."""
    if part.op in ("plus", "minus", "times", "floor_div"):
        return any(map(_is_number, part.nodes))
    return part.op in _NUMBERS or (part.op == "name" and "number" in str(part.args[0]).split())


def _kinds(part: Node) -> tuple[str, ...]:
    """What it may be called, the best word first."""
    if part.op in PLACES or part.op.startswith(("near_", "cell_", "corner_")):
        return PLACES_SAID
    if part.op in _PARTS:
        return ("part",)
    entry = phrases()[part.op]
    if part.op in _ASKED or entry.level in (20, 7):
        return CONDITIONS
    value, *others = VALUES
    return (*(LISTS if part.op in _LISTED else ()), value, *([NUMBER] if _is_number(part) else []), *others)
