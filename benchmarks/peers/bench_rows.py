"""One-call rows over the same scripted server: this project and what a user would take instead, in turns.

    python benchmarks/peers/bench_rows.py                         2,000 rows, three turns, and the kills
    python benchmarks/peers/bench_rows.py --rows 500 --turns 1    minutes
    python benchmarks/peers/bench_rows.py --only soar2cot datatrove --kills 0

Cost: the server answers at once; rows a second, CPU seconds per 1,000 rows and memory of each system's processes. A
run of ten rows is taken off, so that start-up does not count; it stands in a column of its own, and so does the CPU of
the whole run, start-up and all. Kills: the server
takes 0.2 s, the system is ended with SIGKILL when half of the rows are answered, then resumed as its documentation
says. Repeated calls are those that the *server* saw again; lost and doubled rows are counted in what its user gets.
Writes `--out`/`--name`.json.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pyarrow.parquet as pq
from envs import NoEnvironmentError
from measured import Run, run, scripted_server
from systems import SYSTEMS, System

from make_soar import make
from record import RESULTS, keep, shown

GROUP_ROWS = 512  # as in published files; so few rows would come in groups of five
FEW = 10  # rows of the run that is taken off
SERVICE_S = 0.2  # of a call, where systems are killed


@dataclass
class Cost:
    """Medians over the turns; per 1,000 rows and a second without start-up. `whole_cpu_s`: of the run, with it."""

    rows_per_s: float
    cpu_s: float
    whole_cpu_s: float
    start_cpu_s: float
    start_s: float
    memory_mb: float


@dataclass
class Kill:
    """What one kill at half cost. `repeated` calls, `lost` and `doubled` rows, steps by hand, how it went."""

    answered: int
    repeated: int
    lost: int
    doubled: int
    manual: int
    said: str = ""


@dataclass
class Finding:
    """All about one system."""

    name: str
    version: str
    settings: str
    resume: str
    cost: Cost | None = None
    kills: list[Kill] = field(default_factory=list)
    problem: str = ""


def make_rows(folder: Path, n: int) -> Path:
    """Rows of a SOAR file, with the prompts that soar2cot would send; beside the file itself."""
    from soar2cot.config import Endpoint, Step
    from soar2cot.engines.base import Question
    from soar2cot.engines.llm.prompts import write_prompt
    from soar2cot.engines.llm.requests import Asking, ladder
    from soar2cot.records import Sample
    from soar2cot.soar_loader import create_challenge_from_soar, load_arc_tasks, open_soar

    path = folder / f"rows-{n}.jsonl"
    made = path.with_suffix(".parquet")
    make(n, made)
    pq.write_table(pq.read_table(made), made, row_group_size=GROUP_ROWS)
    tasks, endpoint = load_arc_tasks(), Endpoint()
    asking, rung = Asking(endpoint, "m"), ladder(endpoint)[0]
    with path.open("w") as file:
        for sample in open_soar(str(made)).stream():
            assert isinstance(sample, Sample)
            challenge, _ = create_challenge_from_soar(sample, tasks)
            prompt = write_prompt(Question(sample.key, challenge, sample.code, Step(), ""))
            body = json.loads(asking.request(prompt, rung, pictures=False, correction=None).body)
            system, user = (message["content"] for message in body["messages"])
            file.write(json.dumps({"id": str(sample.key), "system": system, "user": user}) + "\n")
    return path


class Bench:
    """One comparison, in one folder."""

    def __init__(self, folder: Path, n_rows: int, in_flight: int, timeout_s: float) -> None:
        self.folder, self.n_rows, self.in_flight, self.timeout_s = folder, n_rows, in_flight, timeout_s
        self.few, self.rows = make_rows(folder, FEW), make_rows(folder, n_rows)
        home = folder / "home"
        home.mkdir()
        self.environment = {**os.environ, "HOME": str(home), "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1"}

    def cost(self, system: System) -> tuple[Run, Run]:
        """(a run of few rows, a run of all), each on a fresh folder and server."""
        return self._whole(system, self.few), self._whole(system, self.rows)

    def _whole(self, system: System, rows: Path) -> Run:
        out = self._fresh(system)
        with scripted_server(0.0) as server:
            done = self._run(system, rows, out, server.url)
        if done.code != 0:
            raise RuntimeError(f"exit code {done.code}: {last_words(done.log)}")
        wanted, found = ids(rows), delivered(out)
        if sorted(found) != sorted(wanted):
            raise RuntimeError(f"{len(found)} rows delivered of {len(wanted)}: {last_words(done.log)}")
        return done

    def kill(self, system: System) -> Kill:
        """Ends it at half, resumes, counts."""
        out = self._fresh(system)
        with scripted_server(SERVICE_S) as server:

            def half() -> bool:
                return server.stats()["answered"] >= self.n_rows // 2

            self._run(system, self.rows, out, server.url, kill_when=half)
            answered = server.stats()["answered"]
            resumed = self._run(system, self.rows, out, server.url)
            manual, said = 0, ""
            if resumed.code != 0:
                manual = 1
                said = "resume did not end" if resumed.code is None else f"resume failed: {last_words(resumed.log)}"
                system.start_over(out)
                (out / "rows.jsonl").unlink(missing_ok=True)
                again = self._run(system, self.rows, out, server.url)
                said += "" if again.code == 0 else f"; so did a new start: {last_words(again.log)}"
            stats = server.stats()
        found = Counter(delivered(out))
        return Kill(
            answered=answered,
            repeated=stats["started"] - stats["different"],
            lost=sum(name not in found for name in ids(self.rows)),
            doubled=sum(count - 1 for count in found.values()),
            manual=manual,
            said=said,
        )

    def _fresh(self, system: System) -> Path:
        out = self.folder / system.script
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        return out

    def _run(self, system: System, rows: Path, out: Path, url: str, kill_when=None) -> Run:
        return run(
            system.command(rows, out, url, self.in_flight),
            log=out / "log.txt",
            environment=self.environment,
            timeout_s=self.timeout_s,
            kill_when=kill_when,
        )


def ids(rows: Path) -> list[str]:
    """The ids that must come out, in order."""
    return [json.loads(line)["id"] for line in rows.read_text().splitlines()]


def delivered(out: Path) -> list[str]:
    """The ids that the user of the system gets."""
    path = out / "rows.jsonl"
    return [json.loads(line)["id"] for line in path.read_text().splitlines()] if path.exists() else []


def last_words(log: str) -> str:
    """The last line that says something, without this machine's folders."""
    lines = [line.strip() for line in log.splitlines() if line.strip(" │╭╰─╮╯\t")]
    return lines[-1][:200] if lines else "it said nothing"


