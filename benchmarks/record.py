"""Runs a benchmark and keeps the figures that it prints, with what is needed to judge and to repeat them.

    python benchmarks/record.py NAME -- python benchmarks/bench_x.py ARGS
    python benchmarks/record.py NAME --from LOG --command "python benchmarks/bench_x.py ARGS"

A figure is a line `FIGURE <id> <number>` of the benchmark's output, or what a bar of `bars.toml` finds in it. Kept in
`benchmarks/results/NAME.json` (`--out` names another folder); written whole or not at all. What the benchmark prints
goes on to stdout. Exit code: the benchmark's own.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bars import figures_in
from machine import ROOT, commit, machine, now, versions

RESULTS = ROOT / "benchmarks" / "results"


def shown(command: Iterable[str]) -> str:
    """The command as a reader types it: no folder of this machine in it."""
    words = [Path(word).name if word.startswith("/") else re.sub(r"=/\S*/", "=", word) for word in command]
    return shlex.join(["python" if word.startswith(".venv/bin/python") else word for word in words])


def keep(
    folder: Path, name: str, *, command: str, figures: dict[str, float], seconds: float, notes: Any = None
) -> Path:
    """Writes `folder/name.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    result = {
        "command": command,
        "at": now(),
        "seconds": round(seconds, 1),
        "commit": commit(),
        "machine": machine(),
        "versions": versions(),
        "figures": figures,
        **({} if notes is None else {"notes": notes}),
    }
    path = folder / f"{name}.json"
    new = path.with_suffix(".new")
    new.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    new.replace(path)
    return path


def run(command: list[str]) -> tuple[dict[str, float], float, int]:
    """(figures, seconds, exit code); what the command says is passed on."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1)
    figures = figures_in(_passed_on(process.stdout or ()))
    return figures, time.monotonic() - started, process.wait()


def _passed_on(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        sys.stdout.write(line)
        sys.stdout.flush()
        yield line


def _parted(arguments: list[str]) -> tuple[list[str], list[str]]:
    """(this command's own, the benchmark's command): what stands before and after `--`."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--from", dest="log", type=Path)
    parser.add_argument("--command", help="with --from: what to type to get such a log")
    parser.add_argument("--out", type=Path, default=RESULTS)
    before, words = _parted(sys.argv[1:])
    given = parser.parse_args(before)
    if bool(words) == bool(given.log):
        parser.error("give either a command after --, or --from LOG")
    if given.log:
        figures, seconds, code = figures_in(given.log.read_text().splitlines()), 0.0, 0
    else:
        figures, seconds, code = run(words)
    if not figures:
        parser.error("no figure was printed that bars.toml knows; nothing was kept")
    path = keep(given.out, given.name, command=given.command or shown(words), figures=figures, seconds=seconds)
    print(f"{len(figures)} figures kept in {path}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
