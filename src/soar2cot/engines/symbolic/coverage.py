"""How much of a data set the symbolic engine can say: the figures of docs/symbolic.md, from one place."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from soar2cot.challenge import Challenge
from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.idioms.events import idiom_ops
from soar2cot.engines.symbolic.language.layout import write_text
from soar2cot.engines.symbolic.language.node import Node, all_lines, walk
from soar2cot.engines.symbolic.language.writer import CannotSayError
from soar2cot.engines.symbolic.method import Method, write_method
from soar2cot.engines.symbolic.prose import MAX_SENTENCE_WORDS, STEPS, measure
from soar2cot.records import Grid
from soar2cot.sandbox.base import Job, Sandbox

MAX_EVENTS = 20_000
SELECTIONS = frozenset(
    (
        "cells_that_are", "cells_that_are_not", "cells_down", "near_cells", "near_rows", "near_columns",
        "beside", "touching", "diagonal_to", "remap", "inside",
        "top", "bottom", "leftmost", "rightmost", "ends", "ends_down", "ends_across", "blank_like", "grid_copy",
    )
)  # fmt: skip
_LOOPS = frozenset(("for", "for_else", "while"))
_HEADED = _LOOPS | {"if", "for_over"}
_HOLDERS = frozenset(("block", "if", "define", "try"))


@dataclass
class Coverage:
    """Counts over programs.

    Args: sandbox: where programs are traced, for the share of line events inside idioms; None leaves that out.

    `reasons` says why a text did not give every grid, `missing` what has no words, `regions` which loops no idiom
    names (by form, with an example in `examples`), `failures` what the writer or the follower itself raised.
    """

    sandbox: Sandbox | None = None
    n: int = 0
    n_reproduced: int = 0
    n_named: int = 0
    n_steps_right: int = 0
    n_short: int = 0
    n_clean: int = 0
    n_events: int = 0
    n_events_inside: int = 0
    slowest_s: float = 0.0
    write_s: float = 0.0
    follow_s: float = 0.0
    words: list[int] = field(default_factory=list[int])
    sentence_words: list[int] = field(default_factory=list[int])
    shares_inside: list[float] = field(default_factory=list[float])
    reasons: Counter[str] = field(default_factory=Counter[str])
    missing: Counter[str] = field(default_factory=Counter[str])
    forbidden: Counter[str] = field(default_factory=Counter[str])
    regions: Counter[str] = field(default_factory=Counter[str])
    examples: dict[str, str] = field(default_factory=dict[str, str])
    failures: list[str] = field(default_factory=list[str])

    def add(self, code: str, challenge: Challenge, solutions: tuple[Grid, ...]) -> bool:
        """One program: written, then followed from the text alone on every input; True where every grid came out."""
        self.n += 1
        try:
            return self._add(code, challenge, solutions)
        except Exception as error:  # noqa: BLE001 - counted: there should be none
            self.failures.append(f"{challenge.task_id}: {type(error).__name__}: {error}"[:200])
            self.reasons["the explainer failed"] += 1
            return False

    def _add(self, code: str, challenge: Challenge, solutions: tuple[Grid, ...]) -> bool:
        inputs = [pair.input for pair in challenge.train] + [item.input for item in challenge.test]
        outputs = [pair.output for pair in challenge.train] + list(solutions)
        started = time.process_time()
        method = write_method(code, inputs, outputs)
        written = time.process_time()
        reason = self._reason(method.text, inputs, outputs)
        ended = time.process_time()
        self.follow_s += ended - written
        self.write_s += written - started
        self.slowest_s = max(self.slowest_s, ended - started)
        self.n_named += method.unnamed == 0
        self.missing.update(method.missing.keys())
        self._measure(method.text)
        self._look_inside(code, inputs, method)
        if reason is None:
            self.n_reproduced += 1
        else:
            self.reasons["literal code" if method.unnamed else reason] += 1
        return reason is None

    def _reason(self, text: str, inputs: list[Grid], outputs: list[Grid]) -> str | None:
        for grid, wanted in zip(inputs, outputs, strict=True):
            found = follow(text, grid)
            if found.grid != wanted:
                return found.error or "another grid"
        return None

    def _measure(self, text: str) -> None:
        prose = measure(text)
        self.words.append(prose.n_words)
        self.sentence_words += prose.sentence_words
        self.n_steps_right += STEPS[0] <= prose.n_steps <= STEPS[1]
        self.n_short += not prose.n_long_sentences
        self.n_clean += not prose.found
        self.forbidden.update(prose.found)

    def _look_inside(self, code: str, inputs: list[Grid], method: Method) -> None:
        """Which of the program's line events lie inside idioms, and which loops no idiom names."""
        inside = 0
        if method.told is not None:
            inside = idiom_lines(method.told)
            for form, example in unnamed_loops(method.told).items():
                self.regions[form] += 1
                self.examples.setdefault(form, example)
        if self.sandbox is None:
            return
        traced = self.sandbox.run(Job(code, tuple(inputs), trace=True, max_events=MAX_EVENTS))
        lines = [event.line for result in traced.results for event in result.events]
        n_inside = sum(inside >> line & 1 for line in lines)
        self.n_events += len(lines)
        self.n_events_inside += n_inside
        if lines:
            self.shares_inside.append(n_inside / len(lines))

    def figures(self) -> dict[str, float]:
        """The figures: shares 0..1, words, seconds of CPU."""
        words, sentences = sorted(self.words) or [0], sorted(self.sentence_words) or [0]
        n = max(self.n, 1)
        found: dict[str, float] = {
            "programs": self.n,
            "reproduced": self.n_reproduced / n,
            "no_literal_code": self.n_named / n,
            "words_p25": words[len(words) // 4],
            "words_median": words[len(words) // 2],
            "words_p75": words[3 * len(words) // 4],
            "three_to_eight_steps": self.n_steps_right / n,
            "sentence_words_median": sentences[len(sentences) // 2],
            "short_sentences": sum(item <= MAX_SENTENCE_WORDS for item in sentences) / len(sentences),
            "only_short_sentences": self.n_short / n,
            "nothing_forbidden": self.n_clean / n,
        }
        if self.n_events:
            found["events_inside_idioms"] = self.n_events_inside / self.n_events
            found["events_inside_idioms_program"] = sum(self.shares_inside) / len(self.shares_inside)
        return {
            **found,
            "explainer_failures": len(self.failures),
            "write_cpu_s": self.write_s / n,
            "follow_cpu_s": self.follow_s / n,
            "slowest_cpu_s": self.slowest_s,
        }


def idiom_lines(method: Node) -> int:
    """The program's lines that idioms of a confirmed method tell; bit n for line n.

    Idioms are those of the library and library calls that mean one (`idiom_ops`), and what confirmed passes make of
    loops, choices and bounds: cells chosen by colour, neighbours, places inside a grid, extreme rows and columns.
    An idiom tells all that it holds, but a rule for every cell does not tell the loops in it that stop: that the
    order of turns does not matter, as was confirmed, is not what such a loop says. A search for the first turn tells
    itself and what is done there, without the loops in it. A loop or a choice whose head is an idiom tells its head
    alone.
    """
    named = idiom_ops() | SELECTIONS
    lines = 0
    for item in walk(method):
        if item.op == "for_every":
            lines |= _without(item, _stops)
        elif item.op == "for_first":
            lines |= _without(item, _is_loop)
        elif item.op in named:
            lines |= all_lines(item)
        elif item.op in _HEADED and any(part.op in named for part in walk(item[0])):  # its head is an idiom
            lines |= item.lines
    return lines


def _without(item: Node, left_out: Callable[[Node], bool]) -> int:
    """The lines of a construct without those of some loops in it."""
    lines = item.lines
    for part in item.nodes:
        if not left_out(part):
            lines |= _without(part, left_out)
    return lines


def _is_loop(item: Node) -> bool:
    return item.op in _LOOPS


def _stops(item: Node) -> bool:
    return _is_loop(item) and any(inner.op == "leave" for inner in walk(item))


def unnamed_loops(method: Node) -> dict[str, str]:
    """The outermost loops that hold no idiom, by their form (names and numbers left out), each with its text."""
    found: dict[str, str] = {}
    stack = [method]
    while stack:
        item = stack.pop()
        if item.op in _LOOPS:
            if not any(part.op in idiom_ops() for part in walk(item)):
                found.setdefault(_form(item), _told(item))
            continue
        stack += [part for part in item.nodes if part.op in _LOOPS or part.op in _HOLDERS]
    return found


def _form(item: Node) -> str:
    if item.op in ("name", "pair", "int", "float", "colour", "dir", "str"):
        return "cell" if item.op == "pair" else "_"
    parts = [_form(part) for part in item.nodes]
    return f"{item.op}({' '.join(parts)})" if parts else item.op


def _told(item: Node) -> str:
    try:
        return write_text(Node("block", (item,)))
    except CannotSayError:
        return item.op
