"""The report: right sums, one file, nothing from elsewhere, texts that stay texts."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from soar2cot.cli.report import report
from soar2cot.ledger import open_ledger
from soar2cot.ledger.readers import open_browse
from soar2cot.report import RunFigures, as_html, as_markdown, collect
from tests.unit.export_samples import TASK_IDS, entry, fill, tampered

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)> | a\nb `c` [x](http://evil.example)'


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    entries = [entry(task_id, n, score=n / 4, right=n % 2 == 0) for n in range(5) for task_id in TASK_IDS]
    entries += [tampered(entry(TASK_IDS[0], 9, text=EVIL, score=0.0), soar_source_model=EVIL, model=EVIL)]
    return asyncio.run(fill(tmp_path_factory.mktemp("report") / "ledger.db", entries))


async def figures(url: str, name: str = "runs/a") -> RunFigures:
    ledger, browse = await open_ledger(url, read_only=True), await open_browse(url)
    found = await collect(name, ledger, browse)
    await browse.aclose()
    await ledger.aclose()
    return found


async def test_the_sums_are_right(url: str) -> None:
    run = await figures(url)
    assert (run.all.n, run.all.perfect, run.completed) == (26, 5, 26) and run.all.mean_score == pytest.approx(12.5 / 26)
    assert run.all.test_solved == 16 and run.bins[0] == 6 and run.bins[-1] == 5 and sum(run.bins) == 26
    assert run.by_kind["original"].n == 26 and run.by_source["Qwen2.5-Coder-7B-Instruct"].n == 25
    assert len(run.best) == 3 and [example.score for example in run.worst] == [0, 0, 0]
    assert run.cost_per_perfect_usd is None and run.all.mean_lift is None


async def test_one_file_that_loads_nothing_and_runs_nothing(url: str) -> None:
    html = as_html([await figures(url), await figures(url, "runs/b")])
    assert html.count("<svg") >= 2 * (3 + 2 * 3) and "runs/a" in html and "runs/b" in html
    assert "<script" not in html and "<img" not in html and "<link" not in html
    assert not re.search(r"<[^>]*\s(?:src|href)\s*=|url\(|@import", html) and "default-src 'none'" in html


@pytest.mark.parametrize(("seconds", "shown"), [(90, "1970-01-01 00:01:30"), (7_200, "1970-01-01 02:00")])
def test_the_picture_of_a_short_run_names_seconds(seconds: int, shown: str) -> None:
    html = as_html([RunFigures("runs/a", history=[(0, 0), (seconds, 5)])])
    assert f">{shown}<" in html and f">1970-01-01 00:00{':00' if seconds < 120 else ''}<" in html


async def test_markdown_tables_hold_whatever_stands_in_them(url: str) -> None:
    text = as_markdown([await figures(url)])
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in tables} == {3, 7}
    assert not re.search(r"(?<!\\)[<\[`]", text)
    assert "| samples completed | 26 |" in text and "| score 1 | 19.2% |" in text


def test_the_command_writes_the_file_it_names(url: str, tmp_path: Path) -> None:
    for name, start in (("report.html", "<!doctype html>"), ("report.md", "# soar2cot report")):
        done = CliRunner().invoke(report, ["--ledger", url, "--out", str(tmp_path / name)])
        assert done.exit_code == 0 and done.stdout.strip() == str(tmp_path / name)
        assert (tmp_path / name).read_text().startswith(start)


async def test_an_empty_run_is_reported_as_such(tmp_path: Path) -> None:
    run = await figures(await fill(tmp_path / "ledger.db", []))
    assert "nothing yet" in as_html([run]) and "| mean score | – |" in as_markdown([run])
