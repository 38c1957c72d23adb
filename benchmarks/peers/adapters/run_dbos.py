"""DBOS Transact: a workflow with one step per row, on SQLite; its workflow id is the row's, so a restart resumes it."""

from __future__ import annotations

import asyncio

import aiohttp
from dbos import DBOS, DBOSConfig, SetWorkflowID
from job import MAX_TOKENS, MODEL, RESPONSE_FORMAT, checked, given, messages

job = given()
sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}  # what is recovered runs in a loop of DBOS's own


@DBOS.step()
async def ask(row: dict[str, str]) -> str:
    loop = asyncio.get_running_loop()
    if loop not in sessions:
        sessions[loop] = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    body = {
        "model": MODEL,
        "messages": messages(row),
        "response_format": RESPONSE_FORMAT,
        "max_tokens": MAX_TOKENS,
    }
    async with sessions[loop].post(f"{job.url}/chat/completions", json=body) as response:
        return (await response.json())["choices"][0]["message"]["content"]


@DBOS.workflow()
async def do_row(row: dict[str, str]) -> dict[str, str]:
    return checked(await ask(row))


async def main() -> None:
    left, answers = iter(job.rows), {}

    async def work() -> None:
        for row in left:
            with SetWorkflowID(row["id"]):
                answers[row["id"]] = await do_row(row)

    await asyncio.gather(*(work() for _ in range(job.in_flight)))
    await sessions.pop(asyncio.get_running_loop()).close()
    job.deliver(answers.items())


config: DBOSConfig = {
    "name": "rows",
    "system_database_url": f"sqlite:///{job.out.resolve()}/dbos.db",
    "application_version": "1",
    "log_level": "ERROR",
    "run_admin_server": False,
}
DBOS(config=config)
DBOS.launch()
asyncio.run(main())
DBOS.destroy()
