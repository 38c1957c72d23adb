"""From statements to numbered sentences."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from soar2cot.engines.symbolic.language.apart import take_apart
from soar2cot.engines.symbolic.language.colours import without_numbers
from soar2cot.engines.symbolic.language.counting import MAX_WORDS
from soar2cot.engines.symbolic.language.node import HEADED, Node, all_lines
from soar2cot.engines.symbolic.language.phrase import EACH, STATEMENT
from soar2cot.engines.symbolic.language.tokens import join, length
from soar2cot.engines.symbolic.language.writer import say
from soar2cot.engines.symbolic.phrasebook.shorten import shorten

MAX_STEPS = 8
_MERGED = (0, 40, 80, 160)  # words under one number: the least of these that gives no more steps
_MERGED_BELOW = 20  # words under one number of those below another
_HEAD_WORDS = {"for_over": 2, "for_first": 4}
_HOLDS = frozenset(("name", "call"))
_ASKED_AGAIN = frozenset(("while", "forever", "define"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words without their end mark, and the statements that hang below them (None: the sentence is whole).

    `lines` are the lines of the program that it and they come from, as in `Node`; `before` are the sentences that say
    parts of this one, as it would be too long.
    """

    words: tuple[str, ...]
    below: Node | None = None
    lines: int = 0
    before: tuple[tuple[str, ...], ...] = ()


def write_text(method: Node) -> str:
    """The method as numbered sentences; `method` is a block."""
    return "\n".join(text for text, _ in numbered_lines(method))


def numbered_lines(method: Node) -> list[tuple[str, int]]:
    """The lines of the text, each with the lines of the program that it and what hangs below it come from."""
    found = sentences(shorten(method))
    groups: list[list[Sentence]] = []
    for merge in _MERGED:
        groups = _grouped(found, merge, to_heads=merge > _MERGED[1])
        if len(groups) <= MAX_STEPS:
            break
    numbering = _Numbering()
    numbering.number(groups, "")
    return numbering.lines


def _grouped(found: list[Sentence], merge: int, *, to_heads: bool = False) -> list[list[Sentence]]:
    """Sentences that stand under one number: up to `merge` words, and none behind one that has others below.

    `to_heads`: also before one that has others below.
    """
    groups: list[list[Sentence]] = []
    n_words, is_open = 0, False
    for sentence in found:
        n_own = len(sentence.words) + sum(map(len, sentence.before))
        apart = sentence.below is not None and not to_heads
        if is_open and (sentence.words[0] == "otherwise" or not (apart or n_words + n_own > merge)):
            groups[-1].append(sentence)
            n_words += n_own
        else:
            groups.append([sentence])
            n_words = n_own
        is_open = sentence.below is None
    return groups


@dataclass
class _Numbering:
    """The lines of a text so far, and the colours whose number was said."""

    lines: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    known: set[int] = field(default_factory=set[int])

    def number(self, groups: list[list[Sentence]], prefix: str) -> None:
        """Adds a line for each group, and those below it."""
        indent = "   " * prefix.count(".")
        for count, group in enumerate(groups, start=1):
            typed: list[str] = []
            come_from = 0
            for sentence in group:
                typed += [self._typed(list(part), ".") for part in sentence.before]
                typed.append(self._typed(list(sentence.words), ":" if sentence.below is not None else "."))
                come_from |= sentence.lines
            self.lines.append((f"{indent}{prefix}{count}. {' '.join(typed)}", come_from))
            below = group[-1].below
            if below is not None:
                self.number(_grouped(sentences(below), _MERGED_BELOW), f"{prefix}{count}.")

    def _typed(self, words: list[str], mark: str) -> str:
        text = join(without_numbers(words, self.known))
        return text[0].upper() + text[1:] + mark


def sentences(block: Node) -> list[Sentence]:
    """The sentences of a block, in order."""
    return [sentence for statement in block.nodes for sentence in _with_lines(_statement(statement), statement)]


def _with_lines(found: list[Sentence], statement: Node) -> list[Sentence]:
    """Each sentence of a statement comes from what hangs below it, where several do; else from all of it."""
    whole = all_lines(statement)
    own = [whole if sentence.below is None else all_lines(sentence.below) or whole for sentence in found]
    own[0] = whole if len(found) == 1 else own[0] | all_lines(statement[0])
    return [Sentence(one.words, one.below, lines, one.before) for one, lines in zip(found, own, strict=True)]


