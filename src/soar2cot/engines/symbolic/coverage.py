"""How much of a data set the symbolic engine can say: the figures of docs/symbolic.md, from one place."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field

from soar2cot.challenge import Challenge
from soar2cot.engines.symbolic.follow.follower import follow
from soar2cot.engines.symbolic.method import write_method
from soar2cot.records import Grid

_NUMBER = re.compile(r"^\s*(?:\d+\.)+\s+")
_SENTENCE_END = re.compile(r"[.:](?:\s|$)")
MAX_SENTENCE_WORDS = 20


@dataclass
class Coverage:
    """Counts over programs. `reasons` says why a text did not give every grid, `missing` what has no words."""

    n: int = 0
    n_reproduced: int = 0
    n_named: int = 0
    n_steps_right: int = 0
    n_sentences: int = 0
    n_long_sentences: int = 0
    write_s: float = 0.0
    follow_s: float = 0.0
    words: list[int] = field(default_factory=list[int])
    reasons: Counter[str] = field(default_factory=Counter[str])
    missing: Counter[str] = field(default_factory=Counter[str])

    def add(self, code: str, challenge: Challenge, solutions: tuple[Grid, ...]) -> bool:
        """One program: written, then followed from the text alone on every input; True where every grid came out."""
        inputs = [pair.input for pair in challenge.train] + [item.input for item in challenge.test]
        outputs = [pair.output for pair in challenge.train] + list(solutions)
        started = time.process_time()
        method = write_method(code, inputs, outputs)
        written = time.process_time()
        reason = self._reason(method.text, inputs, outputs)
        self.follow_s += time.process_time() - written
        self.write_s += written - started
        self.n += 1
        self.n_named += method.unnamed == 0
        self.missing.update(method.missing.keys())
        self._measure(method.text)
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
        lines = text.splitlines()
        said = [_NUMBER.sub("", line) for line in lines]
        self.words.append(sum(len(line.split()) for line in said))
        self.n_steps_right += 3 <= sum(not line.startswith(" ") for line in lines) <= 8
        for line in said:
            for sentence in filter(None, map(str.strip, _SENTENCE_END.split(line))):
                self.n_sentences += 1
                self.n_long_sentences += len(sentence.split()) > MAX_SENTENCE_WORDS

    def figures(self) -> dict[str, float]:
        """The figures: shares 0..1, words, seconds of CPU a program."""
        words = sorted(self.words) or [0]
        n = max(self.n, 1)
        return {
            "programs": self.n,
            "reproduced": self.n_reproduced / n,
            "no_literal_code": self.n_named / n,
            "words_median": words[len(words) // 2],
            "words_p75": words[3 * len(words) // 4],
            "three_to_eight_steps": self.n_steps_right / n,
            "short_sentences": 1 - self.n_long_sentences / max(self.n_sentences, 1),
            "write_cpu_s": self.write_s / n,
            "follow_cpu_s": self.follow_s / n,
        }
