"""Writes `docs/comparison.md` and its picture from the result files; no figure in them is typed by hand.

    python benchmarks/make_comparison.py                     from benchmarks/results
    python benchmarks/make_comparison.py --results DIR --out DIR/comparison.md

Every bar of `bars.toml` gets a row: what was measured, whether it reaches the bar, when, and the command to see it. Of
several files with the same figure the youngest counts. What was not measured says so.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bars import Bar, bars
from machine import ROOT
from record import RESULTS

sys.path.insert(0, str(Path(__file__).parent / "peers"))
from picture import Line, picture

TITLES = {
    "loader": "Loading five million rows",
    "ledger": "The ledger",
    "sandbox": "The sandbox",
    "llm": "The model engine",
    "peers": "Structured generation, against others",
    "symbolic": "The symbolic engine",
    "web": "The page",
    "ray": "More than one machine",
    "local": "One machine, more processes",
    "package": "The package",
}
HEAD = """\
# Side by side

What was promised, what was measured, and what a user would take instead. This page and its picture are written by
`python benchmarks/make_comparison.py` from `benchmarks/results/`, which the benchmarks write; nothing is typed by hand.

    make bench                                       # minutes: everything small, into out/bench, and this page there
    make bench-full                                  # about an hour: into benchmarks/results, and this page
    python benchmarks/record.py NAME -- COMMAND      # one row: runs the command of the row, keeps its figures

Ratios are taken within one run, in turns. Figures of other machines differ; the ratios should not differ much.
"""


@dataclass(frozen=True)
class Found:
    """A figure and the file it came from."""

    value: float
    source: dict[str, Any]


def load(folder: Path) -> dict[str, dict[str, Any]]:
    """The result files by name."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


def newest(results: dict[str, dict[str, Any]]) -> dict[str, Found]:
    """Each figure, of the youngest file that has it."""
    found: dict[str, Found] = {}
    for result in sorted(results.values(), key=lambda item: item["at"]):
        for name, value in result["figures"].items():
            found[name] = Found(value, result)
    return found


def page(results: dict[str, dict[str, Any]], *, image: str) -> str:
    """The whole page."""
    found = newest(results)
    parts = [HEAD, machines(results), summary(found), bar_tables(found)]
    parts += [rows_section(results), kills_section(results, image=image), loading_section(found, results)]
    return "\n".join(part for part in parts if part)


def machines(results: dict[str, dict[str, Any]]) -> str:
    """On what, with what, when."""
    kinds = {
        f"{item['machine']['cores']} cores of {item['machine']['cpu']}, {item['machine']['memory_gb']} GB, "
        f"{item['machine']['system']}, Python {item['machine']['python']}"
        for item in results.values()
    }
    versions: dict[str, set[str]] = {}
    for item in results.values():
        for name, version in item["versions"].items():
            versions.setdefault(name, set()).add(version)
    shown = ", ".join(f"{name} {'/'.join(sorted(known))}" for name, known in sorted(versions.items()))
    loads = sorted(item["machine"]["load_1m"] for item in results.values() if "load_1m" in item["machine"])
    busy = f" Processes that wanted a core at the end of a measurement: {loads[0]} to {loads[-1]}." if loads else ""
    days = sorted(item["at"] for item in results.values()) or ["never"]
    return f"Machine: {'; '.join(sorted(kinds))}. Measured {days[0]} to {days[-1]}. Libraries: {shown}.{busy}\n"


def summary(found: dict[str, Found]) -> str:
    """How many bars are met, and which are not."""
    known = bars()
    short = [bar for bar in known if bar.id in found and not bar.met(found[bar.id].value)]
    missing = [bar for bar in known if bar.id not in found]
    met = len(known) - len(short) - len(missing)
    lines = [
        f"\n**{met} of {len(known)} bars are met, {len(short)} are missed, {len(missing)} were not measured here.**\n"
    ]
    lines += [f"- missed: {named(bar)}: {number(found[bar.id].value)}, bar {bar.shown}" for bar in short]
    lines += [f"- not measured: {named(bar)}" for bar in missing]
    return "\n".join(lines) + "\n"


def named(bar: Bar) -> str:
    """The bar where it stands without its table."""
    room = bar.id.partition(".")[0]
    return f"{TITLES.get(room, room)}: {bar.what}"


