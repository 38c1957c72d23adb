"""The journal: what is on record is never sent, what is in flight is said, equal calls go out once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, Literal

import pytest

from soar2cot import faults
from soar2cot.errors import LeaseLostError, ModelRefusedError, ModelUnavailableError, NotOnRecordError
from soar2cot.events import CallFinished, Events
from soar2cot.journal import Journal
from soar2cot.ledger.base import Claim
from soar2cot.ledger.memory import MemoryLedger
from soar2cot.llm.base import Announce, Answer, Request, announce_nothing
from soar2cot.records import Call, SampleKey

ONE, TWO = SampleKey("007bbfb7", 0, "original"), SampleKey("007bbfb7", 1, "original")
ASKED = Request("m", "http://a/v1", "follow", b'{"q": 1}', {"max_tokens": 5})


class Client:
    """Answers with a counter, or raises what it is given; can be held up."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.n_sent = 0
        self.free = asyncio.Event()
        self.free.set()

    async def send(
        self, request: Request, *, announce: Announce = announce_nothing, turn: tuple[Any, ...] = ()
    ) -> Answer:
        await announce()
        self.n_sent += 1
        await self.free.wait()
        if self.error is not None:
            raise self.error
        return Answer(f"answer {self.n_sent}", "because", "stop", 10, 4, 5, 0.5, 0.01)

    def set_limit(self, limit: int | Literal["auto"]) -> None:
        pass

    async def aclose(self) -> None:
        pass


@pytest.fixture
async def ledger() -> AsyncIterator[MemoryLedger]:
    given = MemoryLedger()
    await given.start_run(config={}, fingerprint="f", data_identity=None, engine_version="v")
    yield given
    await given.aclose()


async def claimed(ledger: MemoryLedger, *keys: SampleKey) -> list[Claim]:
    """Claims as a later process gets them: it looks at what is on record."""
    return [replace(claim, begun=True) for claim in await ledger.claim(keys, run_id="run-1", lease_s=100)]


def journal_of(ledger: MemoryLedger, **how: bool) -> tuple[Journal, list[CallFinished]]:
    events, told = Events(), []
    events.subscribe(lambda event: told.append(event) if isinstance(event, CallFinished) else None)
    return Journal(ledger, events, **how), told


async def test_an_answer_on_record_is_not_sent_again(ledger: MemoryLedger) -> None:
    [claim] = await claimed(ledger, ONE)
    client = Client()
    for _ in range(2):  # the second journal is another process
        journal, told = journal_of(ledger)
        async with journal.opened(claim):
            call = await journal.call(ONE, "0.write.1", ASKED, client)
            assert (call.answer, call.reasoning, call.cost_usd) == ("answer 1", "because", 0.01)
        assert journal.maybe_paid_twice == []
    assert client.n_sent == 1
    assert [event.from_journal for event in told] == [True]
    assert await ledger.spent() == (15, pytest.approx(0.01))


@pytest.mark.parametrize(
    "other",
    [
        Request("m", "http://a/v1", "follow", b'{"q": 2}', {"max_tokens": 5}),
        Request("n", "http://a/v1", "follow", b'{"q": 1}', {"max_tokens": 5}),
        Request("m", "http://b/v1", "follow", b'{"q": 1}', {"max_tokens": 5}),
        Request("m", "http://a/v1", "follow", b'{"q": 1}', {"max_tokens": 6}),
    ],
    ids=["prompt", "model", "endpoint", "parameters"],
)
async def test_another_question_is_another_call(ledger: MemoryLedger, other: Request) -> None:
    [claim] = await claimed(ledger, ONE)
    client, (journal, _) = Client(), journal_of(ledger)
    async with journal.opened(claim):
        await journal.call(ONE, "0.write.1", ASKED, client)
        await journal.call(ONE, "0.write.1", other, client)
        await journal.call(ONE, "0.write.2", ASKED, client)
    assert client.n_sent == 3