def costs(turns: list[tuple[Run, Run]], n_rows: int) -> Cost:
    """Medians over the turns."""

    def middle(values: list[float]) -> float:
        return statistics.median(values)

    more = n_rows - FEW
    return Cost(
        rows_per_s=middle([more / max(whole.wall_s - few.wall_s, 1e-3) for few, whole in turns]),
        cpu_s=middle([(whole.cpu_s - few.cpu_s) / more * 1_000 for few, whole in turns]),
        whole_cpu_s=middle([whole.cpu_s for _, whole in turns]),
        start_cpu_s=middle([few.cpu_s for few, _ in turns]),
        start_s=middle([few.wall_s for few, _ in turns]),
        memory_mb=middle([whole.memory_mb for _, whole in turns]),
    )


def measure(
    bench: Bench, systems: list[System], turns: int, kills: int, told: Callable[[list[Finding]], None]
) -> list[Finding]:
    """All systems, turn by turn; one that fails says why and is left out of the turns that follow.

    `told` gets what is known after each system: a bench that is stopped has kept what it measured.
    """
    findings = {system.name: Finding(system.name, system.version, system.settings, system.resume) for system in systems}
    runs: dict[str, list[tuple[Run, Run]]] = {system.name: [] for system in systems}
    for turn in range(max(turns, kills)):
        for system in systems:
            finding = findings[system.name]
            if finding.problem:
                continue
            try:
                if turn < turns:
                    runs[system.name].append(bench.cost(system))
                if turn < kills:
                    finding.kills.append(bench.kill(system))
            except (NoEnvironmentError, RuntimeError) as error:
                finding.problem = str(error)
            print(f"turn {turn + 1}: {system.name}: {tell(finding, runs[system.name])}", file=sys.stderr, flush=True)
            finding.cost = costs(runs[system.name], bench.n_rows) if runs[system.name] else None
            told(list(findings.values()))
    return list(findings.values())


