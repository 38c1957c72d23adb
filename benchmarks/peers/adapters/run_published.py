"""The published design, re-created from its description: results to a database, then progress.json, per sample.

The finished keys are loaded from progress.json at the start, the rows are filtered with `df.apply`, a finished row is
inserted into a table that knows no uniqueness, then appended to the list, and the whole file is written anew, in place.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3

import aiohttp
import pandas as pd
from job import MAX_TOKENS, MODEL, RESPONSE_FORMAT, checked, given, messages


class Progress:
    """progress.json, rewritten for every sample."""

    def __init__(self, path):
        self.path = path
        empty = {"completed": [], "total_completed": 0, "last_saved_to_parquet": 0}
        self.data = json.loads(path.read_text()) if path.exists() else empty

    def completed(self):
        return {(item["task_id"], item["round_index"], item["data_type"]) for item in self.data["completed"]}

    def add(self, task_id, round_index, data_type):
        self.data["completed"].append({"task_id": task_id, "round_index": round_index, "data_type": data_type})
        self.data["total_completed"] = len(self.data["completed"])
        with self.path.open("w") as file:
            json.dump(self.data, file, indent=2)


async def main() -> None:
    job = given()
    progress = Progress(job.out / "progress.json")
    database = sqlite3.connect(job.out / "results.db", isolation_level=None)
    database.execute("CREATE TABLE IF NOT EXISTS instructions (task_id TEXT, answer TEXT)")
    rows = pd.DataFrame(job.rows).assign(round_index=0, data_type="original")
    done = progress.completed()
    if done:
        mask = rows.apply(lambda row: (row["id"], row["round_index"], row["data_type"]) not in done, axis=1)
        rows = rows[mask].copy()
    left = iter(rows.to_dict("records"))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def work() -> None:
            for row in left:
                body = {
                    "model": MODEL,
                    "messages": messages(row),
                    "response_format": RESPONSE_FORMAT,
                    "max_tokens": MAX_TOKENS,
                }
                async with session.post(f"{job.url}/chat/completions", json=body) as response:
                    content = (await response.json())["choices"][0]["message"]["content"]
                answer = json.dumps(checked(json.loads(content)))
                database.execute("INSERT INTO instructions VALUES (?, ?)", (row["id"], answer))
                progress.add(row["id"], 0, "original")

        await asyncio.gather(*(work() for _ in range(job.in_flight)))
    job.deliver((name, json.loads(answer)) for name, answer in database.execute("SELECT * FROM instructions"))


asyncio.run(main())
