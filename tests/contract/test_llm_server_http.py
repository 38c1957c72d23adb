"""The scripted server speaks HTTP as clients of other people expect it."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from soar2cot.testing import ScriptedServer


async def test_a_client_that_says_close_gets_its_answer_and_the_end() -> None:
    async with ScriptedServer() as server:
        port = int(server.base_url.rpartition(":")[2].partition("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /v1/models HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"}")


async def test_a_client_that_does_not_is_served_again() -> None:
    async with ScriptedServer() as server:
        port = int(server.base_url.rpartition(":")[2].partition("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET /v1/models HTTP/1.1\r\nHost: here\r\n\r\n")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
            size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await asyncio.wait_for(reader.readexactly(size), 30)
            assert head.startswith(b"HTTP/1.1 200")
        writer.close()
        await writer.wait_closed()


def test_it_serves_on_uvloop_too() -> None:
    uvloop = pytest.importorskip("uvloop")

    async def asked() -> int:
        async with (
            ScriptedServer() as server,
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session,
            session.get(f"{server.base_url}/models") as answer,
        ):
            return answer.status

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(asked()) == 200
