"""What calls cost, and the budget that they must not exceed.

A call that is under way is counted at its worst case (every byte of the prompt a token, every token allowed used), so
the budget holds whatever comes back; a call that would not fit waits until calls under way have shown what they really
cost, and only where that does not help the budget is spent.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

from soar2cot.errors import BudgetSpentError, ConfigError
from soar2cot.llm.base import Answer, Request

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float
    cached_input: float | None = None

    def of(self, *, prompt_tokens: int, completion_tokens: int, cached_tokens: int = 0) -> float:
        """US dollars for these tokens; cached ones are part of `prompt_tokens`."""
        cached = self.input if self.cached_input is None else self.cached_input
        fresh = max(0, prompt_tokens - cached_tokens)
        return (fresh * self.input + cached_tokens * cached + completion_tokens * self.output) / _MILLION


@dataclass(frozen=True, slots=True)
class Prices:
    """A price for each model that the table knows."""

    models: Mapping[str, Price]

    def price(self, model: str) -> Price | None:
        """The price of a model: by its whole name, else without the provider before the first slash."""
        return self.models.get(model) or self.models.get(model.partition("/")[2])

    def cost(self, model: str, answer: Answer) -> float | None:
        """US dollars that an answer cost; None where the table does not know the model."""
        price = self.price(model)
        if price is None:
            return None
        return price.of(
            prompt_tokens=answer.prompt_tokens,
            completion_tokens=answer.completion_tokens,
            cached_tokens=answer.cached_tokens,
        )


def load_prices(path: Path | None = None) -> Prices:
    """The price table in a TOML file, or the one that ships.

    Raises: ConfigError: with every line that is wrong.
    """
    source = path or resources.files("soar2cot.llm").joinpath("prices.toml")
    try:
        table = tomllib.loads(source.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"prices {source}: {error}; the table that ships shows the form") from error
    listed: dict[str, Any] = table.get("models", {})
    wrong = [name for name, item in listed.items() if not _is_price(item)]
    if wrong:
        raise ConfigError(
            f"prices {source}: {', '.join(wrong)}: each model needs `input` and `output`, may have `cached_input`, "
            "all in US dollars per million tokens"
        )
    return Prices({name: Price(**item) for name, item in listed.items()})


def _is_price(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and {"input", "output"} <= item.keys() <= {"input", "output", "cached_input"}
        and all(isinstance(value, int | float) and value >= 0 for value in item.values())  # pyright: ignore[reportUnknownVariableType]
    )


@dataclass(slots=True)
class Reservation:
    """The worst case of one call, held until its answer shows the real one."""

    tokens: int
    usd: float


@dataclass(frozen=True, slots=True)
class Wish:
    """What a worker with nothing under way asks for: room for one more call, and what it has spent so far itself."""

    tokens: int
    usd: float
    spent_tokens: int
    spent_usd: float


@dataclass
class Share:
    """What one of several workers may spend, itself and from its start on, of a budget that is kept for all of them.

    `wish` stands while it is waited for; `wake` is called when it is there. `refused`: there is nothing more.
    """

    wake: Callable[[], None]
    tokens: float = 0.0
    usd: float = 0.0
    wish: Wish | None = None
    refused: bool = False
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, wish: Wish) -> bool:
        """Waits for an answer; False where the budget is spent, from then on at once."""
        if self.refused:
            return False
        self.wish = wish
        self._answered.clear()
        self.wake()
        await self._answered.wait()
        return not self.refused

    def grant(self, tokens: float, usd: float) -> None:
        """Sets what may be spent from the start on."""
        self.tokens, self.usd, self.wish = tokens, usd, None
        self._answered.set()

    def refuse(self) -> None:
        """The budget is spent."""
        self.refused, self.wish = True, None
        self._answered.set()


@dataclass
class Meter:
    """What was spent and what is under way, over all endpoints of a run.

    `already`: what earlier runs on this ledger spent, asked for once; None where nothing is on record.
    `share`: where several workers share the budget, what this one has of it; then `already` is not asked.
    """

    prices: Prices
    budget_usd: float | None = None
    budget_tokens: int | None = None
    already: Callable[[], Awaitable[tuple[int, float]]] | None = None
    share: Share | None = None
    tokens: int = 0
    usd: float = 0.0
    _held: dict[int, Reservation] = field(default_factory=dict[int, Reservation])
    _settled: asyncio.Event = field(default_factory=asyncio.Event)
    _asked: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def limited(self) -> bool:
        """Whether there is a budget at all."""
        return self.budget_usd is not None or self.budget_tokens is not None

    async def reserve(self, request: Request) -> Reservation:
        """Holds the worst case of a call, waiting for others to settle where it does not fit yet.

        Raises: BudgetSpentError: nothing is under way and it still does not fit.
        """
        worst = self._worst(request)
        if self.limited:
            await self._ask_once()
            while not self._fits(worst):
                if self._held:
                    self._settled.clear()
                    await self._settled.wait()
                elif not await self._gets_more(worst):
                    raise self._spent()
        self._held[id(worst)] = worst
        return worst

    def settle(self, reservation: Reservation, request: Request, answer: Answer) -> Answer:
        """Counts what the call really cost; gives the answer with its `cost_usd`."""
        cost = self.prices.cost(request.model, answer)
        self.tokens += answer.prompt_tokens + answer.completion_tokens
        self.usd += cost or 0.0
        self.release(reservation)
        return answer if cost is None else replace(answer, cost_usd=cost)

    def release(self, reservation: Reservation) -> None:
        """Lets a reservation go; idempotent."""
        self._held.pop(id(reservation), None)
        self._settled.set()

    async def _gets_more(self, worst: Reservation) -> bool:
        """Whether there is another chance: of those who wait, one asks."""
        if self.share is None:
            return False
        async with self._asked:
            if self._held or self._fits(worst):
                return True
            return await self.share.ask(Wish(worst.tokens, worst.usd, self.tokens, self.usd))

    async def _ask_once(self) -> None:
        if self.already is None or self.share is not None:
            return
        async with self._asked:
            if self.already is not None:
                tokens, usd = await self.already()
                self.already = None
                self.tokens += tokens
                self.usd += usd

    def _worst(self, request: Request) -> Reservation:
        if not self.limited:
            return Reservation(0, 0.0)
        prompt, completion = len(request.body), int(request.params.get("max_tokens") or 0)
        price = self.prices.price(request.model)
        usd = 0.0 if price is None else price.of(prompt_tokens=prompt, completion_tokens=completion)
        return Reservation(prompt + completion, usd)

    def _fits(self, worst: Reservation) -> bool:
        tokens = self.tokens + worst.tokens + sum(item.tokens for item in self._held.values())
        usd = self.usd + worst.usd + sum(item.usd for item in self._held.values())
        if self.share is not None:
            return tokens <= self.share.tokens and usd <= self.share.usd
        return (self.budget_tokens is None or tokens <= self.budget_tokens) and (
            self.budget_usd is None or usd <= self.budget_usd
        )

    def _spent(self) -> BudgetSpentError:
        allowed = [
            f"{self.tokens:,} of {self.budget_tokens:,} tokens" if self.budget_tokens is not None else "",
            f"${self.usd:.4f} of ${self.budget_usd:.4f}" if self.budget_usd is not None else "",
        ]
        return BudgetSpentError(
            f"the budget is spent: {', '.join(filter(None, allowed))}, and one more call could exceed it; "
            "raise --budget-usd or --budget-tokens to go on, nothing is lost"
        )
