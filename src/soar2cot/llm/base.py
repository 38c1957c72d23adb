"""The contract of a model client: one request, one answer, errors by class. No retries of its own policy outside.

A client knows one endpoint. It holds the key; nothing that it raises or returns holds it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

Announce: TypeAlias = Callable[[], Awaitable[None]]


async def announce_nothing() -> None:
    """For callers that keep no journal."""


@dataclass(frozen=True, slots=True)
class Request:
    """A chat completion with a JSON schema for its answer.

    `body` holds the exact bytes that are sent (canonical JSON): what is hashed is what is paid for.
    """

    model: str
    endpoint: str
    schema_name: str
    body: bytes
    params: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the raw content and its bookkeeping. `cached_tokens` counts the prefix-cache hits.

    A refusal is an answer: `finish_reason` is `refusal` or `content_filter`, and `content` holds its words.
    `cost_usd` is None where the price table does not know the model.
    """

    content: str
    reasoning: str | None
    finish_reason: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    latency_s: float
    cost_usd: float | None = None


class ModelClient(Protocol):
    """Sends requests to one endpoint."""

    async def send(
        self, request: Request, *, announce: Announce = announce_nothing, turn: tuple[Any, ...] = ()
    ) -> Answer:
        """One request, tried again by class (`errors.ModelError`) with capped, jittered backoff.

        Args:   announce: awaited once, when the call has its slot and its budget, before the first byte is sent:
                what waits in line was not paid for and is not announced.
                turn: of the calls that wait for a slot, the lowest goes first (`SampleKey.turn`): a sample that was
                begun is finished before the next one gets a slot, and its prompts meet a warm prefix cache.
        Raises: BudgetSpentError: sending it could exceed the budget; it was not announced.
                 ModelUnavailableError, RateLimitedError: retries used up. ModelRefusedError: the server says the
                request is wrong. ModelSetupError: key, model or address.
        """
        ...

    def set_limit(self, limit: int | Literal["auto"]) -> None:
        """How many calls may be out from now on; those that are out stay out."""
        ...

    async def aclose(self) -> None:
        """Closes the connections."""
        ...
