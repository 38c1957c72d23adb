"""Where the attack programs are let loose, and judged from outside. Also a command: prints who was through, as JSON.

python -m tests.acceptance.sandbox_arena [--like-docker]
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import select
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from soar2cot.config import ProgramLimits
from soar2cot.sandbox import Execution, Job, Sandbox, open_sandbox
from soar2cot.sandbox.inside import filters
from soar2cot.sandbox.linux import LinuxSandbox

ATTACKS = Path(__file__).parents[1] / "attacks"
WON = [[7, 7, 7]]
SECRET = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
LIMITS = ProgramLimits(cpu_s=0.2, wall_s=1.0, memory_bytes=1 << 28, output_bytes=1 << 16)
INPUT = [[1, 2, 3], [4, 5, 6]]
# programs that end with a grid of their own and have done no harm by that
HARMLESS_WINS = frozenset(("forge_exit",))
VICTIMS = {
    "def transform(grid):\n    return [row[::-1] for row in grid]": [[3, 2, 1], [6, 5, 4]],
    "import numpy as np\ndef transform(grid):\n    a = np.zeros((2, 3), dtype=int)\n"
    "    return (a + np.rot90(np.array(grid), 2)).tolist()": [[6, 5, 4], [3, 2, 1]],
    "from collections import Counter\ndef transform(grid):\n    n = Counter(c for row in grid for c in row)\n"
    "    return [[len(list(range(5))), sum(n.values()), 5]]": [[5, 6, 5]],
}


@dataclass
class Arena:
    """A sandbox with canaries all around it."""

    folder: Path
    sandbox: Sandbox

    def __post_init__(self) -> None:
        self.secret = self.folder / "secret"
        self.secret.write_text("".join(map(str, SECRET)))
        self.drop = self.folder / "drop"
        self.drop.mkdir()
        (self.drop / "keep").write_text("kept")
        (self.drop / "planted.py").write_text("GRID = [[7, 7, 7]]\n")
        self.drop.chmod(0o777)
        own = [self.folder, *self.folder.parents]  # the canaries must be in reach of everybody
        for folder in own[: own.index(Path(tempfile.gettempdir()))]:
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
        self.bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(self.tcp.getsockname())
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract_name = f"soar2cot-{os.getpid()}-{self.folder.name}"
        self.abstract.bind(f"\0{self.abstract_name}")
        self.abstract.listen()
        os.environ["SOAR2COT_TEST_SECRET"] = "".join(map(str, SECRET))
        self.other = open_sandbox("full", LIMITS, workers=1)  # with another history than the one under attack
        self.before = self._world()

    def close(self) -> None:
        """Takes the canaries in."""
        self.other.close()
        self.bystander.kill()
        self.bystander.wait()
        for canary in (self.tcp, self.udp, self.abstract):
            canary.close()

    def attack(self, path: Path) -> str | None:
        """Lets one program loose; what it achieved, None for nothing."""
        code = self._code(path)
        started = time.monotonic()
        execution = self.sandbox.run(Job(code, (INPUT, INPUT), trace=path.stem.startswith("trace_")))
        seconds = time.monotonic() - started
        return self._verdict(path, code, execution, seconds) or self._harm()

    def share(self, path: Path) -> str | None:
        """Lets it loose in the lane where programs share a process, between its victims."""
        victims = [Job(code, (INPUT,)) for code in VICTIMS]
        jobs = [*victims, Job(self._code(path), (INPUT,)), *victims]
        results = list(self.sandbox.run_many(jobs))
        expected = list(VICTIMS.values())
        got = [results[index].grids[0] for index in (0, 1, 2, 4, 5, 6)]
        return None if got == expected * 2 else f"its neighbours got {got}"

    def _code(self, path: Path) -> str:
        given = {
            "SECRET_FILE": str(self.secret),
            "DROP": str(self.drop),
            "PARENT": os.getpid(),
            "PORT": self.tcp.getsockname()[1],
            "ABSTRACT": self.abstract_name,
        }
        return "".join(f"{name} = {value!r}\n" for name, value in given.items()) + path.read_text()

    def _verdict(self, path: Path, code: str, execution: Execution, seconds: float) -> str | None:
        """What the outcome itself says."""
        if path.stem.startswith("chance_"):
            return self._chance(code, execution)
        if path.stem.startswith("trace_"):
            return self._trace(path, execution)
        for grid in execution.grids:
            if grid == WON and path.stem not in HARMLESS_WINS:
                return "it says that it was through"
            if grid is not None and [cell for row in grid for cell in row][: len(SECRET)] == SECRET:
                return "it knows the secret"
        if seconds > LIMITS.wall_s + 1.5:
            return f"it ran for {seconds:.1f} s"
        if execution.cpu_s > LIMITS.cpu_s + 0.3:
            return f"it used {execution.cpu_s:.2f} s of CPU time"
        if execution.peak_memory_bytes > LIMITS.memory_bytes + (1 << 27):
            return f"it used {execution.peak_memory_bytes >> 20} MiB"
        return None

    def _chance(self, code: str, first: Execution) -> str | None:
        """Nondeterminism is through where two sandboxes differ and another seed would not tell."""
        second = self.other.run(Job(code, (INPUT, INPUT)))
        if second.grids == first.grids:
            return None
        seeded = self.other.run(Job(code, (INPUT, INPUT), seed=1))
        return "it gives something else each time, unmarked" if seeded.grids == second.grids else None

    def _trace(self, path: Path, execution: Execution) -> str | None:
        for result in execution.results:
            if result.failed is not None and result.failed.kind == "trace":
                continue
            if path.stem == "trace_detect":
                return "another answer under trace was not refused"
            if len(result.events) > 2_000 or (path.stem == "trace_flood" and not result.truncated):
                return "the cap on events does not hold"
        return None

    def _harm(self) -> str | None:
        """What the world looks like afterwards, and whether the next programs still get what is theirs."""
        if (after := self._world()) != self.before:
            return f"the world changed: {set(after) ^ set(self.before)}"
        if self.bystander.poll() is not None:
            return "it killed a bystander"
        for canary in (self.tcp, self.udp, self.abstract):
            if select.select([canary], [], [], 0)[0]:
                return "it reached a socket"
        for code, expected in VICTIMS.items():
            got = self.sandbox.run(Job(code, (INPUT,))).grids[0]
            if got != expected:
                return f"the next program got {got}"
        return None

    def _world(self) -> list[str]:
        """Files in reach, and processes of our own making that are there and should not be."""
        files = [
            f"{path.name} {path.stat().st_mode:o} {path.stat().st_size}" for path in sorted(self.folder.rglob("*"))
        ]
        known = set(self.sandbox.pids) if isinstance(self.sandbox, LinuxSandbox) else set[int]()
        return [*files, *[f"process {pid}" for pid in processes_of(known) - known]]


def processes_of(zygotes: set[int]) -> set[int]:
    """All processes in the sessions of the zygotes or below them, ended ones that nobody waited for included."""
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parent, session = int(fields[1]), int(fields[3])
            if parent in zygotes or session in zygotes:
                found.add(int(entry.name))
    return found


def through() -> dict[str, str]:
    """Every attack, each followed by its victims: who was through, and how."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder, open_sandbox("full", LIMITS, workers=1) as sandbox:
        arena = Arena(Path(folder), sandbox)
        try:
            for path in sorted(ATTACKS.glob("*.py")):
                if reason := arena.attack(path):
                    found[path.stem] = reason
        finally:
            arena.close()
    return found


