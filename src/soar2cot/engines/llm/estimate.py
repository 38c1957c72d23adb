"""What a run of the model engine would cost, from the prompts that it would send, before the first call.

Prompts are the real ones of a few samples. What nobody can know beforehand is assumed, and `ASSUMED` says it: how long
texts are, how much a model thinks, how many tokens a server makes of a byte. Two cases frame the cost: the first step
already gives a perfect text for every sample, or none ever does and every step is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from soar2cot.challenge import Challenge
from soar2cot.config import AnyStep, Endpoint, RunConfig, Step, StepRevision
from soar2cot.engines.base import Attempt, Followed, FollowQuestion, Question
from soar2cot.engines.llm.prompts import Prompt, follow_prompt, pool_prompt, revise_prompt, write_prompt
from soar2cot.engines.llm.requests import Asking, ladder
from soar2cot.llm.cost import load_prices
from soar2cot.records import Grid, Instructions, Sample

TEXT_TOKENS = 600
BYTES_A_TOKEN = 4
THOUGHT_TOKENS = {"low": 500, "medium": 2_000, "high": 6_000}
ASSUMED = (
    f"a token for every cell of a grid and every {BYTES_A_TOKEN} bytes of other text, texts of {TEXT_TOKENS} tokens, "
    f"thoughts of {THOUGHT_TOKENS['low']:,}, {THOUGHT_TOKENS['medium']:,} or {THOUGHT_TOKENS['high']:,} tokens at low, "
    "medium or high reasoning_effort and none without it, no pictures, no prefix cache, nothing asked twice"
)
_TEXT = Instructions("Look. " * (TEXT_TOKENS * BYTES_A_TOKEN // 12), "Do it. " * (TEXT_TOKENS * BYTES_A_TOKEN // 14))


@dataclass(frozen=True, slots=True)
class Cost:
    """Calls and their tokens; `usd` is None where the price table does not know a model."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float | None = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            None if self.usd is None or other.usd is None else self.usd + other.usd,
        )

    def times(self, factor: float) -> Cost:
        """As many times as much."""
        return Cost(
            round(self.calls * factor),
            round(self.prompt_tokens * factor),
            round(self.completion_tokens * factor),
            None if self.usd is None else self.usd * factor,
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """`least`: the first step suffices; `most`: every step is taken. `from_samples`: how many were looked at."""

    least: Cost
    most: Cost
    from_samples: int
    assumed: str = ASSUMED


def estimate(config: RunConfig, samples: Sequence[tuple[Sample, Challenge]], n_samples: int) -> Estimate:
    """The cost of `n_samples`, from some of them. None looked at: zero, as nothing can be said.

    Raises: ConfigError: the price table cannot be read.
    """
    asked = _Asked(config)
    shown = [asked.of(sample, challenge) for sample, challenge in samples]
    factor = n_samples / len(shown) if shown else 0.0
    least = sum((first for first, _ in shown), Cost()).times(factor)
    return Estimate(least, sum((most for _, most in shown), Cost()).times(factor), len(shown))


class _Asked:
    """The calls that a configuration makes of a sample."""

    def __init__(self, config: RunConfig) -> None:
        self._config = config
        self._writer = config.writer
        self._follower = config.follower or config.writer
        self._prices = load_prices(config.prices)

    def of(self, sample: Sample, challenge: Challenge) -> tuple[Cost, Cost]:
        """(where the first step suffices, where every step is taken)"""
        steps, texts, costs = self._config.steps, 0, list[Cost]()
        for step in steps:
            question = Question(sample.key, challenge, sample.code, step, "estimate")
            prompts = list(self._authored(question, texts))
            texts += len(prompts)
            costs.append(sum((self._author(step, prompt) for prompt in prompts), Cost()))
            costs[-1] += self._training(question).times(len(prompts))
        n_first = steps[0].times if isinstance(steps[0], Step) else 0
        least = costs[0] + self._finished(sample, challenge, steps[0], several=n_first > 1)
        return least, sum(costs, Cost()) + self._finished(sample, challenge, steps[-1], several=texts > 1)

    def _authored(self, question: Question, n_before: int) -> Iterator[Prompt]:
        """The prompts of a step for its texts, after `n_before` others."""
        step = question.step
        if isinstance(step, Step):
            yield from [write_prompt(question)] * step.times
            return
        wrong = tuple(Followed(pair.input) for pair in question.challenge.train)
        attempts = (Attempt(_TEXT, wrong, 0.0),) * min(step.top_scores_used, n_before)
        if isinstance(step, StepRevision):
            for attempt in attempts:
                yield from [revise_prompt(question, attempt, use_diffs=step.use_diffs)] * step.times_per_top_score
        elif attempts:
            yield from [pool_prompt(question, attempts, use_diffs=step.use_diffs)] * step.times

    def _author(self, step: AnyStep, prompt: Prompt) -> Cost:
        return self._call(self._writer, step.instruction_model or self._writer.model, prompt, TEXT_TOKENS)

    def _training(self, question: Question, *, text: bool = True, examples: bool = True) -> Cost:
        """A text followed on every training pair, that pair hidden."""
        train, total = question.challenge.train, Cost()
        for index, pair in enumerate(train):
            shown = train[:index] + train[index + 1 :] if examples else ()
            asked = FollowQuestion(question.key, _TEXT if text else None, shown, pair.input, question.step, "estimate")
            total += self._follow(asked, pair.output)
        return total

    def _finished(self, sample: Sample, challenge: Challenge, step: AnyStep, *, several: bool) -> Cost:
        """The guesses, and the lift where that is wished."""
        total = Cost()
        for item, output in zip(challenge.test, sample.predicted_test_output, strict=True):
            asked = FollowQuestion(sample.key, _TEXT, challenge.train, item.input, step, "estimate")
            total += self._follow(asked, output).times(self._config.final_follow_times + several)
        if self._config.lift:
            question = Question(sample.key, challenge, sample.code, step, "estimate")
            total += self._training(question, examples=False) + self._training(question, text=False)
        return total

    def _follow(self, question: FollowQuestion, output: Grid) -> Cost:
        model = question.step.follow_model or self._follower.model
        return self._call(self._follower, model, follow_prompt(question), 2 * sum(map(len, output)))

    def _call(self, endpoint: Endpoint, model: str, prompt: Prompt, answer_tokens: int) -> Cost:
        body = Asking(endpoint, model).request(prompt, ladder(endpoint)[0], pictures=False, correction=None).body
        cells = sum(len(row) for grid in prompt.grids for row in grid)
        prompt_tokens = cells + max(0, len(body) - 2 * cells) // BYTES_A_TOKEN
        completion_tokens = answer_tokens + THOUGHT_TOKENS.get(endpoint.reasoning_effort or "", 0)
        price = self._prices.price(model)
        usd = None if price is None else price.of(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens)
        return Cost(1, prompt_tokens, completion_tokens, usd)
