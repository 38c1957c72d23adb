"""From numbered sentences to statements: what a follower reads first."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache

from soar2cot.engines.symbolic.language.layout import write_text
from soar2cot.engines.symbolic.language.node import Arg, Node
from soar2cot.engines.symbolic.language.phrase import ANY, EACH, EXPRESSION, STATEMENT
from soar2cot.engines.symbolic.language.reader import NotUnderstoodError, Reader
from soar2cot.engines.symbolic.language.tokens import join, tokens
from soar2cot.engines.symbolic.phrasebook.shorten import lengthen
from soar2cot.engines.symbolic.phrasebook.spoken import CONDITIONS, SPOKEN, put_in

__all__ = ["NotUnderstoodError", "Step", "read_steps", "read_text", "write_text"]

_LINE = re.compile(r"\s*((?:\d+\.)+)\s+(.*)\Z")
_GOES_ON = re.compile(r"(?:(?:For [^,.]*, t|T)h(?:is|at) \w+ is [^.]*\. )*(?:Otherwise|If that (?:fails|loop))")
_FAILS = ["if", "that", "fails"]
_NOT_STOPPED = ["if", "that", "loop", "was", "not", "stopped"]


@dataclass(slots=True)
class Line:
    """A numbered line with the lines below it."""

    number: str
    text: str
    below: list[Line] = field(default_factory=list["Line"])


@dataclass(frozen=True, slots=True)
class Step:
    """A top-level step: its number, its words with the lines below it, the statements that it means."""

    number: int
    sentence: str
    statements: tuple[Node, ...]


def _whole(line: Line, depth: int = 0) -> str:
    """The line without its number, and all below it as it stands in the text: which choice an "otherwise" belongs to
    is seen by its place alone."""
    below = (f"{'   ' * (depth + 1)}{part.number} {_whole(part, depth + 1)}" for part in line.below)
    return "\n".join([line.text, *below])


def read_text(text: str) -> Node:
    """The method that the text means, a block.

    Raises: NotUnderstoodError: naming the number and the words.
    """
    return Node("block", tuple(item for step in read_steps(text) for item in step.statements))


@lru_cache(maxsize=64)
def read_steps(text: str) -> tuple[Step, ...]:
    """The method by its top-level numbers; an "otherwise" belongs to the step before it.

    Texts just read are remembered: whoever writes one reads it back, and it is followed on several grids.
    """
    steps: list[Step] = []
    for line in _outline(text):
        statements: list[Arg] = []
        if steps and _GOES_ON.match(line.text):
            last = steps.pop()
            statements = list(last.statements)
            _read_line(line, statements)
            steps.append(Step(last.number, f"{last.sentence}\n   {_whole(line, 1)}", tuple(_nodes(statements))))
            continue
        _read_line(line, statements)
        steps.append(Step(int(line.number.split(".")[0]), _whole(line), tuple(_nodes(statements))))
    return tuple(steps)


def _nodes(statements: list[Arg]) -> list[Node]:
    return list(lengthen(Node("block", tuple(statements))).nodes)


def _outline(text: str) -> list[Line]:
    top = Line("", "")
    for raw in text.splitlines():
        if not raw.strip():
            continue
        match = _LINE.match(raw)
        if match is None:
            raise NotUnderstoodError(f"this line has no number: {raw.strip()[:60]}")
        here = top
        for _ in range(match[1].count(".") - 1):
            if not here.below:
                raise NotUnderstoodError(f"step {match[1]} hangs below nothing")
            here = here.below[-1]
        here.below.append(Line(match[1], match[2]))
    return top.below


def _block(lines: list[Line]) -> Node:
    statements: list[Arg] = []
    for line in lines:
        _read_line(line, statements)
    return Node("block", tuple(statements))


def _read_line(line: Line, statements: list[Arg]) -> None:
    words = tokens(line.text)
    start = 0
    said: dict[Node, Node] = {}
    while start < len(words):
        words[start] = words[start][0].lower() + words[start][1:]
        reading = _Sentence(words, start, line)
        if not reading.read_before(said):
            reading.read(statements)
            last = statements[-1]
            if said and isinstance(last, Node):
                statements[-1] = put_in(last, said)
                said.clear()
        start = reading.at


class _Sentence:
    """One sentence of a line, read from `at` on."""

    def __init__(self, words: list[str], at: int, line: Line) -> None:
        self._reader = Reader(words)
        self.words = words
        self.at: int = at
        self._line = line

    def read_before(self, said: dict[Node, Node]) -> bool:
        """Reads a sentence that only says a part of the next one, False where it is none."""
        start = self.at
        about = self._reader.read(start, 0, ANY)
        self.at = start if about is None else about[1]
        which, kind, verb = (*self.words[self.at : self.at + 3], "", "", "")[:3]
        leaf = SPOKEN.get((which, kind))
        if leaf is None or verb != "is":
            self.at = start
            return False
        self.at += 3
        if kind in CONDITIONS:
            self._expect(self._skip(["that"]), "what holds is missing")
        said[leaf] = put_in(self._read(0), said)
        self._expect(self._skip(["."]), "the sentence does not end")
        return True

    def read(self, statements: list[Arg]) -> None:
        """Reads one sentence to its end mark; adds what it means, or hangs it onto the statement before."""
        if self._skip(["otherwise"]):
            self._otherwise(statements)
        elif self._skip(_FAILS):
            statements[-1] = Node("try", (self._last(statements, "try")[0], self._body()))
        elif self._skip(_NOT_STOPPED):
            loop = self._last(statements, "for")
            statements[-1] = Node("for_else", (*loop.args, self._body()))
        else:
            statements.append(self._statement())
        if not self._skip(["."]):
            self._expect(len(self.words) == self.at, "the sentence does not end")

    def _otherwise(self, statements: list[Arg]) -> None:
        chain = [self._last(statements, "if")]
        while len(chain[-1].args) == 3:
            inner = chain[-1][2]
            self._expect(len(inner.args) == 1 and inner[0].op == "if", "there already is an otherwise")
            chain.append(inner[0])
        if self._looks(",") and self.words[self.at + 1 : self.at + 2] == ["if"]:
            self.at += 1
            added = Node("block", (self._statement(),))
        else:
            added = self._body()
        for item in reversed(chain):
            added = Node("block", (Node("if", (*item.args[:2], added)),))
        statements[-1] = added[0]

    def _last(self, statements: list[Arg], op: str) -> Node:
        last = statements[-1] if statements else None
        if not isinstance(last, Node) or last.op != op:
            raise self._lost(f"no {op} stands before this")
        return last

    def _statement(self) -> Node:
        if self._skip(["if"]):
            condition = self._condition()
            return Node("if", (condition, self._body()))
        if self._looks("for") or self._looks("painting") or self._looks("until"):
            return self._loop()
        if self._skip(["while"]):
            condition = self._condition()
            return Node("while", (condition, self._body()))
        if self._skip(["repeat", "without", "end"]):
            return Node("forever", (self._body(),))
        if self._skip(["try", "this"]):
            return Node("try", (self._body(),))
        if self._skip(["to", "do"]):
            return self._procedure()
        return self._simple()

    def _condition(self) -> Node:
        condition = self._read(7)
        if self._skip(["does", "not", "hold"]):
            return Node("not", (condition,))
        self._skip(["holds"])
        return condition

    def _loop(self) -> Node:
        op = "for_over" if self._skip(["painting", "over", ","]) else "for"
        if self._looks("for") and self.words[self.at + 1 : self.at + 2] == ["every"]:
            op = "for_every"
            self.words[self.at + 1] = "each"  # the same turns have both words
        elif self._skip(["until", "one", "is", "found", ","]):
            op = "for_first"
        elif self.words[self.at : self.at + 3] == ["for", "the", "first"]:
            op = "for_first"
            self.words[self.at : self.at + 3] = ["for", "each"]
        turn = self._read(0, EACH)
        if self._skip(["where"]):
            condition = self._condition()
            return Node(op, (turn, Node("block", (Node("if", (condition, self._body())),))))
        return Node(op, (turn, self._body()))

    def _procedure(self) -> Node:
        label = self._read(60)
        if self._skip(["with"]):
            parameters = self._read(0, "t")
            return Node("define", (label, self._body(), parameters))
        return Node("define", (label, self._body()))

    def _simple(self) -> Node:
        if self._skip(["do", "literally"]):
            code = json.loads(self.words[self.at])
            self.at += 1
            return Node("literal", (code,))
        return self._read(0, STATEMENT)

    def _body(self) -> Node:
        if self._skip([":"]):
            self._expect(bool(self._line.below), "nothing stands below this")
            return _block(self._line.below)
        self._expect(self._skip([","]), "a comma or a colon is missing")
        statements: list[Arg] = [self._statement()]
        while self._skip([";"]):
            statements.append(self._statement())
        return Node("block", tuple(statements))

    def _read(self, level: int, category: str = EXPRESSION) -> Node:
        found = self._reader.read(self.at, level, category)
        if found is None:
            raise self._lost("this is not in the language")
        self.at = found[1]
        return found[0]

    def _looks(self, word: str) -> bool:
        return self.at < len(self.words) and self.words[self.at] == word

    def _skip(self, words: list[str]) -> bool:
        if self.words[self.at : self.at + len(words)] != words:
            return False
        self.at += len(words)
        return True

    def _expect(self, holds: bool, why: str) -> None:
        if not holds:
            raise self._lost(why)

    def _lost(self, why: str) -> NotUnderstoodError:
        at = max(self.at, self._reader.furthest)
        return NotUnderstoodError(f"step {self._line.number} {why}: {join(self.words[at : at + 8])}")
