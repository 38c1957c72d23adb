"""PostgreSQL taken away and given back, processes paused past their lease, answers of the server that never came."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
import structlog

from soar2cot import faults
from soar2cot.errors import LeaseLostError, LedgerError, LedgerUnavailableError
from soar2cot.ledger import open_ledger, postgres_server
from soar2cot.ledger.base import Ledger
from soar2cot.ledger.postgres import PostgresLedger
from soar2cot.ledger.postgres_server import PostgresServer, without_secret
from tests.ledger_kit import RUN, answered, call, key, outcome
from tests.postgres_server import Server, fresh_database, need_server

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parents[2]
POINTS = [name for name in faults.POINTS if name.startswith("ledger.")]


@pytest.fixture(scope="module")
def server() -> Server:
    need_server()
    return Server()


@pytest_asyncio.fixture
async def url(server: Server) -> AsyncIterator[str]:
    async with fresh_database(server) as (address, _):
        yield address


@pytest_asyncio.fixture
async def bare_url(server: Server) -> AsyncIterator[str]:
    async with fresh_database(server, bare=True) as (address, _):
        yield address


async def test_commits_wait_for_a_server_that_is_restarted(server: Server, url: str) -> None:
    ledger = await PostgresLedger.open(url)
    run = await ledger.start_run(**RUN)
    claims = await ledger.claim([key(n) for n in range(40)], run_id=run, lease_s=60)
    await asyncio.to_thread(server.stop, "immediate")
    commits = [asyncio.create_task(ledger.commit(claim, outcome(claim.key), run_id=run)) for claim in claims]
    reading = asyncio.create_task(ledger.counts())
    await asyncio.sleep(0.3)
    assert not any(task.done() for task in commits)
    await asyncio.to_thread(server.start)
    await asyncio.gather(*commits)
    await reading
    assert (await ledger.counts()).completed == 40
    assert await ledger.check() == []
    await ledger.aclose()


async def test_a_server_that_is_away_for_an_hour_and_a_half_is_waited_for(
    server: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0

    async def pass_by(seconds: float) -> None:
        nonlocal now
        assert seconds <= 20
        now += seconds
        await asyncio.sleep(0)  # connections that failed are closed in a turn of the loop
        if now > 5_400 and not restarted:
            restarted.append(now)
            await asyncio.to_thread(server.start)

    restarted: list[float] = []
    ledger = await PostgresLedger.open(url)
    run = await ledger.start_run(**RUN)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await asyncio.to_thread(server.stop, "immediate")
    monkeypatch.setattr(postgres_server, "sleep", pass_by)
    monkeypatch.setattr(postgres_server, "monotonic", lambda: now)
    await ledger.commit(claim, outcome(claim.key), run_id=run)
    assert restarted
    assert (await ledger.counts()).completed == 1
    await ledger.aclose()


async def test_a_server_that_stays_away_is_told_as_such(server: Server, url: str) -> None:
    ledger = await PostgresLedger.open(url, patience_s=0.3)
    await asyncio.to_thread(server.stop, "fast")
    with pytest.raises(LedgerUnavailableError, match=r"does not answer.*nothing is lost"):
        await ledger.set_meta("a", "b")
    with pytest.raises(LedgerUnavailableError):
        await ledger.counts()
    with pytest.raises(LedgerUnavailableError):
        await PostgresLedger.open(url, open_patience_s=0.1)
    await asyncio.to_thread(server.start)
    await ledger.set_meta("a", "b")
    assert await ledger.get_meta("a") == "b"
    await ledger.aclose()


@pytest.mark.parametrize("point", [name for name in POINTS if "commit." in name])
async def test_a_server_that_crashes_at_a_fault_point_costs_nothing(server: Server, url: str, point: str) -> None:
    ledger = await PostgresLedger.open(url)
    run = await ledger.start_run(**RUN)
    claims = await ledger.claim([key(n) for n in range(5)], run_id=run, lease_s=60)

    def restart() -> None:
        server.stop("immediate")
        server.start()

    faults.arm(point, restart)
    await asyncio.gather(*(ledger.commit(claim, outcome(claim.key), run_id=run) for claim in claims))
    assert (await ledger.counts()).completed == 5
    assert [item async for item in ledger.records()].__len__() == 5
    assert await ledger.check() == []
    await ledger.aclose()


async def test_a_group_that_lost_a_deadlock_is_written_at_once_again(url: str) -> None:
    ledger = await PostgresLedger.open(url)
    run = await ledger.start_run(**RUN)
    claims = await ledger.claim([key(1), key(2)], run_id=run, lease_s=60)
    other = await asyncpg.connect(url)
    locked = "SELECT 1 FROM claims WHERE task_id = $1 AND round_index = $2 FOR UPDATE"
    transaction = other.transaction()
    await transaction.start()
    await other.execute(locked, key(2).task_id, key(2).round_index)
    with structlog.testing.capture_logs() as told:
        commits = asyncio.gather(*(ledger.commit(claim, outcome(claim.key), run_id=run) for claim in claims))
        while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110 - a server
            await asyncio.sleep(0.01)
        await other.execute(locked, key(1).task_id, key(1).round_index)  # both wait; the ledger has waited longer
        await transaction.rollback()
        await commits
    await other.close()
    assert [line["event"] for line in told] == ["Another process wrote the same rows, trying again"]
    assert (await ledger.counts()).completed == 2
    assert await ledger.check() == []
    await ledger.aclose()


class Deaf(PostgresServer):
    """The connection breaks between COMMIT and its answer, as often as `breaks` says."""

    breaks = 0

    async def _transact(self, acts: Any, unsure: Any) -> list[Any]:
        known = bool(unsure)
        results = await super()._transact(acts, unsure)
        if self.breaks and not known:
            self.breaks -= 1
            raise ConnectionResetError("connection lost after COMMIT")
        return results


async def test_a_commit_whose_answer_was_lost_is_looked_up_not_repeated(url: str) -> None:
    server = Deaf(url, read_only=False, patience_s=30)
    await server.open()
    ledger = PostgresLedger(server)
    run = await ledger.start_run(**RUN)
    server.breaks = 1
    assert await ledger.adopt([key(1), key(2)], run_id=run) == 2
    server.breaks = 1
    claims = await ledger.claim([key(3), key(4)], run_id=run, lease_s=60)
    assert [claim.attempt for claim in claims] == [1, 1]
    server.breaks = 1
    assert await ledger.forget([key(1)], reason="again") == 1
    server.breaks = 1
    await ledger.commit(claims[0], outcome(claims[0].key), run_id=run)
    assert server.breaks == 0
    assert set((await ledger.completed()).keys) == {key(2), key(3)}
    assert await ledger.check() == []
    await ledger.aclose()


_PAUSED = """
import asyncio, sys
from soar2cot.errors import LeaseLostError
from soar2cot.ledger import open_ledger, postgres_server
from soar2cot.ledger.base import Ledger
from tests.ledger_kit import RUN, key, outcome
async def main():
    ledger = await open_ledger(sys.argv[1])
    run = await ledger.start_run(**RUN)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=1.0)
    print("claimed", flush=True)
    sys.stdin.readline()
    try:
        await ledger.commit(claim, outcome(claim.key, text="from the paused one"), run_id=run)
        print("committed", flush=True)
    except LeaseLostError:
        print("lost", flush=True)
    await ledger.aclose()