def _statement(item: Node) -> list[Sentence]:
    if item.op not in HEADED:
        before, item = take_apart(item, 0)
        return [Sentence(tuple(_simple(item)), before=before)]
    if item.op == "if":
        return _choice(item)
    if item.op == "try":
        return [_headed(["try", "this"], item[0]), _headed(["if", "that", "fails"], item[1])]
    if item.op == "for_else":
        loop = _statement(Node("for", item.args[:2]))
        return [*loop, _headed(["if", "that", "loop", "was", "not", "stopped"], item[2])]
    return [_said(item)]


def _said(item: Node, first: tuple[str, ...] = ()) -> Sentence:
    """The head of a statement with what it holds, `first` before it."""
    before: tuple[tuple[str, ...], ...] = ()
    if item.op not in _ASKED_AGAIN:
        before, part = take_apart(item[0], len(first) + _n_head_words(item))
        item = Node(item.op, (part, *item.args[1:]), item.lines) if before else item
    head, body = _head(item)
    found = _headed([*first, *head], body)
    return replace(found, before=before) if before else found


def _n_head_words(item: Node) -> int:
    """The words of a statement's head around what it asks or goes through."""
    if item.op != "if":
        return _HEAD_WORDS.get(item.op, 0)
    denied = item[0].op == "not" and item[0][0].op in _HOLDS
    return 4 if denied else 1 + (item[0].op in _HOLDS)


def check_head(item: Node) -> None:
    """Raises `CannotSayError` where the statement's own words cannot be said; what hangs below it is not looked at."""
    if item.op not in HEADED:
        _simple(item)
    elif item.op not in ("try", "for_else"):
        _head(item)


def _head(item: Node) -> tuple[list[str], Node]:
    if item.op == "for":
        return _turns(item)
    if item.op == "for_every":
        words, body = _turns(item)
        return [words[0], "every", *words[2:]], body
    if item.op == "for_over":
        return _turns(item, "painting", "over", ",")
    if item.op == "for_first":
        words, body = _turns(item)
        if item[1] is not body and length(words) < MAX_WORDS and not (len(body.args) == 1 and body[0].op == "if"):
            return [words[0], "the", "first", *words[2:]], body
        return _turns(item, "until", "one", "is", "found", ",")
    if item.op == "while":
        return ["while", *_asked(item[0])], item[1]
    if item.op == "forever":
        return ["repeat", "without", "end"], item[0]
    if item.op == "if":
        return ["if", *_asked(item[0])], item[1]
    words = ["to", "do", *say(item[0])]
    if len(item.args) == 3:
        words += ["with", *say(item[2], 0, "t")]
    return words, item[1]


def _asked(condition: Node) -> list[str]:
    """A condition; what is no sentence by itself holds or does not."""
    if condition.op in _HOLDS:
        return [*say(condition, 7), "holds"]
    if condition.op == "not" and condition[0].op in _HOLDS:
        return [*say(condition[0], 7), "does", "not", "hold"]
    return say(condition, 7)


def _turns(item: Node, *first: str) -> tuple[list[str], Node]:
    """The words of a loop, `first` before them, with the condition on its turns where both fit a sentence."""
    words, body = [*first, *say(item[0], 0, EACH)], item[1]
    if len(body.args) == 1 and body[0].op == "if" and len(body[0].args) == 2:
        head = [*words, "where", *_asked(body[0][0])]
        return (head, body[0][1]) if length(head) <= MAX_WORDS else (words, body)
    return words, body


def _choice(item: Node, first: tuple[str, ...] = ()) -> list[Sentence]:
    found = [_said(item, first)]
    if len(item.args) == 3:
        last = item[2]
        if len(last.args) == 1 and last[0].op == "if":
            found += _choice(last[0], ("otherwise", ","))
        else:
            found.append(_headed(["otherwise"], last))
    return found


def _headed(head: list[str], body: Node) -> Sentence:
    """The body in the same sentence where it is short, below it where not."""
    inline = _inline(body)
    if inline is not None and length([*head, ",", *inline]) <= MAX_WORDS:
        return Sentence((*head, ",", *inline))
    return Sentence(tuple(head), body)


def _inline(body: Node) -> list[str] | None:
    if len(body.args) == 1 and body[0].op in HEADED:
        only = body[0]
        if only.op in ("try", "for_else", "define") or (only.op == "if" and len(only.args) == 3):
            return None
        head, inner = _head(only)
        rest = _inline(inner)
        return None if rest is None else [*head, ",", *rest]
    words: list[str] = []
    for statement in body.nodes:
        if statement.op in HEADED:
            return None
        words += [";"] * bool(words) + _simple(statement)
    return words


def _simple(item: Node) -> list[str]:
    if item.op == "literal":
        return ["do", "literally", json.dumps(item.args[0])]
    return say(item, 0, STATEMENT)