def bar_tables(found: dict[str, Found]) -> str:
    """A table for each room."""
    parts: list[str] = []
    known = bars()
    for room in dict.fromkeys(bar.id.partition(".")[0] for bar in known):
        parts.append(f"\n## {TITLES.get(room, room)}\n")
        parts += table(
            ["what", "bar", "measured", "met", "when", "command"],
            [bar_row(bar, found.get(bar.id)) for bar in known if bar.id.startswith(f"{room}.")],
        )
    return "\n".join(parts) + "\n"


def bar_row(bar: Bar, found: Found | None) -> list[str]:
    """One bar; the command that was really run, where there is one."""
    if found is None:
        return [bar.what, bar.shown, "not measured", "–", "", f"`{bar.command}`"]
    when = f"{found.source['at'][:10]}, {found.source['commit'].rstrip('+') or 'no commit'}"
    met = "yes" if bar.met(found.value) else "**no**"
    return [bar.what, bar.shown, number(found.value), met, when, f"`{found.source['command']}`"]


def rows_section(results: dict[str, dict[str, Any]]) -> str:
    """Structured generation: what a row costs."""
    parts = ["\n## Structured generation: one call a row, the same server\n"]
    for result in results.values():
        notes = result.get("notes") or {}
        systems = [item for item in notes.get("systems", []) if item["cost"] or item["problem"]]
        if not any(item["cost"] for item in systems):
            continue
        ours = next((item["cost"] for item in systems if item["name"] == "soar2cot" and item["cost"]), None)
        parts.append(
            f"{notes['rows']:,} rows, {notes['in_flight']} in flight, {notes['turns']} turns, {result['at']}: "
            f"`{result['command']}`\n"
        )
        parts += table(
            [
                "system",
                "rows/s",
                "CPU s per 1,000 rows",
                "against soar2cot",
                "start-up, CPU s",
                "memory, MB",
                "settings",
            ],
            [cost_row(item, ours) for item in systems],
        )
        parts.append("")
        parts += [*wins(systems, ours), ""]
    return "\n".join(parts) + "\n" if len(parts) > 1 else ""


def cost_row(item: dict[str, Any], ours: dict[str, float] | None) -> list[str]:
    """One system."""
    name = f"{item['name']} {item['version']}".strip()
    cost = item["cost"]
    if not cost:
        return [name, "–", "–", "–", "–", "–", f"did not run here: {cell(item['problem'])}"]
    times = f"{cost['cpu_s'] / ours['cpu_s']:.1f} ×" if ours and ours["cpu_s"] > 0 else "–"
    figures = [f"{cost['rows_per_s']:,.0f}", f"{cost['cpu_s']:.2f}", times, f"{cost['start_cpu_s']:.1f}"]
    return [name, *figures, f"{cost['memory_mb']:,.0f}", item["settings"]]


def wins(systems: list[dict[str, Any]], ours: dict[str, float] | None) -> list[str]:
    """Where another system is better than this project."""
    if ours is None:
        return []
    better = {
        "CPU per row": ("cpu_s", min),
        "rows a second": ("rows_per_s", max),
        "CPU of the start": ("start_cpu_s", min),
        "memory": ("memory_mb", min),
    }
    lines: list[str] = []
    for what, (name, best) in better.items():
        names = [
            item["name"]
            for item in systems
            if item["cost"] and item["name"] != "soar2cot" and best(item["cost"][name], ours[name]) != ours[name]
        ]
        if names:
            lines.append(f"- Better than soar2cot in {what}: {', '.join(names)}.")
    return lines


