"""From statements to numbered sentences."""

from __future__ import annotations

import json
from dataclasses import dataclass

from soar2cot.engines.symbolic.language.node import Node, all_lines
from soar2cot.engines.symbolic.language.phrase import EACH, STATEMENT
from soar2cot.engines.symbolic.language.tokens import join
from soar2cot.engines.symbolic.language.writer import say
from soar2cot.engines.symbolic.phrasebook.short import shorten

MAX_WORDS = 20
_HEADED = frozenset(("for", "for_every", "for_over", "for_else", "while", "forever", "if", "define", "try"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words without their end mark, and the statements that hang below them (None: the sentence is whole).

    `lines` are the lines of the program that it and they come from, as in `Node`.
    """

    words: tuple[str, ...]
    below: Node | None = None
    lines: int = 0


def length(words: list[str]) -> int:
    """How many words a reader counts: marks stand at words, not for themselves."""
    return len(join(words).split())


def write_text(method: Node) -> str:
    """The method as numbered sentences; `method` is a block."""
    return "\n".join(text for text, _ in numbered_lines(method))


def numbered_lines(method: Node) -> list[tuple[str, int]]:
    """The lines of the text, each with the lines of the program that it and what hangs below it come from."""
    lines: list[tuple[str, int]] = []
    method = shorten(method)
    _number(method, "", lines, merge=_room(len(method.args)))
    return lines


def _room(n_statements: int) -> int:
    """How many words may share a top-level number, so that there are 3 to 8 of them."""
    return 0 if n_statements <= 8 else 40 if n_statements <= 20 else 80


def _number(block: Node, prefix: str, lines: list[tuple[str, int]], *, merge: int) -> None:
    count = 0
    current: list[str] = []
    n_words = come_from = 0
    for sentence in sentences(block):
        words = list(sentence.words)
        attached = words[0] == "otherwise"
        if current and not attached and (sentence.below is not None or n_words + len(words) > merge):
            count = _close(current, prefix, count, lines, come_from)
            current, n_words, come_from = [], 0, 0
        current.append(_typed(words, ":" if sentence.below is not None else "."))
        n_words += len(words)
        come_from |= sentence.lines
        if sentence.below is not None:
            count = _close(current, prefix, count, lines, come_from)
            current, n_words, come_from = [], 0, 0
            _number(sentence.below, f"{prefix}{count}.", lines, merge=20)
    if current:
        _close(current, prefix, count, lines, come_from)


def _close(current: list[str], prefix: str, count: int, lines: list[tuple[str, int]], come_from: int) -> int:
    depth = prefix.count(".")
    lines.append((f"{'   ' * depth}{prefix}{count + 1}. {' '.join(current)}", come_from))
    return count + 1


def _typed(words: list[str], mark: str) -> str:
    text = join(words)
    return text[0].upper() + text[1:] + mark


def sentences(block: Node) -> list[Sentence]:
    """The sentences of a block, in order."""
    return [sentence for statement in block.nodes for sentence in _with_lines(_statement(statement), statement)]


def _with_lines(found: list[Sentence], statement: Node) -> list[Sentence]:
    """Each sentence of a statement comes from what hangs below it, where several do; else from all of it."""
    whole = all_lines(statement)
    own = [whole if sentence.below is None else all_lines(sentence.below) or whole for sentence in found]
    own[0] = whole if len(found) == 1 else own[0] | all_lines(statement[0])
    return [Sentence(one.words, one.below, lines) for one, lines in zip(found, own, strict=True)]


def _statement(item: Node) -> list[Sentence]:
    if item.op not in _HEADED:
        return [Sentence(tuple(_simple(item)))]
    if item.op == "if":
        return _choice(item)
    if item.op == "try":
        return [_headed(["try", "this"], item[0]), _headed(["if", "that", "fails"], item[1])]
    if item.op == "for_else":
        loop = _statement(Node("for", item.args[:2]))
        return [*loop, _headed(["if", "that", "loop", "was", "not", "stopped"], item[2])]
    head, body = _head(item)
    return [_headed(head, body)]


def check_head(item: Node) -> None:
    """Raises `CannotSayError` where the statement's own words cannot be said; what hangs below it is not looked at."""
    if item.op not in _HEADED:
        _simple(item)
    elif item.op not in ("try", "for_else"):
        _head(item)


def _head(item: Node) -> tuple[list[str], Node]:
    if item.op == "for":
        return _turns(item)
    if item.op == "for_every":
        words, body = _turns(item)
        return [words[0], "every", *words[2 if words[1] == "each" else 1 :]], body
    if item.op == "for_over":
        words, body = _turns(item)
        return ["painting", "over", ",", *words], body
    if item.op == "while":
        return ["while", *say(item[0], 7)], item[1]
    if item.op == "forever":
        return ["repeat", "without", "end"], item[0]
    if item.op == "if":
        return ["if", *say(item[0], 7)], item[1]
    words = ["to", "do", *say(item[0])]
    if len(item.args) == 3:
        words += ["with", *say(item[2], 0, "t")]
    return words, item[1]


def _turns(item: Node) -> tuple[list[str], Node]:
    words, body = say(item[0], 0, EACH), item[1]
    if len(body.args) == 1 and body[0].op == "if" and len(body[0].args) == 2:
        head = [*words, "where", *say(body[0][0], 7)]
        return (head, body[0][1]) if length(head) <= MAX_WORDS else (words, body)
    return words, body


def _choice(item: Node) -> list[Sentence]:
    head, body = _head(item)
    found = [_headed(head, body)]
    if len(item.args) == 3:
        last = item[2]
        if len(last.args) == 1 and last[0].op == "if":
            first, *rest = _choice(last[0])
            found += [Sentence(("otherwise", ",", *first.words), first.below), *rest]
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
    if len(body.args) == 1 and body[0].op in _HEADED:
        only = body[0]
        if only.op in ("try", "for_else", "define") or (only.op == "if" and len(only.args) == 3):
            return None
        head, inner = _head(only)
        rest = _inline(inner)
        return None if rest is None else [*head, ",", *rest]
    words: list[str] = []
    for statement in body.nodes:
        if statement.op in _HEADED:
            return None
        words += [";"] * bool(words) + _simple(statement)
    return words


def _simple(item: Node) -> list[str]:
    if item.op == "literal":
        return ["do", "literally", json.dumps(item.args[0])]
    return say(item, 0, STATEMENT)
