"""The ledger against DBOS Transact, on the same disk and the same PostgreSQL: durable samples against workflows.

    python benchmarks/peers/bench_durability.py            seconds to minutes

A sample is 2 KB of instructions, two guesses and its completion (`bench_ledger.py`); a workflow has one step that
returns the same payload (`bench_ledger_dbos.py`, in DBOS's own environment). In turns, `--turns` of each; medians.
The ledger at 256 in flight on SQLite and at 32 on PostgreSQL; DBOS at both numbers, the better one counts.
"""

# ruff: noqa: E402 - the environment and the path are set first
from __future__ import annotations

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from envs import python_of, version_of

from bench_ledger import our_postgres, our_sqlite, outcomes


def dbos_rate(url: str, samples: int, in_flight: int) -> float:
    """Workflows a second."""
    script = ROOT / "benchmarks" / "bench_ledger_dbos.py"
    command = [python_of("dbos"), script, url, "--samples", str(samples), "--in-flight", str(in_flight)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    found = re.search(r"([0-9.,]+) workflows/s", said)
    assert found is not None
    return float(found[1].replace(",", ""))


async def sqlite(folder: Path, samples: int, workflows: int, turns: int) -> tuple[float, float]:
    """(ledger, DBOS), a second."""
    ours, theirs = [], []
    for turn in range(turns):
        clock, _ = await our_sqlite(folder / f"ours-{turn}.db", outcomes(0, samples))
        ours.append(samples / clock.wall)
        theirs.append(max(dbos_rate(f"sqlite:///{folder}/dbos-{turn}-{n}.db", workflows, n) for n in (32, 256)))
    return statistics.median(ours), statistics.median(theirs)


async def postgres(samples: int, workflows: int, turns: int) -> tuple[float, float] | None:
    """(ledger, DBOS), a second; None where there is no server to start."""
    from tests.postgres_server import Server, find_binary, fresh_database

    from soar2cot.ledger.postgres import PostgresLedger

    if find_binary("initdb") is None:
        return None
    server = Server(durable=True)
    ours, theirs = [], []
    for _ in range(turns):
        async with fresh_database(server) as (url, _), fresh_database(server) as (other, _):
            await (await PostgresLedger.open(url)).aclose()
            ours.append(samples / (await our_postgres(url, outcomes(0, samples))).wall)
            plain = other.partition("&search_path=")[0]  # DBOS keeps to a schema of its own
            theirs.append(await asyncio.to_thread(dbos_rate, plain, workflows, 32))
    server.remove()
    return statistics.median(ours), statistics.median(theirs)


def tell(where: str, rates: tuple[float, float] | None) -> None:
    """A line for people, a line for the table."""
    if rates is None:
        print(f"{where}: no server here, not measured")
        return
    ours, theirs = rates
    print(f"{where}: {ours:,.0f} samples/s, DBOS {version_of('dbos', 'dbos')} {theirs:,.0f}/s: {ours / theirs:.1f} x")
    print(f"FIGURE ledger.dbos_{where.lower()}_times {ours / theirs:.4g}", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=2_560)
    parser.add_argument("--workflows", type=int, default=200)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="on the disk to be measured")
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    given = parser.parse_args()
    if given.only != "postgres":
        with tempfile.TemporaryDirectory(prefix="bench-durability-", dir=given.folder) as folder:
            tell("SQLite", await sqlite(Path(folder), given.samples, given.workflows, given.turns))
    if given.only != "sqlite":
        tell("Postgres", await postgres(given.samples, given.workflows, given.turns))


if __name__ == "__main__":
    asyncio.run(main())