@pytest.mark.parametrize("point", ["journal.before_send", "journal.before_answer"])
async def test_what_was_in_flight_is_sent_again_and_said(ledger: MemoryLedger, point: str) -> None:
    [claim] = await claimed(ledger, ONE)
    client, (journal, _) = Client(), journal_of(ledger)
    faults.arm(point, "raise")
    async with journal.opened(claim):
        with pytest.raises(RuntimeError):
            await journal.call(ONE, "0.write.1", ASKED, client)
    again, _ = journal_of(ledger)
    async with again.opened(claim):
        await again.call(ONE, "0.write.1", ASKED, client)
    assert [call.place for call in again.maybe_paid_twice] == ["0.write.1"]


@pytest.mark.parametrize("point", ["journal.before_intent", "journal.after_answer"])
async def test_what_was_not_in_flight_is_not_said(ledger: MemoryLedger, point: str) -> None:
    [claim] = await claimed(ledger, ONE)
    client, (journal, _) = Client(), journal_of(ledger)
    faults.arm(point, "raise")
    async with journal.opened(claim):
        with pytest.raises(RuntimeError):
            await journal.call(ONE, "0.write.1", ASKED, client)
    again, _ = journal_of(ledger)
    async with again.opened(claim):
        await again.call(ONE, "0.write.1", ASKED, client)
    assert again.maybe_paid_twice == []
    assert client.n_sent == 1


async def test_a_failed_call_is_tried_again_without_alarm_until_it_is_in_flight(
    ledger: MemoryLedger,
) -> None:
    [claim] = await claimed(ledger, ONE)
    journal, _ = journal_of(ledger)
    async with journal.opened(claim):
        with pytest.raises(ModelUnavailableError):
            await journal.call(ONE, "0.write.1", ASKED, Client(ModelUnavailableError("away")))
    second, _ = journal_of(ledger)
    faults.arm("journal.before_answer", "raise")
    async with second.opened(claim):
        with pytest.raises(RuntimeError):
            await second.call(ONE, "0.write.1", ASKED, Client())
    assert second.maybe_paid_twice == []
    third, _ = journal_of(ledger)
    async with third.opened(claim):
        await third.call(ONE, "0.write.1", ASKED, Client())
    assert len(third.maybe_paid_twice) == 1


async def test_a_refusal_on_record_is_a_refusal_again(ledger: MemoryLedger) -> None:
    [claim] = await claimed(ledger, ONE)
    client = Client(ModelRefusedError("too long"))
    for _ in range(2):
        journal, _ = journal_of(ledger)
        async with journal.opened(claim):
            with pytest.raises(ModelRefusedError, match="too long"):
                await journal.call(ONE, "0.write.1", ASKED, client)
    assert client.n_sent == 1


async def test_equal_calls_under_way_go_out_once_and_are_charged_once(ledger: MemoryLedger) -> None:
    claims = await claimed(ledger, ONE, TWO)
    client, (journal, _) = Client(), journal_of(ledger)
    client.free.clear()
    async with AsyncExitStack() as stack:
        for claim in claims:
            await stack.enter_async_context(journal.opened(claim))
        calls = [asyncio.ensure_future(journal.call(key, "0.write.1", ASKED, client)) for key in (ONE, TWO)]
        await _settled(lambda: client.n_sent == 1)
        client.free.set()
        first, second = await asyncio.gather(*calls)
    assert (first.answer, second.answer, client.n_sent) == ("answer 1", "answer 1", 1)
    assert (second.prompt_tokens, second.cost_usd) == (0, 0.0)
    assert await ledger.spent() == (15, pytest.approx(0.01))
    assert [len(await ledger.calls(key)) for key in (ONE, TWO)] == [1, 1]


async def test_a_rider_sends_for_itself_where_the_leader_was_stopped(ledger: MemoryLedger) -> None:
    claims = await claimed(ledger, ONE, TWO)
    client, (journal, _) = Client(), journal_of(ledger)
    client.free.clear()
    async with AsyncExitStack() as stack:
        for claim in claims:
            await stack.enter_async_context(journal.opened(claim))
        leader, rider = (asyncio.ensure_future(journal.call(key, "0.write.1", ASKED, client)) for key in (ONE, TWO))
        await _settled(lambda: client.n_sent == 1)
        leader.cancel()
        client.free.set()
        assert (await rider).answer == "answer 2"


