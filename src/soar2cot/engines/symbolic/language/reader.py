"""From words to a construct: the phrasebook read backwards."""

from __future__ import annotations

import ast

from soar2cot.engines.symbolic.language.colours import match_colour
from soar2cot.engines.symbolic.language.names import SINGULAR, is_letter, is_noun, match_name, named
from soar2cot.engines.symbolic.language.node import Arg, Node
from soar2cot.engines.symbolic.language.phrase import EXPRESSION, STATEMENT, TARGET, Phrase, Slot
from soar2cot.engines.symbolic.phrasebook.book import infixes, prefixes

DIRECTIONS = {
    "up": (-1, 0),
    "down": (1, 0),
    "left": (0, -1),
    "right": (0, 1),
    "up-left": (-1, -1),
    "up-right": (-1, 1),
    "down-left": (1, -1),
    "down-right": (1, 1),
    "nowhere": (0, 0),
}
BARE_AFTER = frozenset(("each", "every", "some", "no", "one", "any"))
_HALVES = {"row": "row_of", "column": "column_of"}


class NotUnderstoodError(Exception):
    """The text is not in the language; the message says where."""


class Reader:
    """Reads constructs from one list of words. Every answer is remembered, so reading is linear in practice."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self._seen: dict[tuple[int, int, str], tuple[Node, int] | None] = {}
        self.furthest = 0

    def read(self, at: int, level: int = 0, category: str = EXPRESSION) -> tuple[Node, int] | None:
        """The construct that starts at word `at` and binds at least `level`, with the position after it."""
        key = (at, level, category)
        if key not in self._seen:
            self._seen[key] = None
            self._seen[key] = self._read(at, level, category)
        return self._seen[key]

    def _read(self, at: int, level: int, category: str) -> tuple[Node, int] | None:
        if at >= len(self.words):
            return None
        self.furthest = max(self.furthest, at)
        if category == "t":
            return self._target(at)
        found = self._primary(at, level, category)
        while found is not None and category == EXPRESSION:
            longer = self._extend(found, level)
            if longer is None:
                break
            found = longer
        return found

    def _target(self, at: int) -> tuple[Node, int] | None:
        parts: list[Arg] = []
        position = at
        bare = at > 0 and self.words[at - 1] in BARE_AFTER
        plural = self._plural(at) or (self._lettered(at) if bare else None)
        if plural is not None:
            return plural
        ended: tuple[int, int] | None = None  # how many parts, and where, before the first comma
        while True:
            found = self._nested(position) or (self._bare(position) if bare else None) or self.read(position, 50)
            if found is None:
                break
            parts.append(found[0])
            position = found[1]
            mark = self.words[position] if position < len(self.words) else ""
            if mark == "and":
                ended = None
            elif mark == "," and ended is None:
                ended = len(parts), position
            if mark not in ("and", ","):
                break
            position += 1
        if ended is not None or found is None:
            if ended is None:
                return None
            del parts[ended[0] :]
            position = ended[1]
        if len(parts) == 1 and isinstance(parts[0], Node):
            return parts[0], position
        return Node("both", tuple(parts)), position

    def _nested(self, at: int) -> tuple[Node, int] | None:
        """A group of targets in brackets."""
        if at >= len(self.words) or self.words[at] != "(":
            return None
        found = self._target(at + 1)
        if found is None or found[0].op != "both" or self.words[found[1] : found[1] + 1] != [")"]:
            return None
        return found[0], found[1] + 1

    def _lettered(self, at: int) -> tuple[Node, int] | None:
        """`each number A, B and C`."""
        several = self.words[at + 2 : at + 3] == [","] and is_letter(self.words, at + 3)
        return self._several(self.words[at], at) if several and is_noun(self.words[at]) else None

    def _plural(self, at: int) -> tuple[Node, int] | None:
        """`numbers A, B and C`."""
        noun = SINGULAR.get(self.words[at])
        return None if noun is None else self._several(noun, at)

    def _several(self, noun: str, at: int) -> tuple[Node, int] | None:
        """Several quantities of one noun, lettered."""
        if not is_letter(self.words, at + 1):
            return None
        parts: list[Node] = []
        while is_letter(self.words, at + 1):
            parts.append(named(f"{noun} {self.words[at + 1]}"))
            at += 2
            if self.words[at : at + 1] != [","] and self.words[at : at + 1] != ["and"]:
                break
        return Node("both", tuple(parts)), at

    def _bare(self, at: int) -> tuple[Node, int] | None:
        """`each cell` for `the cell`; `each cell A` as it stands."""
        if at >= len(self.words) or not is_noun(self.words[at]) or match_name(self.words, at):
            return None
        label = named(f"the {self.words[at]}")
        half = _HALVES.get(self.words[at + 2]) if self.words[at + 1 : at + 2] == ["'s"] else None
        return (Node(half, (label,)), at + 3) if half is not None else (label, at + 1)

    def _primary(self, at: int, level: int, category: str) -> tuple[Node, int] | None:
        for item, after in prefixes(category).matches(self.words, at):
            if item.level < level and category == EXPRESSION:
                continue
            found = self._slots(item, item.pieces, len(item.lead), after, {})
            if found is not None:
                return found
        if category == STATEMENT:
            return self._becoming(at)
        return self._atom(at) if category == EXPRESSION else None

    def _becoming(self, at: int) -> tuple[Node, int] | None:
        """`the result at the cell becomes red (2)`: a quantity is bound, or a part of one is set."""
        found = self.read(at, 50, TARGET)
        if found is None or self.words[found[1] : found[1] + 1] not in (["becomes"], ["become"]):
            return None
        value = self.read(found[1] + 1, 0)
        if value is None:
            return None
        op = "let" if found[0].op in ("name", "pair", "both") else "put"
        return Node(op, (found[0], value[0])), value[1]

    def _atom(self, at: int) -> tuple[Node, int] | None:
        words = self.words
        word = words[at]
        length = match_name(words, at)
        if length:
            label = " ".join(words[at : at + length])
            return named(label), at + length
        colour = match_colour(words, at)
        if colour is not None:
            return Node("colour", (colour[0],)), at + colour[1]
        if word == "(":
            inner = self.read(at + 1, 0)
            if inner is not None and inner[1] < len(words) and words[inner[1]] == ")":
                return inner[0], inner[1] + 1
            return None
        if word in DIRECTIONS:
            return Node("dir", DIRECTIONS[word]), at + 1
        literal = _literal(word, at)
        run = match_colour(words, at + 1) if literal is not None and literal[0].op == "int" else None
        if literal is not None and run is not None:  # "3 black": so many in a row, within a list
            return Node("run", (literal[0], Node("colour", (run[0],)))), at + 1 + run[1]
        return literal

    def _extend(self, left: tuple[Node, int], level: int) -> tuple[Node, int] | None:
        for item, after in infixes(EXPRESSION).matches(self.words, left[1]):
            if item.level < level or (item.op == "call" and left[0].op != "name"):
                continue
            first = item.pieces[0]
            assert isinstance(first, Slot)
            found = self._slots(item, item.pieces, 1 + len(item.lead), after, {first.index: left[0]})
            if found is not None:
                return found
        return None

    def _slots(
        self, item: Phrase, pieces: tuple[str | Slot, ...], index: int, at: int, parts: dict[int, Node]
    ) -> tuple[Node, int] | None:
        rest: list[Node] = []
        for piece in pieces[index:]:
            if isinstance(piece, str):
                if at >= len(self.words) or self.words[at] != piece:
                    return None
                at += 1
            elif piece.rest:
                at = self._rest(piece, at, rest)
                if not rest and piece is pieces[-1]:
                    return None
            else:
                found = self.read(at, piece.level, piece.category)
                if found is None:
                    return None
                parts[piece.index], at = found
        return Node(item.op, (*(parts[key] for key in sorted(parts)), *rest)), at

    def _rest(self, slot: Slot, at: int, rest: list[Node]) -> int:
        while True:
            start = at
            if rest and slot.separator:
                if tuple(self.words[at : at + len(slot.separator)]) != slot.separator:
                    return start
                at += len(slot.separator)
            found = self.read(at, slot.level, slot.category)
            if found is None:
                return start
            rest.append(found[0])
            at = found[1]


def _literal(word: str, at: int) -> tuple[Node, int] | None:
    first = word[-1] if word[0] == "-" else word[0]
    if first.isdigit():
        if word.lstrip("-").isdigit():
            return Node("int", (int(word),)), at + 1
        return Node("float", (float(word),)), at + 1
    if word[0] == '"':
        return Node("str", (ast.literal_eval(word),)), at + 1
    return None
