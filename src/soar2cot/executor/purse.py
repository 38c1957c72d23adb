"""The budget of a run that several workers spend: each gets a share of it, nobody can spend what was not given.

A worker counts its calls under way at their worst, within its share; it asks for more when nothing is under way and one
more call does not fit. What it has not spent by then is free again. Spending is never above the budget, whatever comes
back and whoever dies; near its end a few calls fewer go out.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from soar2cot.llm.cost import Wish

PART = 2  # a share is at most what is free, by this and by the number of workers


class WaitError(Exception):
    """Nothing is free for the moment."""


class Amount(NamedTuple):
    """Tokens and US dollars; infinite where there is no budget of the kind."""

    tokens: float = 0.0
    usd: float = 0.0

    def plus(self, other: Amount) -> Amount:
        """The sum."""
        return Amount(self.tokens + other.tokens, self.usd + other.usd)

    def less(self, other: Amount) -> Amount:
        """The difference; of what is infinite, nothing is missing."""
        tokens = self.tokens if math.isinf(self.tokens) else self.tokens - other.tokens
        return Amount(tokens, self.usd if math.isinf(self.usd) else self.usd - other.usd)

    def covers(self, other: Amount) -> bool:
        """Whether there is enough of both."""
        return self.tokens >= other.tokens and self.usd >= other.usd


@dataclass
class Purse:
    """Args: on_record: what was ever spent on this ledger, by whomever."""

    budget: Amount
    on_record: Callable[[], Awaitable[tuple[int, float]]]
    _spent: Amount | None = None  # by those who are gone, and by the others when they last asked
    _used: dict[str, Amount] = field(default_factory=dict[str, Amount])
    _out: dict[str, Amount] = field(default_factory=dict[str, Amount])  # given, and not known to be spent
    _forfeited: Amount = field(default_factory=lambda: Amount())

    async def share(self, worker: str, wish: Wish, *, n_workers: int, busy: bool) -> Amount | None:
        """What the worker may spend from its start on; None where the budget is spent.

        Args:   busy: whether others may still give something back; then a share that is too little is no end.
        Raises: WaitError: nothing is free now, and others are busy.
        """
        await self._take_note(worker, Amount(wish.spent_tokens, wish.spent_usd))
        need = Amount(wish.tokens, wish.usd)
        if not self._free().covers(need):
            if busy:
                raise WaitError
            await self._recount()
        free = self._free()
        if not free.covers(need):
            return None
        part = PART * max(1, n_workers)
        more = self._out[worker] = Amount(max(need.tokens, free.tokens // part), max(need.usd, free.usd / part))
        return self._used[worker].plus(more)

    def gone(self, worker: str) -> None:
        """The worker is dead or dismissed: what it was given counts as spent until that is looked up."""
        self._forfeited = self._forfeited.plus(self._out.pop(worker, Amount()))
        self._used.pop(worker, None)

    async def _take_note(self, worker: str, used: Amount) -> None:
        """Nothing of the worker's is under way: it has spent what it says, the rest of its share is free again."""
        if self._spent is None:
            self._spent = Amount(*await self.on_record())
        self._spent = self._spent.plus(used.less(self._used.get(worker, Amount())))
        self._used[worker], self._out[worker] = used, Amount()

    def _free(self) -> Amount:
        assert self._spent is not None
        free = self.budget.less(self._spent).less(self._forfeited)
        for out in self._out.values():
            free = free.less(out)
        return free

    async def _recount(self) -> None:
        """What those who are gone had not spent is free again."""
        assert self._spent is not None
        found, most = Amount(*await self.on_record()), self._spent.plus(self._forfeited)
        self._spent = Amount(
            min(most.tokens, max(self._spent.tokens, found.tokens)), min(most.usd, max(self._spent.usd, found.usd))
        )
        self._forfeited = Amount()
