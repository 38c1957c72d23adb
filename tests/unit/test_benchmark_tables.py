"""The table of bars says what the benchmarks print."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "benchmarks" / "peers")]

from picture import Line, picture  # noqa: E402

from bars import Bar, bars, figures_in  # noqa: E402
from bench import jobs  # noqa: E402
from make_comparison import page  # noqa: E402
from record import shown  # noqa: E402

BARS = {bar.id: bar for bar in bars()}


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("FIGURE package.help_s 0.2500", "package.help_s", 0.25),
        ("two lanes, against in-process:          0.62 x   (bar 0.6)", "sandbox.lanes_ratio", 0.62),
        ("| filter, 200,000 rows | 1.9 ms | df.apply 2.1 s | 1105.26 | ≥ 100 |", "loader.filter_times", 1105.26),
        ("| label, memory | 2100 MB | duckdb 2300 MB | 0.51 | ≤ 4 GB |", "loader.label_rss_mb", 2100),
        (f"{'SQLite, 256 in flight: commits against a bare loop (bar 0.6)':70s}   20,000/s   14,000/s   x  0.70 wall"
         "   x  0.66 CPU", "ledger.sqlite_ratio", 0.70),
        ("      256 |         6000         0.16 |           2900         0.34 |   0.48   2.10", "llm.engine_ratio_256",
         0.48),
        ("   32   None |        0.98   1.20  0.000 |         16        0.97   1.30  0.004", "llm.auto_throughput",
         0.98),
        ("   32   None |        0.98   1.20  0.000 |         16        0.97   1.30  0.004", "llm.auto_changed_429",
         0.004),
        ("  facts proposed                 1234567   false 0   precision 100.0000%", "symbolic.claim_precision", 1.0),
        ("sound: 0 lost, doubled or torn by 2,058 kills of a run on SQLite", "ledger.sqlite_kills", 2058),
        ("NOT SOUND: 3 lost, doubled or torn by 528 kills of a run on PostgreSQL", "ledger.postgres_violations", 3),
        ("1,004 rows give something else than the file says", "sandbox.unequal_rows", 1004),
        ("wall time with progress.json against without: median +1.20%   (bar +2 %)", "ledger.progress_share", 0.012),
    ],
)  # fmt: skip
def test_a_figure_is_found_in_what_is_printed(line: str, name: str, value: float) -> None:
    assert figures_in([line])[name] == pytest.approx(value)


def test_of_several_figures_the_worst_counts() -> None:
    lines = [f"FIGURE llm.auto_throughput {value}" for value in (0.95, 0.91, 0.99)]
    assert figures_in(lines)["llm.auto_throughput"] == 0.91
    assert figures_in(line.replace("throughput", "p95") for line in lines)["llm.auto_p95"] == 0.99


def test_a_bar_is_met_at_its_limit_and_not_beyond() -> None:
    least, most = Bar("a.b", "", "", least=0.6), Bar("a.b", "", "", most=0)
    assert least.met(0.6) and not least.met(0.59) and most.met(0) and not most.met(1)


def test_every_command_of_a_bar_names_a_file_that_is_there() -> None:
    commands = [bar.command for bar in BARS.values()]
    commands += [f"python {words}" for job in jobs("x") for words in (job.small, job.full)]
    for command in commands:
        for path in re.findall(r"(?:benchmarks|tests)/[\w/]+\.py", command):
            assert (ROOT / path).exists(), command
        for module in re.findall(r"-m (tests[\w.]+)", command):
            assert (ROOT / f"{module.replace('.', '/')}.py").exists(), command


def test_a_command_is_shown_without_folders_of_a_machine() -> None:
    words = [".venv/bin/python", "benchmarks/bench_loader.py", "--data", "/a/b/five.parquet", "--out=/c/d/e"]
    assert shown(words) == "python benchmarks/bench_loader.py --data five.parquet --out=e"


def result(**figures: float) -> dict[str, Any]:
    machine = {"cores": 2, "cpu": "Some CPU", "memory_gb": 8, "system": "Linux", "python": "3.12.1"}
    return {"command": "python b.py", "at": "2026-01-02T03:04Z", "seconds": 1, "commit": "abc", "machine": machine,
            "versions": {"numpy": "2.0"}, "figures": figures}  # fmt: skip


def test_the_page_has_a_row_for_every_bar_and_says_which_are_missed() -> None:
    told = page({"one": result(**{"web.page_ms": 90.0, "sandbox.lanes_ratio": 0.5})}, image="i.svg")
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in told.splitlines() if line.startswith("| ")}
    assert all(bar.what in rows for bar in BARS.values())
    assert "| 90 | yes |" in rows[BARS["web.page_ms"].what]
    assert "| **no** |" in rows[BARS["sandbox.lanes_ratio"].what]
    assert "not measured" in rows[BARS["llm.memory_mb"].what]
    assert f"1 of {len(BARS)} bars are met, 1 are missed" in told


def test_where_another_system_is_better_the_page_says_so() -> None:
    cost = {"rows_per_s": 100.0, "cpu_s": 1.0, "start_cpu_s": 1.0, "start_s": 1.0, "memory_mb": 100.0}
    kill = {"answered": 5, "repeated": 3, "lost": 2, "doubled": 1, "manual": 0, "said": ""}
    systems = [
        {"name": name, "version": "", "settings": "", "resume": "again", "problem": "", "kills": [kill],
         "cost": cost | changed}
        for name, changed in (("soar2cot", {}), ("other", {"cpu_s": 0.5, "memory_mb": 900.0}))
    ]  # fmt: skip
    notes = {"rows": 10, "in_flight": 2, "turns": 1, "systems": systems}
    told = page({"rows": {**result(), "notes": notes}}, image="kills.svg")
    assert "Better than soar2cot in CPU per row: other." in told and "in memory: other" not in told
    assert "in calls paid again" not in told
    assert "![" in told and "(kills.svg)" in told


def test_the_picture_is_whole_and_shows_every_system() -> None:
    lines = [Line("a & b", 3, 12, 0, 0, 0), Line("c", 1, 0, 5, 1_000_000, 1)]
    svg = ElementTree.fromstring(picture(lines, n_rows=100, in_flight=8))
    texts = " ".join(text for text in svg.itertext())
    assert "a & b" in texts and "1 by hand" in texts.replace("kill, ", "")
    widths = [float(rect.get("width", "0")) for rect in svg.iter("{http://www.w3.org/2000/svg}rect")]
    assert max(widths) < 860


def test_kept_results_are_readable() -> None:
    for path in (ROOT / "benchmarks" / "results").glob("*.json"):
        kept = json.loads(path.read_text())
        assert kept["command"] and kept["machine"]["cores"] and isinstance(kept["figures"], dict), path
        assert not re.search(r"/(tmp|work|root|home)/", path.read_text()), path
