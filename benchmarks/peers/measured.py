"""A process, all that it started, and what that cost; and the scripted server that everybody asks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLE_S = 0.25  # between looks at the memory


@dataclass(frozen=True)
class Run:
    """What a command cost, its children included.

    `cpu_s` counts processes that were waited for; `memory_mb` is the greatest sum of their private and shared-out
    memory (PSS) that was seen. `code` is None where it was killed, by this program, or did not end in time.
    """

    wall_s: float
    cpu_s: float
    memory_mb: float
    code: int | None
    log: str


def run(
    command: list[str],
    *,
    log: Path,
    environment: dict[str, str],
    timeout_s: float,
    kill_when: Callable[[], bool] | None = None,
) -> Run:
    """Runs it to its end, to `timeout_s`, or to the moment when `kill_when` says so: then all of it gets SIGKILL."""
    started = time.monotonic()
    before = os.times()
    with log.open("ab") as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=said, stdin=subprocess.DEVNULL, env=environment, start_new_session=True
        )
    memory = _Memory(process.pid)
    memory.start()
    killed = False
    while process.poll() is None:
        if time.monotonic() - started > timeout_s or (kill_when is not None and kill_when()):
            kill_tree(process.pid)
            killed = True
        time.sleep(0.005 if kill_when else 0.02)
    memory.ended.set()
    memory.join()
    kill_tree(process.pid)
    after = os.times()
    cpu_s = after.children_user - before.children_user + after.children_system - before.children_system
    told = log.read_text(errors="replace")
    return Run(time.monotonic() - started, cpu_s, memory.most_mb, None if killed else process.returncode, told)


def tree(root: int) -> list[int]:
    """The process, all that descend from it, and all of its session, also where their parents are gone."""
    parents: dict[int, int] = {}
    found = {root}
    for name in (path.name for path in Path("/proc").iterdir()):
        if name.isdigit():
            try:
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(name)] = int(fields[1])
            if int(fields[3]) == root:
                found.add(int(name))
    grown = True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return sorted(found)


def kill_tree(root: int) -> None:
    """SIGKILL for all of it, at once: as when the machine goes."""
    for pid in tree(root):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


class _Memory(threading.Thread):
    """Looks at the memory of a process tree until told to end."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root, self.most_mb, self.ended = root, 0.0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(SAMPLE_S):
            self.most_mb = max(self.most_mb, sum(map(_pss_mb, tree(self.root))))


def _pss_mb(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        return 0.0  # it is gone
    return 0.0


@dataclass(frozen=True)
class Server:
    """The server of `server.py`, in a process of its own."""

    url: str

    def stats(self) -> dict[str, Any]:
        """What it saw: requests started, answered, and how many different ones."""
        with urllib.request.urlopen(f"{self.url.removesuffix('/v1')}/_stats", timeout=30) as response:
            return json.load(response)


@contextmanager
def scripted_server(service_s: float) -> Generator[Server]:
    """Answers every request after `service_s` seconds, any number at once."""
    command = [sys.executable, str(Path(__file__).with_name("server.py")), str(service_s)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Server(json.loads(process.stdout.readline())["base_url"])
    finally:
        process.kill()
        process.wait()