def like_docker() -> None:
    """The part of Docker's default profile that matters here: what it refuses to a process without capabilities.

    Source: github.com/moby/profiles, seccomp/default.json. `personality` is allowed for a few values only.
    """
    # unshare, mount, bpf, perf_event_open, keyctl, userfaultfd, io_uring_setup, setns, open_by_handle_at, add_key
    refused = (272, 165, 321, 298, 250, 323, 425, 308, 304, 248)
    rules = [line for number in refused for line in ((0x15, 0, 1, number), (0x06, 0, 0, filters.ERRNO | 1))]
    personality = [
        (0x15, 0, 4, 135),
        (0x20, 0, 0, 16),
        (0x15, 2, 0, 0xFFFFFFFF),
        (0x15, 1, 0, 0),
        (0x06, 0, 0, filters.ERRNO | 1),
        (0x20, 0, 0, 0),
    ]
    lines = [(0x20, 0, 0, 0), *personality, *rules, (0x06, 0, 0, filters.ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *line) for line in lines))
    program = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(lines), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
        raise OSError(ctypes.get_errno(), "no filter")


if __name__ == "__main__":
    if "--like-docker" in sys.argv:
        assert platform.machine() == "x86_64"
        like_docker()
    found = through()
    if "--count" in sys.argv:
        print(f"FIGURE sandbox.attacks {len(list(ATTACKS.glob('*.py')))}\nFIGURE sandbox.attacks_through {len(found)}")
    else:
        print(json.dumps(found))
