"""The contract of a model client: one request, one answer, errors by class. No retries of its own policy outside.

A client knows one endpoint. It holds the key; nothing that it raises or returns holds it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol


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
    """What came back: the raw content and its bookkeeping. `cached_tokens` counts the prefix-cache hits."""

    content: str
    reasoning: str | None
    finish_reason: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    latency_s: float


class ModelClient(Protocol):
    """Sends requests to one endpoint."""

    async def send(self, request: Request) -> Answer:
        """One request, tried again by class (`errors.ModelError`) with capped, jittered backoff.

        Raises: ModelUnavailableError, RateLimitedError: retries used up. ModelRefusedError: the server says the
                request is wrong. ModelSetupError: key, model or address.
        """
        ...

    async def aclose(self) -> None:
        """Closes the connections."""
        ...
