"""Which status is which error, and that no key gets out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import orjson
import pytest

from soar2cot.errors import (
    ModelRefusedError,
    ModelSetupError,
    ModelUnavailableError,
    RateLimitedError,
)
from soar2cot.llm.wire import error_for, public_address, read_answer, retry_after_s, scrub


def said(**error: object) -> bytes:
    return orjson.dumps({"error": {"message": "no", **error}})


@pytest.mark.parametrize(
    ("status", "raw", "error"),
    [
        (401, said(), ModelSetupError),
        (402, said(), ModelSetupError),
        (404, b"", ModelSetupError),
        (400, said(code="model_not_found"), ModelSetupError),
        (400, said(param="response_format"), ModelSetupError),
        (429, said(code="insufficient_quota"), ModelSetupError),
        (429, said(), RateLimitedError),
        (400, said(), ModelRefusedError),
        (400, said(code="context_length_exceeded"), ModelRefusedError),
        (413, b"", ModelRefusedError),
        (422, b'{"detail": "?"}', ModelRefusedError),
        (408, b"", ModelUnavailableError),
        (500, said(), ModelUnavailableError),
        (502, b"<html>", ModelUnavailableError),
        (529, b"", ModelUnavailableError),
    ],
)
def test_errors_by_status_and_code(status: int, raw: bytes, error: type[Exception]) -> None:
    found = error_for(status, raw, {}, where="http://a/v1, model m")
    assert type(found) is error
    assert str(found).startswith("http://a/v1, model m: status ")


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b"{}", b'{"choices": []}', b'{"choices": [{}]}', b'{"choi'])
def test_what_is_no_chat_completion_can_be_asked_again(raw: bytes) -> None:
    with pytest.raises(ModelUnavailableError, match="no chat completion"):
        read_answer(raw, where="x", latency_s=0.1)


def test_an_error_that_comes_as_200() -> None:
    with pytest.raises(RateLimitedError):
        read_answer(orjson.dumps({"error": {"message": "slow down", "code": 429}}), where="x", latency_s=0.1)


def test_an_answer_with_all_its_bookkeeping() -> None:
    raw = orjson.dumps(
        {
            "choices": [
                {
                    "message": {"content": [{"type": "text", "text": "{}"}], "reasoning_content": "hm"},
                    "finish_reason": "length",
                }
            ],
            "usage": {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 8}},
        }
    )
    answer = read_answer(raw, where="x", latency_s=0.5)
    assert (answer.content, answer.reasoning, answer.finish_reason) == ("{}", "hm", "length")
    assert (answer.prompt_tokens, answer.cached_tokens, answer.completion_tokens) == (9, 8, 4)


def test_servers_that_say_little_are_understood() -> None:
    answer = read_answer(
        orjson.dumps({"choices": [{"message": {"content": None, "refusal": "no"}}], "usage": None}),
        where="x",
        latency_s=0.1,
    )
    assert (answer.content, answer.finish_reason, answer.prompt_tokens) == ("no", "refusal", 0)


def test_retry_after_in_all_its_forms() -> None:
    assert retry_after_s({"Retry-After": "2"}) == 2
    assert retry_after_s({"retry-after-ms": "250"}) == 0.25
    assert retry_after_s({"Retry-After": "soon"}) is None
    assert retry_after_s({}) is None
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < (retry_after_s({"Retry-After": then}) or 0) <= 90


def test_keys_and_passwords_do_not_get_out() -> None:
    assert public_address("https://user:secret@host:8000/v1/?key=abc") == "https://host:8000/v1"
    assert "mysecret" not in scrub("bad key mysecret", "mysecret")
    assert "sk-live" not in scrub("Incorrect API key provided: sk-live-12345678", None)
