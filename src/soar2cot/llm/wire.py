"""The bytes of a chat completion: what goes out, what comes back, which status is which error.

Nothing here opens a connection. Which class an error gets is decided by status and by the fields that servers set for
programs (`code`, `param`), never by the words of a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

import orjson

from soar2cot.errors import (
    ModelError,
    ModelRefusedError,
    ModelSetupError,
    ModelUnavailableError,
    RateLimitedError,
)
from soar2cot.llm.base import Answer

_KEYS = re.compile(r"\b(?:sk|pk|key|hf|gsk)[-_][A-Za-z0-9_*.-]{6,}")
_SETUP_PARAMS = frozenset(
    {"model", "response_format", "reasoning_effort", "temperature", "max_tokens", "max_completion_tokens", "top_p"}
)
_SETUP_CODES = frozenset(
    {
        "billing_hard_limit_reached",
        "insufficient_quota",
        "invalid_api_key",
        "model_not_found",
        "unsupported_parameter",
        "unsupported_value",
    }
)
_TOO_LONG_CODES = frozenset({"context_length_exceeded", "string_above_max_length"})
_REFUSED_STATUS = frozenset({413, 451})
_RETRYABLE_STATUS = frozenset({408, 409, 425})
_GONE_STATUS = frozenset({502, 503, 504})
_SETUP_STATUS = frozenset({401, 402, 404, 405, 410})


@lru_cache(maxsize=64)
def public_address(base_url: str) -> str:
    """The address without user, password, query and trailing slash: what may stand in a ledger or a message."""
    parts = urlsplit(base_url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")).rstrip("/")


def scrub(text: str, api_key: str | None) -> str:
    """The text without the key, and without what looks like one: servers like to repeat it."""
    if api_key:
        text = text.replace(api_key, "[key]")
    return _KEYS.sub("[key]", text)


def read_answer(raw: bytes, *, where: str, latency_s: float) -> Answer:
    """The answer in the body of a 200.

    Raises: ModelUnavailableError: it is no chat completion. Others: the body is an error in spite of its status.
    """
    body = _loads(raw)
    hidden = _status_in(body)
    if hidden is not None:
        raise error_for(hidden, raw, {}, where=where)
    try:
        choice: dict[str, Any] = body["choices"][0]
        message: dict[str, Any] = choice["message"]
    except (KeyError, IndexError, TypeError) as error:
        raise ModelUnavailableError(
            f"{where}: the answer is no chat completion ({len(raw)} bytes, it begins with {_head(raw)!r}); "
            "is this the address of an OpenAI-compatible server, with /v1?"
        ) from error
    usage: dict[str, Any] = body.get("usage") or {}
    refusal = message.get("refusal")
    return Answer(
        content=_text(refusal) if refusal else _text(message.get("content")),
        reasoning=_text(message.get("reasoning_content") or message.get("reasoning")) or None,
        finish_reason="refusal" if refusal else str(choice.get("finish_reason") or "stop"),
        prompt_tokens=_count(usage.get("prompt_tokens")),
        cached_tokens=_count((usage.get("prompt_tokens_details") or {}).get("cached_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        latency_s=latency_s,
    )


def error_for(status: int, raw: bytes, headers: Mapping[str, str], *, where: str) -> ModelError:
    """The error for a status that is no success; `where` names endpoint and model."""
    details = _details(raw)
    code, param = str(details.get("code") or ""), str(details.get("param") or "")
    said = f"{where}: status {status}, {str(details.get('message') or _head(raw) or 'no text')[:300]!r}"
    if code in _SETUP_CODES:
        return ModelSetupError(f"{said}; set right what the server names ({code}), then run again")
    if status == 429:
        return RateLimitedError(said, retry_after_s=retry_after_s(headers))
    if code in _TOO_LONG_CODES or status in _REFUSED_STATUS:
        return ModelRefusedError(f"{said}; this prompt is too long for this model")
    if status in _RETRYABLE_STATUS or status >= 500:
        return ModelUnavailableError(said, gone=status in _GONE_STATUS)
    if status in _SETUP_STATUS:
        return ModelSetupError(f"{said}; {_SETUP_HINTS[status]}")
    if param in _SETUP_PARAMS:
        return ModelSetupError(f"{said}; the server does not take this value of {param}")
    return ModelRefusedError(said)


_SETUP_HINTS = {
    401: "check the key (OPENAI_API_KEY), then run again",
    402: "the account has no credit left; top it up, then run again",
    404: "check the model's name and the address (it ends in /v1 as a rule); `soar2cot doctor --endpoint` lists both",
    405: "check the address: it ends in /v1 as a rule",
    410: "this model or address is no longer offered; choose another",
}


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait, from `retry-after-ms` or `Retry-After` (seconds or a date)."""
    for name, unit in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            return max(0.0, float(value) * unit)
        except ValueError:
            return _seconds_until(value)
    return None


def _seconds_until(date: str) -> float | None:
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return None
    return max(0.0, (then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _loads(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None


def _details(raw: bytes) -> dict[str, Any]:
    """The error object, wherever the server puts it: under `error`, `detail`, or at the top."""
    body = _loads(raw)
    if not isinstance(body, dict):
        return {}
    found: Any = cast("dict[str, Any]", body).get("error", cast("Any", body))
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {"message": str(found)}


def _status_in(body: object) -> int | None:
    """The status of an error that was sent with status 200; None where it is none."""
    if not isinstance(body, dict):
        return None
    fields = cast("dict[str, Any]", body)
    if not fields.get("error") or fields.get("choices"):
        return None
    error = fields["error"]
    code = cast("dict[str, Any]", error).get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 502


def _text(value: Any) -> str:
    """A message's content: a string, a list of parts, or nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        parts = cast("list[Any]", value)
        return "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))  # pyright: ignore[reportUnknownArgumentType]
    return ""


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _head(raw: bytes) -> str:
    return " ".join(raw[:200].decode("utf-8", "replace").split())[:120]