def kill_results(results: dict[str, dict[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """The kills of all files that have as many rows and calls in flight as the youngest: its notes, the systems.

    A system that is in several files counts as in the youngest.
    """
    having = [
        item for item in results.values() if any(s["kills"] for s in (item.get("notes") or {}).get("systems", []))
    ]
    if not having:
        return None
    having.sort(key=lambda item: item["at"])
    notes = having[-1]["notes"]
    alike = [item for item in having if all(item["notes"][name] == notes[name] for name in ("rows", "in_flight"))]
    systems = {s["name"]: s for item in alike for s in item["notes"]["systems"] if s["kills"]}
    return {**notes, "at": having[-1]["at"], "command": having[-1]["command"]}, list(systems.values())


def kill_lines(systems: list[dict[str, Any]]) -> list[Line]:
    """The worst of each system's kills."""

    def worst(item: dict[str, Any], name: str) -> int:
        return max(kill[name] for kill in item["kills"])

    return [
        Line(
            f"{item['name']} {item['version']}".strip(),
            len(item["kills"]),
            *(worst(item, name) for name in ("repeated", "lost", "doubled", "manual")),
        )
        for item in systems
        if item["kills"]
    ]


def kills_section(results: dict[str, dict[str, Any]], *, image: str) -> str:
    """What a kill at half costs."""
    found = kill_results(results)
    if found is None:
        return ""
    notes, systems = found
    parts = [
        "\n## kill -9 at half, then resumed as each one's documentation says\n",
        f"{notes['rows']:,} rows, {notes['in_flight']} in flight, 0.2 s a call, {notes['at']}: `{notes['command']}`. "
        "Calls paid again: the server saw them twice. Lost and doubled rows are counted in what the user gets. "
        "A step by hand: the resume failed or did not end, what it kept was removed, and it was started again.\n",
        f"![For each system calls paid again, rows lost, rows doubled]({image})\n",
    ]
    rows: list[list[str]] = []
    for item in systems:
        name = f"{item['name']} {item['version']}".strip()
        each = [
            ", ".join(str(kill[what]) for kill in item["kills"]) for what in ("repeated", "lost", "doubled", "manual")
        ]
        said = "; ".join(sorted({cell(kill["said"]) for kill in item["kills"] if kill["said"]}))
        rows.append([name, *each, said or item["resume"]])
    head = ["system", "calls paid again, each kill", "rows lost", "rows doubled", "steps by hand", "how it is resumed"]
    return "\n".join([*parts, *table(head, rows), "", *fewer_repeats(systems)]) + "\n"


def fewer_repeats(systems: list[dict[str, Any]]) -> list[str]:
    """Which systems paid fewer calls again than this project, with nothing lost, doubled or done by hand."""
    lines = {item["name"]: line for item in systems for line in kill_lines([item])}
    ours = lines.get("soar2cot")
    if ours is None:
        return []
    names = [
        name
        for name, line in lines.items()
        if line.repeated < ours.repeated and not line.lost + line.doubled + line.manual
    ]
    why = "A call counts that was on its way when the kill came; a slower system has fewer of them."
    return [f"- Better than soar2cot in calls paid again: {', '.join(names)}. {why}"] if names else []


def loading_section(found: dict[str, Found], results: dict[str, dict[str, Any]]) -> str:
    """What is left, and the first 1,000 of it."""
    ways = [name.rpartition(".")[2] for name in found if name.startswith("loading.cpu_s.")]
    if not ways:
        return ""
    source = found[f"loading.cpu_s.{ways[0]}"].source
    ours = found["loading.cpu_s.soar2cot"].value if "loading.cpu_s.soar2cot" in found else None
    rows = [
        [
            way,
            f"{found[f'loading.cpu_s.{way}'].value:.2f}",
            f"{found[f'loading.cpu_s.{way}'].value / ours:.1f} ×" if ours else "–",
            f"{found[f'loading.mb.{way}'].value:,.0f}",
        ]
        for way in ways
    ]
    head = f"\n## Loading: what is left, and its first 1,000 rows in order\n\n{source['at']}: `{source['command']}`\n"
    return "\n".join([head, *table(["with", "CPU s", "against soar2cot", "memory, MB"], rows)]) + "\n"


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """A Markdown table."""
    return [f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows]]


def cell(text: str) -> str:
    """Foreign text, made harmless for a table."""
    return "".join(c for c in text if c.isprintable()).replace("|", "/").replace("<", "(").replace(">", ")").strip()


def number(value: float) -> str:
    """Three digits that say something."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "comparison.md")
    given = parser.parse_args()
    results = load(given.results)
    image = given.out.parent / "img" / "kills.svg"
    if (found := kill_results(results)) is not None:
        notes, systems = found
        image.parent.mkdir(parents=True, exist_ok=True)
        image.write_text(picture(kill_lines(systems), n_rows=notes["rows"], in_flight=notes["in_flight"]))
    given.out.write_text(page(results, image="img/kills.svg"))
    print(f"{len(results)} result files, written to {given.out}")


if __name__ == "__main__":
    main()