def tell(finding: Finding, done: list[tuple[Run, Run]]) -> str:
    """A line while it goes on."""
    if finding.problem:
        return finding.problem
    cost = f"{done[-1][1].cpu_s:.1f} CPU s, {done[-1][1].wall_s:.1f} s" if done else ""
    return f"{cost} {finding.kills[-1] if finding.kills else ''}"


def print_tables(findings: list[Finding]) -> None:
    """For people."""
    print(
        "system            version   rows/s   CPU s/1,000   x ours   start CPU s   whole CPU s   memory MB"
        "   kills: repeated/lost/doubled/by hand"
    )
    ours = next((item.cost for item in findings if item.name == "soar2cot"), None)
    for item in findings:
        told = f"{item.name:17} {item.version:9}"
        if item.cost:
            cost = item.cost
            times = f"{cost.cpu_s / ours.cpu_s:8.1f}" if ours else "        "
            told += (
                f" {cost.rows_per_s:6.0f} {cost.cpu_s:13.2f} {times} {cost.start_cpu_s:13.1f}"
                f" {cost.whole_cpu_s:13.1f} {cost.memory_mb:11.0f}"
            )
        kills = "  ".join(f"{k.repeated}/{k.lost}/{k.doubled}/{k.manual}" for k in item.kills)
        print(f"{told}   {kills} {item.problem}")


def figures(findings: list[Finding]) -> dict[str, float]:
    """For the table of bars: this project's CPU per row as a share of each other's, without and with start-up."""
    made: dict[str, float] = {}
    ours = next((item for item in findings if item.name == "soar2cot"), None)
    for item in findings:
        if ours and ours.cost and item.cost and item is not ours and item.cost.cpu_s > 0:
            name = item.name.replace(" ", "_")
            made[f"peers.{name}_share"] = round(ours.cost.cpu_s / item.cost.cpu_s, 4)
            made[f"peers.{name}_whole_share"] = round(ours.cost.whole_cpu_s / item.cost.whole_cpu_s, 4)
    if ours and ours.kills:
        made["peers.kills"] = len(ours.kills)
        made["peers.lost_or_doubled"] = sum(kill.lost + kill.doubled for kill in ours.kills)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--in-flight", type=int, default=256)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--timeout-s", type=float, default=180, help="of each run; a resume that takes longer hangs")
    parser.add_argument("--only", nargs="+", default=[system.name for system in SYSTEMS])
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--name", help="of the file; default: rows, or kills where no cost is measured")
    given = parser.parse_args()
    systems = [system for system in SYSTEMS if system.name in given.only]
    with tempfile.TemporaryDirectory(prefix="soar2cot-rows-") as folder:
        bench = Bench(Path(folder), given.rows, given.in_flight, given.timeout_s)
        findings = measure(bench, systems, given.turns, given.kills, lambda found: save(found, given))
    print_tables(findings)
    for name, value in figures(findings).items():
        print(f"FIGURE {name} {value}")


def save(findings: list[Finding], given: argparse.Namespace) -> None:
    """Keeps what is known so far."""
    notes = {
        "rows": given.rows,
        "in_flight": given.in_flight,
        "turns": given.turns,
        "systems": [asdict(item) for item in findings if item.cost or item.kills or item.problem],
    }
    name = given.name or ("rows" if given.turns else "kills")
    command = shown(["python", "benchmarks/peers/bench_rows.py", *sys.argv[1:]])
    keep(given.out, name, command=command, figures=figures(findings), seconds=0, notes=notes)


if __name__ == "__main__":
    main()
