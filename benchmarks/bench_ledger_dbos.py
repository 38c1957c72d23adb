"""A general library for durable workflows on the same disk and server: DBOS Transact, one step, the same payload.

    pip install dbos; python benchmarks/bench_ledger_dbos.py sqlite:////tmp/dbos.db     or postgresql://…

Prints workflows a second, `--in-flight` at once; `bench_ledger.py` prints what the ledger does.
"""

from __future__ import annotations

import argparse
import asyncio
import time

from dbos import DBOS, DBOSConfig

PAYLOAD = {"instructions": "x" * 2_000, "guesses": [[[1, 2], [3, 4]]] * 2}


@DBOS.step()
async def step(n: int) -> dict[str, object]:
    return {"n": n, **PAYLOAD}


@DBOS.workflow()
async def workflow(n: int) -> int:
    await step(n)
    return n


async def measure(n: int, in_flight: int) -> None:
    left = iter(range(n))

    async def worker() -> None:
        for number in left:
            await workflow(number)

    await worker_warm()
    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    print(f"{n / (time.perf_counter() - started):,.1f} workflows/s, {in_flight} in flight")


async def worker_warm() -> None:
    await workflow(-1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--samples", type=int, default=400)
    parser.add_argument("--in-flight", type=int, default=32)
    options = parser.parse_args()
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": options.url,
        "log_level": "ERROR",
        "run_admin_server": False,
    }
    DBOS(config=config)
    DBOS.launch()
    asyncio.run(measure(options.samples, options.in_flight))
    DBOS.destroy()


if __name__ == "__main__":
    main()
