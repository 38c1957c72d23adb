"""`soar2cot doctor --endpoint`, as a user types it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from click.testing import CliRunner

from soar2cot.cli import cli
from soar2cot.testing import Oracle, ScriptedServer


@contextmanager
def served(*orders: tuple[str, dict[str, Any]], **how: Any) -> Iterator[ScriptedServer]:
    """A scripted server in a thread of its own."""
    server, up, loop = ScriptedServer(Oracle(), **how), threading.Event(), asyncio.new_event_loop()
    for fault, details in orders:
        server.order(fault, **details)

    async def serve() -> None:
        await server.start()
        up.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run)
    thread.start()
    up.wait()
    yield server
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_server_that_can_be_used() -> None:
    with served(models=("tiny", "large")) as server:
        result = CliRunner().invoke(cli, ["doctor", "--endpoint", server.base_url, "--json"])
    report = orjson.loads(result.stdout)
    assert result.exit_code == 0
    assert (report["usable"], report["model"], report["structured"]) == (True, "tiny", "json_schema")
    assert report["models"] == ["tiny", "large"]


def test_a_server_that_refuses_schemas_is_told_how_to_be_used() -> None:
    with served(("400", {"times": 2})) as server:
        result = CliRunner().invoke(cli, ["doctor", "--endpoint", server.base_url])
    assert result.exit_code == 0
    assert 'set structured = "prompt" under [writer]' in result.stdout


def test_a_wrong_key_and_an_address_where_nobody_is() -> None:
    with served(api_key="right") as server:
        result = CliRunner().invoke(cli, ["doctor", "--endpoint", server.base_url], env={"OPENAI_API_KEY": "wrong-key"})
        assert result.exit_code == 1
        assert "invalid_api_key" in result.stdout and "wrong-key" not in result.stdout
    result = CliRunner().invoke(cli, ["doctor", "--endpoint", server.base_url])
    assert result.exit_code == 1
    assert "cannot be used" in result.stdout