async def test_an_error_reaches_everybody_who_waits_for_the_answer(ledger: MemoryLedger) -> None:
    claims = await claimed(ledger, ONE, TWO)
    client, (journal, _) = Client(ModelUnavailableError("away")), journal_of(ledger)
    client.free.clear()
    async with AsyncExitStack() as stack:
        for claim in claims:
            await stack.enter_async_context(journal.opened(claim))
        calls = [asyncio.ensure_future(journal.call(key, "0.write.1", ASKED, client)) for key in (ONE, TWO)]
        await _settled(lambda: client.n_sent == 1)
        client.free.set()
        found = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(error) for error in found] == [ModelUnavailableError] * 2


async def test_an_answer_that_has_come_is_kept_though_the_caller_is_cancelled(ledger: MemoryLedger) -> None:
    [claim] = await claimed(ledger, ONE)
    client, (journal, _) = Client(), journal_of(ledger)
    async with journal.opened(claim):
        calling: asyncio.Task[object] = asyncio.ensure_future(journal.call(ONE, "0.write.1", ASKED, client))
        faults.arm("journal.before_answer", lambda: calling.cancel() and None)
        with pytest.raises(asyncio.CancelledError):
            await calling
        await asyncio.sleep(0)
    [call] = await ledger.calls(ONE)
    assert call.answer == "answer 1"


class Asked(MemoryLedger):
    """Remembers whose calls it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[SampleKey] = []

    async def calls(self, key: SampleKey) -> list[Call]:
        self.asked.append(key)
        return await super().calls(key)


async def test_a_sample_that_was_never_begun_is_not_looked_up() -> None:
    ledger = Asked()
    [fresh] = await ledger.claim([ONE], run_id="run-1", lease_s=100)
    journal, _ = journal_of(ledger)
    async with journal.opened(fresh):
        await journal.call(ONE, "0.write.1", ASKED, Client())
    await ledger.release([fresh])
    [begun] = await ledger.claim([ONE], run_id="run-1", lease_s=100)
    async with journal.opened(begun):
        await journal.call(ONE, "0.write.1", ASKED, Client(ModelUnavailableError("not needed")))
    assert (fresh.begun, begun.begun, ledger.asked) == (False, True, [ONE])


async def test_without_the_claim_nothing_is_sent(ledger: MemoryLedger) -> None:
    [claim] = await claimed(ledger, ONE)
    await ledger.release([claim])
    client, (journal, _) = Client(), journal_of(ledger)
    async with journal.opened(claim):
        with pytest.raises(LeaseLostError):
            await journal.call(ONE, "0.write.1", ASKED, client)
    assert client.n_sent == 0


async def test_replaying_sends_nothing_and_names_what_is_missing(ledger: MemoryLedger) -> None:
    [claim] = await claimed(ledger, ONE)
    client = Client()
    journal, _ = journal_of(ledger)
    async with journal.opened(claim):
        await journal.call(ONE, "0.write.1", ASKED, client)
    replay, _ = journal_of(ledger, replay=True)
    async with replay.opened(claim):
        assert (await replay.call(ONE, "0.write.1", ASKED, client)).answer == "answer 1"
        with pytest.raises(NotOnRecordError, match=r"007bbfb7/0/original: .* 0.write.2 to m"):
            await replay.call(ONE, "0.write.2", ASKED, client)
    assert client.n_sent == 1


async def test_a_closed_sample_is_let_go(ledger: MemoryLedger) -> None:
    [claim] = await claimed(ledger, ONE)
    journal, _ = journal_of(ledger)
    async with journal.opened(claim):
        await journal.call(ONE, "0.write.1", ASKED, Client())
    with pytest.raises(RuntimeError, match=r"outside of Journal\.opened"):
        await journal.call(ONE, "0.write.1", ASKED, Client())


async def _settled(condition: Callable[[], bool]) -> None:
    for _ in range(100):
        if condition():
            await asyncio.sleep(0)
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")
