"""`python -m soar2cot.testing`: the scripted model server as a process."""

from __future__ import annotations

import argparse
import asyncio
import sys

import orjson

from soar2cot.testing.oracle import Oracle, fixed_answers
from soar2cot.testing.server import Capacity, ScriptedServer


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m soar2cot.testing", description="A scripted model server.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one; it is printed")
    parser.add_argument("--slots", type=int, help="calls served at the same time; none: any number")
    parser.add_argument("--queue", type=int, help="calls that may wait; none: any number; more get 429")
    parser.add_argument("--service-s", type=float, default=0.0, help="seconds that a call takes")
    parser.add_argument("--spread", type=float, default=0.0, help="share by which that varies")
    parser.add_argument("--wrong", type=float, default=0.0, help="share of follow answers that are wrong")
    parser.add_argument("--words", type=int, default=0, help="length of the texts, in words")
    parser.add_argument("--fixed", action="store_true", help="the same answer to everything: the cheapest server")
    parser.add_argument("--api-key", help="refuse other keys")
    parser.add_argument("--prefix-cache", type=int, default=0, help="blocks of the prefix cache")
    return parser.parse_args()


async def _serve(given: argparse.Namespace) -> None:
    server = ScriptedServer(
        fixed_answers if given.fixed else Oracle(wrong=given.wrong, words=given.words),
        capacity=Capacity(given.slots, given.service_s, given.spread, given.queue),
        api_key=given.api_key,
        prefix_cache=given.prefix_cache,
        port=given.port,
    )
    async with server:
        sys.stdout.write(orjson.dumps({"base_url": server.base_url}).decode() + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(_serve(_arguments()))
    except KeyboardInterrupt:
        sys.exit(130)
