"""The floor: aiohttp, one loop, a line per answer appended to a file and flushed; a restart skips the ids in it."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import orjson
from job import MAX_TOKENS, MODEL, RESPONSE_FORMAT, checked, given, messages


async def main() -> None:
    job = given()
    path = job.out / "answers.jsonl"
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    done = {orjson.loads(line)["id"]: line for line in lines if line.endswith(b"}")}
    path.write_bytes(b"".join(line + b"\n" for line in done.values()))
    left = iter([row for row in job.rows if row["id"] not in done])
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, headers={"Content-Type": "application/json"}) as session:
        with path.open("ab") as kept:

            async def work() -> None:
                for row in left:
                    body = {
                        "model": MODEL,
                        "messages": messages(row),
                        "response_format": RESPONSE_FORMAT,
                        "max_tokens": MAX_TOKENS,
                    }
                    async with session.post(f"{job.url}/chat/completions", data=orjson.dumps(body)) as response:
                        content = orjson.loads(await response.read())["choices"][0]["message"]["content"]
                    kept.write(orjson.dumps({"id": row["id"], "answer": checked(orjson.loads(content))}) + b"\n")
                    kept.flush()

            await asyncio.gather(*(work() for _ in range(job.in_flight)))
    job.deliver((line["id"], line["answer"]) for line in map(json.loads, path.read_text().splitlines()))


asyncio.run(main())
