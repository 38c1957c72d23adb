"""Kill campaigns of the ledger: `soar2cot crashtest` on a SQLite file and on a PostgreSQL server with full sync.

    python benchmarks/bench_crash.py                          2,000 kills on SQLite, 500 of three workers on PostgreSQL
    python benchmarks/bench_crash.py --only sqlite --kills 50

The server is made of the machine's own binaries, in a temporary folder, for this alone.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile

from machine import ROOT

KILLS = {"sqlite": 2_000, "postgres": 500}


def crashtest(folder: str, *options: str) -> bool:
    """Whether nothing broke; the certificate is printed."""
    sys.stdout.flush()
    command = [sys.executable, "-m", "soar2cot", "crashtest", "--run-dir", folder, *options]
    return subprocess.run(command, check=False).returncode == 0


def on_postgres(folder: str, *options: str) -> bool:
    """The same on a server that syncs every commit."""
    sys.path.insert(0, str(ROOT))
    from tests.postgres_server import Server

    server = Server(durable=True)
    try:
        return crashtest(folder, "--ledger", f"postgresql://soar@/postgres?host={server.folder}", *options)
    finally:
        server.remove()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(KILLS))
    parser.add_argument("--kills", type=int)
    parser.add_argument("--seed", default="0")
    given = parser.parse_args()
    sound = True
    with tempfile.TemporaryDirectory(dir=ROOT / "out" if (ROOT / "out").is_dir() else None) as folder:
        for kind in [given.only] if given.only else KILLS:
            kills = KILLS[kind] if given.kills is None else given.kills
            strike = crashtest if kind == "sqlite" else on_postgres
            sound &= strike(folder, "--kills", str(kills), "--seed", given.seed)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
