"""Whole runs of the model engine against the scripted server, as a user starts and steers them."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from soar2cot.cli import cli
from soar2cot.config import RunConfig, Selection, parse_config
from soar2cot.control import Control, write_control
from soar2cot.errors import ConfigError
from soar2cot.events import CallFinished, CallsUnderWay, Event, SampleCompleted
from soar2cot.llm.openai import OpenAITransport
from soar2cot.records import SampleKey
from soar2cot.run import RunOptions, execute
from soar2cot.testing import Capacity, Oracle, ScriptedServer


def config(server: ScriptedServer, run_dir: Path, **settings: object) -> RunConfig:
    given = {"engine": "llm", "writer": {"base_url": server.base_url, "model": "m"}, "run_dir": run_dir} | settings
    return parse_config(given, source="the test")


async def until(true: Callable[[], bool], *, longest_s: float = 60) -> None:
    async with asyncio.timeout(longest_s):
        while not true():  # noqa: ASYNC110 - a server in this loop is watched
            await asyncio.sleep(0.01)


def test_a_plan_says_what_models_would_cost_before_the_first_call(tmp_path: Path) -> None:
    command = ["plan", "--run-dir", str(tmp_path / "run"), "--preset", "openai", "--limit", "3"]
    told = CliRunner().invoke(cli, command)
    assert told.exit_code == 0, told.output
    assert re.search(r"first step suffices: \d+ calls, \S+ \+ \S+ tokens, \$\d+\.\d\d\n", told.stdout)
    assert "from the prompts of 3 samples; assumed: a token for every cell" in told.stdout
    least, most = (
        orjson.loads(CliRunner().invoke(cli, [*command, "--json"]).stdout)["estimate"][n] for n in ("least", "most")
    )
    assert 0 < least["usd"] < most["usd"]
    assert not (tmp_path / "run").exists()


def records(run_dir: Path) -> list[tuple[object, ...]]:
    """All that a user gets, without times."""
    columns = "id, instructions, model, score, example_scores, step, detail"
    with closing(sqlite3.connect(run_dir / "ledger.db")) as connection, connection:
        texts = connection.execute(f"SELECT {columns} FROM instructions ORDER BY id").fetchall()
        return [*texts, *connection.execute("SELECT id, grids, avg_score, scores FROM guess ORDER BY id").fetchall()]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(OpenAITransport, "_open", refused)


async def finished_run(run_dir: Path) -> RunConfig:
    """A run against a server that is gone by now."""
    async with ScriptedServer(Oracle(wrong=0.4)) as server:
        done = config(server, run_dir, steps=[{"kind": "write", "times": 2}, {"kind": "revise"}], select={"limit": 6})
        assert (await execute(done, RunOptions())).completed == 6
    return done


async def test_a_whole_run_is_replayed_from_its_journal_without_a_connection(
    quick_path: Path, request: pytest.FixtureRequest
) -> None:
    first, again = quick_path / "first", quick_path / "again"
    done = await finished_run(first)
    request.getfixturevalue("no_network")
    everything = done.model_copy(update={"run_dir": again, "replay": first, "select": Selection()})
    summary = await execute(everything, RunOptions())
    assert (summary.completed, summary.failed) == (6, {})  # what the first run did not finish is left alone
    assert records(again) == records(first) != []


async def test_a_replay_may_ask_for_less_than_was_asked(quick_path: Path, request: pytest.FixtureRequest) -> None:
    first, again = quick_path / "first", quick_path / "again"
    done = await finished_run(first)
    request.getfixturevalue("no_network")
    settings = {"run_dir": again, "replay": first, "final_follow_times": done.final_follow_times - 1}
    assert (await execute(done.model_copy(update=settings), RunOptions())).completed == 6
    assert [record[0] for record in records(again)] == [record[0] for record in records(first)]


async def test_a_replay_names_the_answer_that_is_missing(quick_path: Path, request: pytest.FixtureRequest) -> None:
    first, again = quick_path / "first", quick_path / "again"
    done = await finished_run(first)
    with closing(sqlite3.connect(first / "ledger.db")) as connection, connection:
        connection.execute("DELETE FROM calls WHERE rowid = (SELECT min(rowid) FROM calls)")
    request.getfixturevalue("no_network")
    summary = await execute(done.model_copy(update={"run_dir": again, "replay": first}), RunOptions())
    assert (summary.completed, summary.failed) == (5, {"NotOnRecordError": 1})
    with closing(sqlite3.connect(again / "ledger.db")) as connection, connection:
        [(message,)] = connection.execute("SELECT message FROM failures").fetchall()
    assert "the journal has no answer for call 0.write." in message


async def test_what_cannot_be_replayed_is_said(quick_path: Path) -> None:
    given = RunConfig(run_dir=quick_path / "x", replay=quick_path / "nothing")
    with pytest.raises(ConfigError, match=r"symbolic engine asks no model.*no run directory"):
        await execute(given, RunOptions())


async def test_the_limit_of_calls_can_be_changed_while_it_runs(quick_path: Path) -> None:
    told: list[tuple[int, int]] = [(0, 0)]
    options = RunOptions()
    options.events.subscribe(
        lambda event: told.append((event.in_flight, event.limit)) if isinstance(event, CallsUnderWay) else None
    )
    async with ScriptedServer(capacity=Capacity(service_s=0.2)) as server:
        started = config(server, quick_path, max_concurrency=16, select={"limit": 60})
        running = asyncio.create_task(execute(started, options))
        await until(lambda: told[-1] == (16, 16))
        for limit in (2, 24):
            write_control(quick_path, Control(limit=limit))
            await until(lambda limit=limit: told[-1] == (limit, limit))
            assert server.counts.in_flight <= limit
        write_control(quick_path, Control(limit="auto"))
        await until(lambda: told[-1][1] < 24)  # it begins anew, with few
        server.capacity = Capacity()
        summary = await running
    assert summary.completed == 60
    assert not summary.failed


async def test_samples_are_finished_one_after_the_other_not_all_at_the_end(quick_path: Path) -> None:
    begun: set[SampleKey] = set()
    begun_at_end: list[int] = []
    options = RunOptions()

    def watch(event: Event) -> None:
        if isinstance(event, CallFinished):
            begun.add(event.call.key)
        elif isinstance(event, SampleCompleted):
            begun_at_end.append(len(begun))

    options.events.subscribe(watch)
    async with ScriptedServer(Oracle(wrong=0.4), capacity=Capacity(slots=4, service_s=0.01)) as server:
        steps = [{"kind": "write", "times": 3}, {"kind": "revise"}]
        few = config(server, quick_path, steps=steps, select={"limit": 40})
        assert (await execute(few, options)).completed == 40
    # slots of the first sample's last, few calls go to the next ones; a queue in order of coming would begin all 40
    assert begun_at_end[0] <= 20
    assert begun_at_end[19] <= 36
