"""What every ledger promises: the double, SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from soar2cot.errors import LeaseLostError, LedgerError
from soar2cot.ledger.base import Ledger
from soar2cot.records import SampleKey
from tests.ledger_kit import RUN, Place, answered, call, key, outcome, place

KINDS = ["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest_asyncio.fixture(params=KINDS)
async def site(request: pytest.FixtureRequest, quick_path: Path) -> AsyncIterator[Place]:
    async with place(request.param, quick_path) as found:
        yield found


@pytest_asyncio.fixture
async def ledger(site: Place) -> AsyncIterator[Ledger]:
    opened = await site.open()
    yield opened
    await opened.aclose()


async def start(ledger: Ledger) -> str:
    return await ledger.start_run(**RUN)


async def done(ledger: Ledger, run: str, *numbers: int, score: float = 0.5) -> None:
    """Completes the n-th samples."""
    for claim in await ledger.claim([key(n) for n in numbers], run_id=run, lease_s=60):
        await ledger.commit(claim, outcome(claim.key, score=score), run_id=run)


# --- runs and settings


async def test_runs_are_kept_in_order_with_their_config_and_their_end(ledger: Ledger) -> None:
    first = await start(ledger)
    second = await ledger.start_run(
        config={"a": [1, {"b": None}]}, fingerprint="g", data_identity=None, engine_version="2"
    )
    await ledger.finish_run(first, reason="interrupted")
    runs = await ledger.runs()
    assert [run.run_id for run in runs] == [first, second]
    assert runs[0].reason == "interrupted"
    assert runs[0].finished_at is not None
    assert runs[0].finished_at.endswith("Z")
    assert runs[1].config == {"a": [1, {"b": None}]}
    assert (runs[1].finished_at, runs[1].reason, runs[1].data_identity) == (None, None, None)
    assert runs[1].pid > 0


async def test_meta_is_none_until_set_and_can_be_changed(ledger: Ledger) -> None:
    assert await ledger.get_meta("x") is None
    await ledger.set_meta("x", "1")
    await ledger.set_meta("x", "zwei \x00 \ue0ff")
    assert await ledger.get_meta("x") == "zwei \x00 \ue0ff"


# --- claim


async def test_of_many_who_set_a_first_value_one_wins(ledger: Ledger) -> None:
    found = await asyncio.gather(*(ledger.first_meta("home", f"house {n}") for n in range(5)))
    assert len(set(found)) == 1
    assert await ledger.get_meta("home") == found[0]


async def test_claims_come_in_the_order_asked_and_count_from_one(ledger: Ledger) -> None:
    run = await start(ledger)
    claims = await ledger.claim([key(3), key(1), key(2)], run_id=run, lease_s=60)
    assert [claim.key for claim in claims] == [key(3), key(1), key(2)]
    assert {claim.attempt for claim in claims} == {1}


async def test_a_claim_says_whether_calls_may_be_on_record(ledger: Ledger) -> None:
    run = await start(ledger)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await ledger.intend(call(key(1), 1), claim=claim)
    await ledger.release([claim])
    [again] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    assert again.begun


async def test_a_claimed_sample_is_nobody_elses(ledger: Ledger) -> None:
    run = await start(ledger)
    await ledger.claim([key(1)], run_id=run, lease_s=60)
    assert [c.key for c in await ledger.claim([key(1), key(2)], run_id=run, lease_s=60)] == [key(2)]


async def test_a_completed_sample_is_not_claimed(ledger: Ledger) -> None:
    run = await start(ledger)
    await done(ledger, run, 1)
    assert await ledger.claim([key(1)], run_id=run, lease_s=60) == []


async def test_one_of_many_claimers_wins_each_sample(ledger: Ledger) -> None:
    run = await start(ledger)
    keys = [key(n) for n in range(20)]
    won = await asyncio.gather(*(ledger.claim(keys, run_id=run, lease_s=60) for _ in range(8)))
    assert sorted(claim.key for claims in won for claim in claims) == sorted(keys)


async def test_an_expired_claim_is_taken_over_with_a_higher_token_and_counted(site: Place, ledger: Ledger) -> None:
    run = await start(ledger)
    [old] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await site.pass_time(61)
    [new] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    assert new.token > old.token
    assert (old.attempt, new.attempt) == (1, 2)


async def test_renewed_claims_live_on_and_expired_ones_do_not_come_back(site: Place, ledger: Ledger) -> None:
    run = await start(ledger)
    one, two = await ledger.claim([key(1), key(2)], run_id=run, lease_s=60)
    await site.pass_time(40)
    assert await ledger.renew([one], lease_s=60) == [one]
    await site.pass_time(40)
    assert await ledger.renew([one, two], lease_s=60) == [one]
    await ledger.commit(one, outcome(one.key), run_id=run)


async def test_a_dead_worker_of_a_run_holds_nobody_up_and_cannot_come_back(ledger: Ledger) -> None:
    run, other = await start(ledger), await start(ledger)
    one, two = await ledger.claim([key(1), key(2)], run_id=run, lease_s=60)
    [three] = await ledger.claim([key(3)], run_id=other, lease_s=60)
    await ledger.expire([one.key, three.key, key(4)], run_id=run)
    await ledger.expire([], run_id=run)
    assert await ledger.renew([one, two, three], lease_s=60) == [two, three]
    with pytest.raises(LeaseLostError):
        await ledger.commit(one, outcome(one.key), run_id=run)
    [new] = await ledger.claim([one.key, two.key, three.key], run_id=run, lease_s=60)
    assert (new.key, new.attempt) == (one.key, 2)
    assert new.token > one.token


async def test_a_released_claim_was_never_taken_but_its_token_is_spent(ledger: Ledger) -> None:
    run = await start(ledger)
    [old] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await ledger.release([old])
    await ledger.release([old])
    [new] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    assert new.attempt == 1
    assert new.token > old.token


async def test_releasing_keeps_the_attempts_of_workers_that_died(site: Place, ledger: Ledger) -> None:
    run = await start(ledger)
    await ledger.claim([key(1)], run_id=run, lease_s=60)
    await site.pass_time(61)
    [second] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await ledger.release([second])
    assert (await ledger.counts()).claimed == 0
    [again] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    assert again.attempt == 2


async def test_releasing_what_another_has_by_now_changes_nothing(site: Place, ledger: Ledger) -> None:
    run = await start(ledger)
    [old] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await site.pass_time(61)
    [new] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await ledger.release([old])
    await ledger.commit(new, outcome(new.key), run_id=run)
    assert (await ledger.counts()).completed == 1


# --- commit


@pytest.mark.parametrize("text", ["plain", "한국어 ✓ 𝕏", "nul \x00 in it", "half \ud83d pair", "mark \ue0ff0;", ""])
async def test_a_record_comes_back_as_it_went_in(ledger: Ledger, text: str) -> None:
    run = await start(ledger)
    [claim] = await ledger.claim([key(3)], run_id=run, lease_s=60)
    result = outcome(claim.key, score=1 / 3, text=text)
    await ledger.commit(claim, result, run_id=run)
    assert await ledger.record(claim.key) == result


async def test_ids_of_any_form_come_back(ledger: Ledger) -> None:
    run = await start(ledger)
    [claim] = await ledger.claim([key(3)], run_id=run, lease_s=60)
    result = outcome(claim.key, sortable=False)
    await ledger.commit(claim, result, run_id=run)
    assert await ledger.record(claim.key) == result


async def test_nothing_is_known_of_an_unfinished_sample(ledger: Ledger) -> None:
    assert await ledger.record(key(1)) is None


async def test_commit_repeated_writes_once(ledger: Ledger) -> None:
    run = await start(ledger)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    for _ in range(3):
        await ledger.commit(claim, outcome(claim.key), run_id=run)
    counts = await ledger.counts()
    assert (counts.completed, counts.claimed) == (1, 0)
    assert len([item async for item in ledger.records()]) == 1


async def test_a_claim_that_expired_cannot_write(site: Place, ledger: Ledger) -> None:
    run = await start(ledger)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await site.pass_time(61)
    with pytest.raises(LeaseLostError, match="expired or was taken over"):
        await ledger.commit(claim, outcome(claim.key), run_id=run)
    with pytest.raises(LeaseLostError):
        await ledger.fail(claim, run_id=run, error_type="X", message="m")
    with pytest.raises(LeaseLostError):
        await ledger.intend(call(claim.key, 1), claim=claim)
    assert (await ledger.completed()).keys == ()
    assert await ledger.failures() == []
    assert await ledger.calls(claim.key) == []


async def test_the_one_who_was_overtaken_cannot_write(site: Place, ledger: Ledger) -> None:
    run = await start(ledger)
    [old] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await site.pass_time(61)
    [new] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    with pytest.raises(LeaseLostError):
        await ledger.commit(old, outcome(old.key, text="old"), run_id=run)
    await ledger.commit(new, outcome(new.key, text="new"), run_id=run)
    with pytest.raises(LeaseLostError):
        await ledger.commit(old, outcome(old.key, text="old"), run_id=run)
    found = await ledger.record(key(1))
    assert found is not None
    assert found.record.instructions == "new"


async def test_a_group_with_a_lost_claim_commits_the_others(site: Place, ledger: Ledger) -> None:
    run = await start(ledger)
    [dead] = await ledger.claim([key(0)], run_id=run, lease_s=1)
    await site.pass_time(2)
    claims = [dead, *await ledger.claim([key(n) for n in range(1, 30)], run_id=run, lease_s=60)]
    told = await asyncio.gather(
        *(ledger.commit(claim, outcome(claim.key), run_id=run) for claim in claims), return_exceptions=True
    )
    assert [isinstance(item, LeaseLostError) for item in told] == [True] + [False] * 29
    assert (await ledger.counts()).completed == 29


async def test_a_group_with_an_impossible_record_commits_the_others(ledger: Ledger) -> None:
    run = await start(ledger)
    claims = await ledger.claim([key(n) for n in range(10)], run_id=run, lease_s=60)
    results = [outcome(claim.key) for claim in claims]
    results[4] = replace(results[4], record=replace(results[4].record, key=key(5)))
    told = await asyncio.gather(
        *(ledger.commit(claim, item, run_id=run) for claim, item in zip(claims, results, strict=True)),
        return_exceptions=True,
    )
    assert [isinstance(item, LedgerError) for item in told] == [n == 4 for n in range(10)]
    assert (await ledger.counts()).completed == 9
    await ledger.commit(claims[4], outcome(claims[4].key), run_id=run)


# --- fail


async def test_failing_parks_counts_on_and_completing_clears_it(ledger: Ledger) -> None:
    run = await start(ledger)
    for attempt in (1, 2):
        [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
        assert claim.attempt == attempt
        failure = await ledger.fail(claim, run_id=run, error_type="ProgramError", message=f"no {attempt} \x00")
        assert await ledger.fail(claim, run_id=run, error_type="ProgramError", message="repeated") == failure
        assert await ledger.failures() == [failure]
        assert (failure.attempts, failure.message) == (attempt, f"no {attempt} \x00")
    await done(ledger, run, 1)
    assert await ledger.failures() == []
    assert (await ledger.counts()).failed == 0


async def test_failures_come_by_key(ledger: Ledger) -> None:
    run = await start(ledger)
    for claim in await ledger.claim([key(n) for n in (9, 2, 5)], run_id=run, lease_s=60):
        await ledger.fail(claim, run_id=run, error_type="X", message="m")
    assert [item.key for item in await ledger.failures()] == sorted(key(n) for n in (9, 2, 5))


async def test_an_unparked_sample_is_claimed_as_if_for_the_first_time(ledger: Ledger) -> None:
    run = await start(ledger)
    for claim in await ledger.claim([key(1), key(2)], run_id=run, lease_s=60):
        await ledger.fail(claim, run_id=run, error_type="X", message="m")
    assert await ledger.unpark([key(1), key(1), key(9)]) == 1
    assert [item.key for item in await ledger.failures()] == [key(2)]
    claims = await ledger.claim([key(1), key(2)], run_id=run, lease_s=60)
    assert [claim.attempt for claim in claims] == [1, 2]


# --- adopt, forget, restore


async def test_adopted_samples_are_completed_without_a_result(ledger: Ledger) -> None:
    run = await start(ledger)
    await done(ledger, run, 1)
    [claim] = await ledger.claim([key(2)], run_id=run, lease_s=60)
    assert await ledger.adopt([key(1), key(2), key(3), key(3)], run_id=run) == 2
    assert set((await ledger.completed()).keys) == {key(1), key(2), key(3)}
    assert await ledger.record(key(2)) is None
    with pytest.raises(LeaseLostError):
        await ledger.commit(claim, outcome(claim.key), run_id=run)
    assert (await ledger.counts()).completed == 3


async def test_adopting_takes_only_what_was_adopted_out_of_claims_and_failures(ledger: Ledger) -> None:
    run = await start(ledger)
    adopted, parked, other, held = await ledger.claim([key(n) for n in range(4)], run_id=run, lease_s=60)
    for claim in (parked, other):
        await ledger.fail(claim, run_id=run, error_type="X", message="m")
    assert await ledger.adopt([adopted.key, parked.key], run_id=run) == 2
    assert [failure.key for failure in await ledger.failures()] == [other.key]
    assert [claim.key for claim in await ledger.renew([adopted, held], lease_s=60)] == [held.key]
    await ledger.commit(held, outcome(held.key), run_id=run)
    assert await ledger.adopt([adopted.key, held.key], run_id=run) == 0
    assert (await ledger.counts()).completed == 3
    assert not await ledger.check()


async def test_what_is_forgotten_is_done_again_and_stands_once(ledger: Ledger) -> None:
    run = await start(ledger)
    await done(ledger, run, 1, 2, score=1.0)
    assert await ledger.forget([key(1), key(7), key(1)], reason="by hand") == 1
    assert await ledger.record(key(1)) is None
    assert (await ledger.completed()).keys == (key(2),)
    assert (await ledger.counts()).n_perfect == 1
    await done(ledger, run, 1, score=0.5)
    assert len([item async for item in ledger.records()]) == 2
    counts = await ledger.counts()
    assert (counts.completed, counts.n_perfect) == (2, 1)
    assert counts.mean_score == pytest.approx(0.75)


async def test_forgetting_nothing_makes_no_batch(ledger: Ledger) -> None:
    assert await ledger.forget([key(1)], reason="x") == 0
    assert await ledger.forget([], reason="x") == 0
    assert await ledger.superseded() == []
    assert await ledger.restore() == 0


async def test_restore_brings_back_results_and_calls_and_supersedes_what_came_since(ledger: Ledger) -> None:
    run = await start(ledger)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await ledger.intend(call(claim.key, 1), claim=claim)
    await ledger.answer(answered(call(claim.key, 1), "old"))
    await ledger.commit(claim, outcome(claim.key, text="old", score=1.0), run_id=run)
    await ledger.forget([key(1)], reason="redo")
    assert await ledger.calls(key(1)) == []
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    assert claim.attempt == 1
    await ledger.intend(call(claim.key, 1), claim=claim)
    await ledger.answer(answered(call(claim.key, 1), "new"))
    await ledger.commit(claim, outcome(claim.key, text="new", score=0.0), run_id=run)

    assert await ledger.restore() == 1
    assert await ledger.record(key(1)) == outcome(key(1), text="old", score=1.0)
    assert [item.answer for item in await ledger.calls(key(1))] == ["old"]
    assert (await ledger.counts()).mean_score == pytest.approx(1.0)
    [batch] = await ledger.superseded()
    assert batch.n_samples == 1
    assert await ledger.restore(batch.batch) == 1
    assert await ledger.record(key(1)) == outcome(key(1), text="new", score=0.0)
    assert await ledger.spent() == (30, pytest.approx(0.5))


async def test_restore_takes_the_latest_and_refuses_the_unknown(ledger: Ledger) -> None:
    run = await start(ledger)
    await done(ledger, run, 1, 2)
    await ledger.forget([key(1)], reason="first")
    await ledger.forget([key(2)], reason="second")
    assert [item.reason for item in await ledger.superseded()] == ["second", "first"]
    await ledger.restore()
    assert (await ledger.completed()).keys == (key(2),)
    with pytest.raises(LedgerError, match="9999"):
        await ledger.restore(9999)


async def test_restore_ends_the_claim_of_whoever_does_it_again(ledger: Ledger) -> None:
    run = await start(ledger)
    await done(ledger, run, 1)
    await ledger.forget([key(1)], reason="redo")
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await ledger.restore()
    with pytest.raises(LeaseLostError):
        await ledger.commit(claim, outcome(key(1), text="again"), run_id=run)
    assert (await ledger.counts()).claimed == 0


# --- completed keys


async def test_completed_is_read_on_from_a_cursor(ledger: Ledger) -> None:
    run = await start(ledger)
    await done(ledger, run, 4, 2)
    first = await ledger.completed()
    assert first.keys == (key(4), key(2))
    await done(ledger, run, 1)
    later = await ledger.completed(first.cursor)
    assert key(1) in later.keys
    assert (await ledger.completed(later.cursor)).cursor >= later.cursor


async def test_completed_by_pages_misses_nothing(ledger: Ledger) -> None:
    run = await start(ledger)
    await done(ledger, run, *range(25))
    seen: list[SampleKey] = []
    cursor = 0
    for _ in range(50):
        page = await ledger.completed(cursor, limit=4)
        seen += page.keys
        if not page.keys or page.cursor == cursor:
            break
        cursor = page.cursor
    assert set(seen) == {key(n) for n in range(25)}


async def test_a_sample_completed_again_comes_after_the_cursor(ledger: Ledger) -> None:
    run = await start(ledger)
    await done(ledger, run, 1, 2)
    cursor = (await ledger.completed()).cursor
    await ledger.forget([key(2)], reason="redo")
    await done(ledger, run, 2)
    assert key(2) in (await ledger.completed(cursor)).keys


async def test_what_was_shown_is_remembered(ledger: Ledger) -> None:
    assert await ledger.shown() == 0
    run = await start(ledger)
    await done(ledger, run, 1)
    cursor = (await ledger.completed()).cursor
    await ledger.mark_shown(cursor)
    assert await ledger.shown() == cursor


async def test_columns_hold_the_completed_keys(ledger: Ledger) -> None:
    assert len(await ledger.completed_columns()) == 0
    run = await start(ledger)
    await done(ledger, run, *range(20))
    columns = await ledger.completed_columns()
    tasks = [columns.tasks[position] for position in columns.task]
    kinds = ["hindsight" if flag else "original" for flag in columns.is_hindsight]
    found = set(zip(tasks, map(int, columns.round_index), kinds, strict=True))
    assert found == {tuple(key(n)) for n in range(20)}
    assert (await ledger.completed(columns.cursor)).keys == ()
    await done(ledger, run, 20)
    assert (await ledger.completed(columns.cursor)).keys == (key(20),)


# --- the journal


async def test_calls_stand_in_order_of_sending_with_and_without_answer(ledger: Ledger) -> None:
    run = await start(ledger)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    calls = [call(claim.key, n) for n in (3, 1, 2)]
    for item in calls:
        await ledger.intend(item, claim=claim)
        await ledger.intend(item, claim=claim)
    await ledger.answer(answered(calls[1], "nul \x00 half \udc00"))
    assert await ledger.calls(claim.key) == [calls[0], answered(calls[1], "nul \x00 half \udc00"), calls[2]]
    assert await ledger.spent() == (15, pytest.approx(0.25))
    assert (await ledger.counts()).calls == 3


async def test_the_first_answer_stays_and_is_counted_once(ledger: Ledger) -> None:
    run = await start(ledger)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await ledger.intend(call(claim.key, 1), claim=claim)
    await ledger.answer(answered(call(claim.key, 1), "first"))
    await ledger.answer(answered(call(claim.key, 1), "second"))
    assert [item.answer for item in await ledger.calls(claim.key)] == ["first"]
    assert (await ledger.spent())[0] == 15


async def test_half_done_are_those_with_calls_that_are_neither_done_nor_parked(ledger: Ledger) -> None:
    run = await start(ledger)
    claims = await ledger.claim([key(1), key(2), key(3)], run_id=run, lease_s=60)
    for claim in claims[:2]:
        await ledger.intend(call(claim.key, 1), claim=claim)
        await ledger.intend(call(claim.key, 2), claim=claim)
        await ledger.answer(answered(call(claim.key, 1)))
    assert await ledger.half_done() == (2, 2)
    await ledger.commit(claims[0], outcome(claims[0].key), run_id=run)
    assert await ledger.half_done() == (1, 1)
    await ledger.fail(claims[1], run_id=run, error_type="E", message="m")
    assert await ledger.half_done() == (0, 1)
    await ledger.unpark([claims[1].key])
    assert await ledger.half_done() == (1, 1)


async def test_an_answer_is_kept_though_the_claim_is_lost(site: Place, ledger: Ledger) -> None:
    run = await start(ledger)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await ledger.intend(call(claim.key, 1), claim=claim)
    await site.pass_time(61)
    await ledger.answer(answered(call(claim.key, 1)))
    [kept] = await ledger.calls(claim.key)
    assert kept.answer == "yes"


async def test_an_answer_that_comes_after_the_sample_was_taken_back_is_paid_for_all_the_same(ledger: Ledger) -> None:
    run = await start(ledger)
    [claim] = await ledger.claim([key(1)], run_id=run, lease_s=60)
    await ledger.intend(call(claim.key, 1), claim=claim)
    await ledger.commit(claim, outcome(claim.key), run_id=run)
    await ledger.forget([key(1)], reason="redo")
    for _ in range(2):
        await ledger.answer(answered(call(claim.key, 1)))
    assert await ledger.calls(key(1)) == []
    assert (await ledger.spent())[0] == 15
    await ledger.restore()
    assert [item.answer for item in await ledger.calls(key(1))] == ["yes"]


# --- reading


async def test_records_stream_by_id_from_any_place(ledger: Ledger) -> None:
    run = await start(ledger)
    await done(ledger, run, *range(12))
    everything = [item async for item in ledger.records()]
    ids = [record.id for record, _ in everything]
    assert ids == sorted(ids)
    assert len(ids) == 12
    assert all(len(guesses) == 2 for _, guesses in everything)
    assert [record.id async for record, _ in ledger.records(after=ids[4], limit=3)] == ids[5:8]
    assert [item async for item in ledger.records(limit=0)] == []


async def test_counts_of_an_empty_ledger(ledger: Ledger) -> None:
    counts = await ledger.counts()
    assert (counts.completed, counts.failed, counts.claimed, counts.calls) == (0, 0, 0, 0)
    assert counts.mean_score is None


async def test_matching_chooses_by_sql_and_can_change_nothing(ledger: Ledger) -> None:
    run = await start(ledger)
    await done(ledger, run, 1, 2, 3, score=1.0)
    await done(ledger, run, 4, 5, score=0.5)
    assert await ledger.matching("score < 1 AND data_type = 'original'") == [key(4), key(5)]
    assert await ledger.matching("soar_round_index = 0 and is_hindsight = 1") == [key(3)]
    for bad in ("nonsense > 1", "1); DELETE FROM guess; --", "score <"):
        with pytest.raises(LedgerError, match="where"):
            await ledger.matching(bad)
    assert (await ledger.counts()).completed == 5


async def test_a_sound_ledger_has_no_findings(ledger: Ledger) -> None:
    run = await start(ledger)
    await done(ledger, run, *range(6))
    await ledger.forget([key(1), key(2)], reason="redo")
    await ledger.restore()
    await ledger.adopt([key(10)], run_id=run)
    [claim] = await ledger.claim([key(8)], run_id=run, lease_s=60)
    await ledger.intend(call(claim.key, 1), claim=claim)
    await ledger.answer(answered(call(claim.key, 1)))
    assert await ledger.check() == []
    assert await ledger.check(mend=True) == []


# --- closing and opening again


async def test_everything_is_there_after_opening_again(site: Place) -> None:
    ledger = await site.open()
    run = await start(ledger)
    await done(ledger, run, 1)
    [two, three] = await ledger.claim([key(2), key(3)], run_id=run, lease_s=60)
    await ledger.fail(two, run_id=run, error_type="X", message="m")
    await ledger.intend(call(three.key, 1), claim=three)
    await ledger.aclose()
    await ledger.aclose()
    if not site.again:
        return
    await site.pass_time(61)
    ledger = await site.open()
    assert (await ledger.completed()).keys == (key(1),)
    assert [item.key for item in await ledger.failures()] == [key(2)]
    [claim] = await ledger.claim([key(3)], run_id=await start(ledger), lease_s=60)
    assert claim.attempt == 2
    assert claim.token > three.token
    assert await ledger.calls(key(3)) == [call(key(3), 1)]
    await ledger.aclose()


async def test_a_closed_ledger_refuses_to_write(site: Place) -> None:
    ledger = await site.open()
    await ledger.aclose()
    with pytest.raises(LedgerError, match="closed"):
        await ledger.set_meta("a", "b")


async def test_closing_waits_for_what_is_queued(site: Place) -> None:
    ledger = await site.open()
    run = await start(ledger)
    claims = await ledger.claim([key(n) for n in range(50)], run_id=run, lease_s=60)
    commits = [asyncio.create_task(ledger.commit(claim, outcome(claim.key), run_id=run)) for claim in claims]
    await asyncio.sleep(0)
    await ledger.aclose()
    await asyncio.gather(*commits)
    if site.again:
        ledger = await site.open()
        assert (await ledger.counts()).completed == 50
        await ledger.aclose()
