"""How quantities are named in a method: a noun of a closed list, with a letter where there are several.

`the result`, `list A`, `cell B`. A noun of PAIRS stands for two numbers at once (a row and a column).
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from soar2cot.engines.symbolic.language.node import Node, bits, walk

PAIRS = ("cell", "direction")
NOUNS = (
    *PAIRS,
    "input",
    "result",
    "picture",
    "array",
    "height",
    "width",
    "row",
    "column",
    "line",
    "colour",
    "count",
    "number",
    "list",
    "set",
    "table",
    "flag",
    "place",
    "mask",
    "group",
    "item",
    "index",
    "value",
    "procedure",
    "background",
    "size",
    "tally",
    "queue",
    "box",
    "rule",
    "distance",
    "shape",
    "object",
)
_NOUN_SET = frozenset(NOUNS)
_IRREGULAR = {"box": "boxes", "index": "indices", "tally": "tallies", "background": "backgrounds"}
PLURALS = {noun: _IRREGULAR.get(noun, f"{noun}s") for noun in NOUNS}
SINGULAR = {plural: noun for noun, plural in PLURALS.items()}
INPUT, RESULT = Node("name", ("the input",)), Node("name", ("the result",))
_FIXED = frozenset((INPUT.args[0], RESULT.args[0]))  # what is given, and what is the answer where none is named
_NAMES = bits(["name", "pair"])
_LETTERS = re.compile(r"[A-Z]{1,2}\Z")


def match_name(words: list[str], at: int) -> int:
    """The number of words of the name that starts at `at`, 0 where none does."""
    if words[at] == "the" and at + 1 < len(words) and words[at + 1] in _NOUN_SET:
        return 2
    if words[at] in _NOUN_SET and at + 1 < len(words) and _LETTERS.match(words[at + 1]):
        return 2
    return 0


def is_noun(word: str) -> bool:
    """Whether quantities are named so."""
    return word in _NOUN_SET


@lru_cache(maxsize=1024)
def is_pair(name: str) -> bool:
    """Whether the name stands for a row and a column."""
    return any(noun in PAIRS for noun in name.split())


def is_letter(words: list[str], at: int) -> bool:
    """Whether the letter of a name stands there."""
    return at < len(words) and _LETTERS.match(words[at]) is not None


def named(label: str) -> Node:
    """The quantity of that name."""
    return Node("pair" if is_pair(label) else "name", (label,))


def letters(index: int) -> str:
    """A, B … Z, AA, AB …"""
    return chr(65 + index) if index < 26 else chr(64 + index // 26) + chr(65 + index % 26)


def free_name(method: Node, noun: str) -> Node:
    """A name with this noun that the method does not use."""
    used = {str(item.args[0]) for item in walk(method) if item.op in ("name", "pair")}
    index = next(index for index in range(700) if f"{noun} {letters(index)}" not in used)
    return Node("name", (f"{noun} {letters(index)}",))


def in_order(method: Node) -> Node:
    """The method with its names lettered as they are first met; the only one of its noun has no letter."""
    of_noun: dict[str, list[str]] = defaultdict(list)
    for label in dict.fromkeys(str(item.args[0]) for item in walk(method) if item.op in ("name", "pair")):
        of_noun[noun_of(label)].append(label)
    renamed: dict[str, str] = {}
    for noun, labels in of_noun.items():
        free = [label for label in labels if label not in _FIXED]
        alone = len(labels) == 1
        renamed.update((label, f"the {noun}" if alone else f"{noun} {letters(n)}") for n, label in enumerate(free))
    changed = {label: new for label, new in renamed.items() if label != new}
    return _renamed(method, changed) if changed else method


def _renamed(item: Node, names: dict[str, str]) -> Node:
    if item.nodes:
        return item.of(tuple([_renamed(part, names) if part.ops & _NAMES else part for part in item.nodes]))
    new = names.get(str(item.args[0])) if item.op in ("name", "pair") else None
    return item if new is None else Node(item.op, (new,), item.lines)


@lru_cache(maxsize=1024)
def noun_of(label: str) -> str:
    """The noun of a name: `list` of `list A` and of `the list`."""
    first, second = label.split()
    return second if first == "the" else first


@lru_cache(maxsize=1024)
def variable(name: str) -> str:
    """The follower's own variable for a name."""
    return "v_" + name.replace("the ", "").replace(" ", "_")
