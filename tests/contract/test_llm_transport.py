"""How long one exchange may take, at a server that sends what a test says, when it says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import orjson
import pytest

from soar2cot.config import Endpoint
from soar2cot.errors import ModelUnavailableError
from soar2cot.llm import openai
from soar2cot.llm.base import Request
from soar2cot.llm.openai import OpenAITransport

BODY = orjson.dumps({"choices": [{"message": {"content": "an answer"}, "finish_reason": "stop"}]})
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
KNOWN = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY)
UNKNOWN = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NEVER = 60.0

Said = Sequence[tuple[float, bytes]]  # seconds to wait, then bytes to send


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


@asynccontextmanager
async def transport(said: Said, **settings: float) -> AsyncIterator[OpenAITransport]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for wait_s, data in said:
                await asyncio.sleep(wait_s)
                writer.write(data)
            await reader.read()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = "http://{}:{}/v1".format(*server.sockets[0].getsockname())
    opened = OpenAITransport(Endpoint(base_url=address, model="m", **settings), None)  # type: ignore[arg-type]
    try:
        yield opened
    finally:
        await opened.aclose()
        server.close()


def request(opened: OpenAITransport) -> Request:
    return Request("m", opened.address, "write", b"{}")


@pytest.mark.parametrize(
    "said",
    [
        [(0, KNOWN + BODY)],
        [(0, KNOWN), (0.05, BODY[:9]), (0.05, BODY[9:])],
        [(0, UNKNOWN), (0.05, chunk(BODY[:9])), (0.05, chunk(BODY[9:]) + chunk(b""))],
        [
            (0.3, KNOWN),
            *[(0.3, BODY[at : at + 20]) for at in range(0, len(BODY), 20)],
        ],  # no silence is too long
    ],
    ids=["at once", "in parts", "in parts of unknown length", "slow but steady"],
)
async def test_an_answer_that_comes_in_time_is_whole(said: Said) -> None:
    async with transport(said, first_byte_timeout_s=1.0, total_timeout_s=30) as opened:
        assert (await opened.exchange(request(opened))).content == "an answer"


@pytest.mark.parametrize(
    ("said", "settings"),
    [
        ([(NEVER, b"")], {"first_byte_timeout_s": 0.1}),
        ([(0, KNOWN), (NEVER, b"")], {"first_byte_timeout_s": 0.1}),
        ([(0, KNOWN + BODY[:9]), (NEVER, b"")], {"first_byte_timeout_s": 0.1}),
        ([(0, KNOWN), *[(0.02, byte.to_bytes()) for byte in BODY]], {"total_timeout_s": 0.2}),
        ([(NEVER, b"")], {"total_timeout_s": 0.1}),
    ],
    ids=["silence", "silence after the head", "silence in the middle", "never ends", "silence, total alone"],
)
async def test_an_answer_that_does_not_come_in_time_is_an_error_that_says_so(
    said: Said, settings: dict[str, float]
) -> None:
    async with transport(said, **settings) as opened:
        with pytest.raises(ModelUnavailableError, match="no whole answer within first_byte_timeout_s") as raised:
            async with asyncio.timeout(30):
                await opened.exchange(request(opened))
    assert not raised.value.gone


async def test_the_list_of_models_is_not_waited_for_without_end() -> None:
    async with transport([(NEVER, b"")], first_byte_timeout_s=0.1) as opened:
        with pytest.raises(ModelUnavailableError, match="no whole answer"):
            async with asyncio.timeout(30):
                await opened.models()


async def test_whoever_is_cancelled_while_waiting_stays_cancelled() -> None:
    async with transport([(NEVER, b"")]) as opened:
        waiting = asyncio.create_task(opened.exchange(request(opened)))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


@pytest.mark.parametrize("head", [KNOWN, UNKNOWN], ids=["announced", "not announced"])
async def test_an_answer_that_is_too_long_is_not_taken_in(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "_MAX_ANSWER_BYTES", len(BODY) - 1)
    said = [(0, head + (BODY if head is KNOWN else chunk(BODY) + chunk(b"")))]
    async with transport(said) as opened:
        with pytest.raises(ModelUnavailableError, match="longer than"):
            await opened.exchange(request(opened))
