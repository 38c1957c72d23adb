"""`status`, `pause`, `resume`, `limit` and the metrics: a run seen and steered from outside."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from soar2cot import events
from soar2cot.cli.control import limit, pause, resume
from soar2cot.cli.status import as_text, status
from soar2cot.control import Control, obey, read_control, write_control
from soar2cot.display.overview import overview
from soar2cot.errors import ConfigError
from soar2cot.ledger import open_ledger
from soar2cot.ledger.readers import open_browse
from soar2cot.records import Outcome
from soar2cot.web.metrics import Metrics
from tests.unit.export_samples import TASK_IDS, entry, fill
from tests.unit.test_display_views import call, key, outcome


def nobody_lives(pid: int) -> bool:
    return False


async def test_the_state_of_a_run_that_goes_on_and_of_one_that_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger = await open_ledger(url)
    await ledger.set_meta("n_samples", "20")
    run_id = await ledger.start_run(config={}, fingerprint="f", data_identity=None, engine_version="1")
    entries = [entry(task_id) for task_id in TASK_IDS]
    claims = await ledger.claim([record.key for record, _ in entries], run_id=run_id, lease_s=60)
    for claim, (record, guesses) in zip(claims[:4], entries, strict=False):
        await ledger.commit(claim, Outcome(record.key, record, guesses), run_id=run_id)
    await ledger.fail(claims[4], run_id=run_id, error_type="ProgramError", message="why")
    browse = await open_browse(url)
    latest = max(second for second, _ in await browse.history())
    state = await overview(browse, now=lambda: latest + 100.0)
    assert (state.state, state.completed, state.failed, state.total, state.remaining) == ("running", 4, 1, 20, 15)
    assert state.rate_per_s == pytest.approx(0.04, rel=0.05) and state.eta_s == pytest.approx(375, rel=0.05)
    monkeypatch.setattr("soar2cot.display.overview.is_alive", nobody_lives)
    assert (await overview(browse, now=lambda: latest + 100.0)).state == "died"
    await browse.aclose()
    await ledger.aclose()


async def test_the_state_knows_what_models_cost(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger = await open_ledger(url)
    run_id = await ledger.start_run(config={}, fingerprint="f", data_identity=None, engine_version="1")
    unknown = {"answer": None, "prompt_tokens": 0, "cached_tokens": 0, "completion_tokens": 0, "cost_usd": None}
    asked = [replace(call(1), id=str(n), **unknown) for n in range(2)]
    [claim] = await ledger.claim([asked[0].key], run_id=run_id, lease_s=60)
    for one in asked:
        await ledger.intend(one, claim=claim)
    await ledger.answer(
        replace(asked[0], answer="yes", prompt_tokens=100, cached_tokens=25, completion_tokens=20, cost_usd=0.5)
    )
    await ledger.aclose()
    browse = await open_browse(url)
    state = await overview(browse, now=lambda: 0.0)
    await browse.aclose()
    assert (state.calls, state.tokens, state.cost_usd) == (2, 120, 0.5)
    assert state.cached_share == 0.25
    assert "calls    2, 120 tokens, $0.50, 25% of prompt tokens cached" in as_text(state, Control())


def test_status_in_words_and_as_json(tmp_path: Path) -> None:
    asyncio.run(fill(tmp_path / "ledger.db", [entry(TASK_IDS[0]), entry(TASK_IDS[1], score=0.5)]))
    said = CliRunner().invoke(status, ["--run-dir", str(tmp_path)])
    assert said.output == "state    finished after 1 start\nsamples  2 done\nscores   mean 0.750, 50.0% perfect\n"
    values = json.loads(CliRunner().invoke(status, ["--run-dir", str(tmp_path), "--json"]).stdout)
    assert (
        values["completed"] == 2
        and values["state"] == "stopped"
        and values["control"] == {"paused": False, "limit": None}
    )


def test_pause_resume_and_limit_stand_in_the_run_directory(tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    where = ["--run-dir", str(tmp_path)]
    for command, arguments, wished in (
        (limit, ["3"], Control(limit=3)),
        (pause, [], Control(paused=True, limit=3)),
        (resume, [], Control(limit=3)),
        (limit, ["auto"], Control(limit="auto")),
    ):
        assert CliRunner().invoke(command, [*where, *arguments]).exit_code == 0
        assert read_control(tmp_path) == wished
    for bad in ("0", "many", "-1"):
        assert CliRunner().invoke(limit, [*where, "--", bad]).exit_code == 2
    assert CliRunner().invoke(pause, ["--run-dir", str(tmp_path / "none")]).exit_code == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"paused": 1, "limit": 2}', '{"paused": false, "limit": 0}', "\xff"])
def test_a_wish_that_cannot_be_read_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "control.json").write_text(text, encoding="latin-1")
    assert read_control(tmp_path) == Control()


async def test_a_run_obeys_changes_and_forgets_old_wishes(tmp_path: Path) -> None:
    write_control(tmp_path, Control(paused=True))
    script = [Control(), Control(limit=2), Control(limit=2), Control(paused=True, limit=2), Control()]
    applied: list[Control] = []

    async def sleep(_: float) -> None:
        if not script:
            raise asyncio.CancelledError
        if (wished := script.pop(0)) != Control():
            write_control(tmp_path, wished)
        else:
            (tmp_path / "control.json").unlink(missing_ok=True)

    with pytest.raises(asyncio.CancelledError):
        await obey(tmp_path, applied.append, sleep=sleep)
    assert applied == [Control(limit=2), Control(paused=True, limit=2), Control()]
    assert [wish.slots for wish in applied] == [2, 0, None]


def test_metrics_are_served_while_the_run_goes_on() -> None:
    metrics = Metrics()
    metrics.watch(events.RunStarted("run", completed=5, remaining=10))
    for n in range(3):
        metrics.watch(events.SampleStarted(key(n)))
    metrics.watch(events.CallFinished(call(0), from_journal=False))
    metrics.watch(events.CallFinished(call(0), from_journal=True))
    metrics.watch(events.CallsUnderWay("http://server", 3, 8))
    metrics.watch(events.SampleCompleted(outcome(0, 1.0), 2.0))
    with metrics.serving(0) as port:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read().decode()
        with pytest.raises(ConfigError, match="take another port"), Metrics().serving(port):
            pass
    for line in (
        "soar2cot_samples_completed_total 1.0",
        "soar2cot_samples_in_flight 2.0",
        "soar2cot_samples_remaining 9.0",
        'soar2cot_calls_in_flight{endpoint="http://server"} 3.0',
        'soar2cot_calls_limit{endpoint="http://server"} 8.0',
        'soar2cot_calls_total{model="m",source="server"} 1.0',
        'soar2cot_calls_total{model="m",source="journal"} 1.0',
        'soar2cot_tokens_total{kind="prompt",model="m"} 1200.0',
        'soar2cot_cost_usd_total{model="m"} 0.5',
    ):
        assert line in text.splitlines(), line