asyncio.run(main())
"""


async def test_a_process_paused_past_its_lease_cannot_write(url: str) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PAUSED, url, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert child.stdin is not None
    assert child.stdout is not None
    assert await child.stdout.readline() == b"claimed\n"
    child.send_signal(signal.SIGSTOP)
    ledger = await open_ledger(url)
    run = await ledger.start_run(**RUN)
    claims = []
    while not claims:
        claims = await ledger.claim([key(1)], run_id=run, lease_s=60)
    assert claims[0].attempt == 2
    child.send_signal(signal.SIGCONT)
    child.stdin.write(b"\n")
    await child.stdin.drain()
    assert await child.stdout.readline() == b"lost\n"
    await child.wait()
    await ledger.commit(claims[0], outcome(key(1), text="from the other"), run_id=run)
    found = await ledger.record(key(1))
    assert found is not None
    assert found.record.instructions == "from the other"
    await ledger.aclose()


async def test_a_new_process_frees_what_the_dead_of_this_host_held(url: str) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PAUSED.replace("lease_s=1.0", "lease_s=3600"), url,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert child.stdout is not None
    await child.stdout.readline()
    ledger = await open_ledger(url)
    run = await ledger.start_run(**RUN)
    assert await ledger.claim([key(1)], run_id=run, lease_s=60) == []
    child.kill()
    await child.wait()
    run = await ledger.start_run(**RUN)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    assert claim.attempt == 2
    await ledger.aclose()


async def test_eight_processes_worth_of_claimers_do_each_sample_once(url: str) -> None:
    ledgers = [await open_ledger(url) for _ in range(4)]
    keys = [key(n) for n in range(60)]

    async def work(ledger: Any) -> int:
        run = await ledger.start_run(**RUN)
        n_done = 0
        while claims := await ledger.claim(keys[n_done % 7 :], run_id=run, lease_s=60):
            await asyncio.gather(*(ledger.commit(claim, outcome(claim.key), run_id=run) for claim in claims[:5]))
            await ledger.release(claims[5:])
            n_done += len(claims[:5])
        return n_done

    for _ in range(3):
        await asyncio.gather(*map(work, ledgers))
    run = await ledgers[0].start_run(**RUN)
    assert await ledgers[0].claim(keys, run_id=run, lease_s=60) == []
    assert (await ledgers[0].counts()).completed == 60
    assert await ledgers[0].check() == []
    for ledger in ledgers:
        await ledger.aclose()


async def test_a_transaction_that_commits_late_is_not_missed_behind_the_cursor(url: str) -> None:
    ledger = await open_ledger(url)
    run = await ledger.start_run(**RUN)
    late = await asyncpg.connect(url)
    slow = late.transaction()
    await slow.start()
    statement = "INSERT INTO completed (round_index, task_id, is_hindsight, run_id) VALUES (0, 'late0000', 0, 'x')"
    await late.execute(statement)
    await ledger.adopt([key(1), key(2)], run_id=run)
    page = await ledger.completed()
    assert set(page.keys) == {key(1), key(2)}
    await slow.commit()
    await late.close()
    later = await ledger.completed(page.cursor)
    assert "late0000" in {item.task_id for item in later.keys}
    assert (await ledger.completed(later.cursor)).keys == ()
    await ledger.aclose()


async def _show_all(ledger: Ledger) -> None:
    """Notes all that is completed as shown; until then a transaction of anybody on the server may hold it back."""
    async with asyncio.timeout(30):
        await ledger.mark_shown((await ledger.completed()).cursor)
        while (await ledger.completed(await ledger.shown())).keys:
            await asyncio.sleep(0.01)
            await ledger.mark_shown((await ledger.completed()).cursor)


async def test_a_database_moved_to_a_younger_server_counts_on(url: str) -> None:
    ledger = await open_ledger(url)
    run = await ledger.start_run(**RUN)
    await ledger.adopt([key(1)], run_id=run)
    await _show_all(ledger)
    await ledger.adopt([key(2)], run_id=run)
    await ledger.aclose()
    old = await asyncpg.connect(url)
    await old.execute("UPDATE completed SET tx = tx + 1000000000")
    await old.execute("UPDATE meta SET value = (value::bigint + 1000000000)::text WHERE name = 'shown'")
    await old.close()
    ledger = await open_ledger(url)
    assert (await ledger.completed(await ledger.shown())).keys == (key(2),)
    await ledger.adopt([key(3)], run_id=run)
    assert set((await ledger.completed(await ledger.shown())).keys) == {key(2), key(3)}
    await ledger.aclose()


@pytest.mark.parametrize("action", ["raise", "full"])
@pytest.mark.parametrize("point", POINTS)
async def test_an_act_that_is_struck_can_be_repeated(bare_url: str, point: str, action: str) -> None:
    acts: dict[str, Callable[[Any], Any]] = {"ledger.forget.before_commit": lambda it: it.forget([key(0)], reason="x")}
    if point == "ledger.migrate.before_commit":
        faults.arm(point, action)
        with pytest.raises((LedgerError, RuntimeError)):
            await PostgresLedger.open(bare_url)
    ledger = await PostgresLedger.open(bare_url)
    run = await ledger.start_run(**RUN)
    await ledger.adopt([key(0)], run_id=run)
    if point != "ledger.migrate.before_commit":
        act = acts.get(point, lambda it: it.adopt([key(1)], run_id=run))
        faults.arm(point, action)
        with pytest.raises(LedgerError):
            await act(ledger)
        await act(ledger)
    assert await ledger.check() == []
    await ledger.aclose()


async def test_readers_see_and_cannot_write(bare_url: str) -> None:
    with pytest.raises(LedgerError, match="there is none in this database"):
        await open_ledger(bare_url, read_only=True)
    ledger = await open_ledger(bare_url)
    run = await ledger.start_run(**RUN)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await ledger.intend(call(claim.key, 1), claim=claim)
    await ledger.answer(answered(call(claim.key, 1)))
    reader = await open_ledger(bare_url, read_only=True)
    assert [item.answer for item in await reader.calls(key(1))] == ["yes"]
    with pytest.raises(LedgerError, match="reading only"):
        await reader.set_meta("a", "b")
    await reader.aclose()
    with pytest.raises(LeaseLostError):
        await ledger.commit(claim.__class__(claim.key, claim.token + 99, 1), outcome(claim.key), run_id=run)
    await ledger.aclose()


def test_a_password_is_never_shown() -> None:
    shown = without_secret("postgresql://me:s3cret@host:5432/db?password=s3cret&sslmode=require")
    assert "s3cret" not in shown
    assert "me@host:5432/db" in shown
