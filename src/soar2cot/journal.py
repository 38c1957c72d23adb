"""Durable calls: looked up first, made if absent, on disk before the answer is used.

    call ─► on record? ─yes─► the answer, nothing is sent
              │ no
              ▼
            slot, budget ─► intent durable ─► sent ─► answer durable ─► the answer

An intent without an answer was in flight when its process died: it may have been paid for, and the next run, which
sends it again, says so (`maybe_paid_twice`). Nothing else is ever sent twice.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

import orjson
import structlog

from soar2cot import faults
from soar2cot.errors import ModelError, ModelRefusedError, NotOnRecordError
from soar2cot.events import CallFinished, Events
from soar2cot.ledger.base import Claim, Ledger
from soar2cot.llm.base import Answer, ModelClient, Request
from soar2cot.llm.cost import Share
from soar2cot.records import Call, SampleKey

FAILED = "failed: "  # what `finish_reason` starts with where sending ended with an error: no answer, and it is known
REFUSED = "refused: "  # the same where asking again is of no use; the answer is kept as empty, the reason follows

_FlightKey: TypeAlias = tuple[str, str, str]


def describe_call(key: SampleKey, place: str, request: Request) -> Call:
    """The call as it is before it is sent; its id is derived from everything that could change the answer."""
    prompt_hash = hashlib.sha256(request.body).hexdigest()
    params = orjson.dumps(request.params, option=orjson.OPT_SORT_KEYS).decode()
    identity = orjson.dumps([*key, place, request.model, request.endpoint, prompt_hash, params])
    return Call(
        id=hashlib.sha256(identity).hexdigest()[:32],
        key=key,
        place=place,
        model=request.model,
        endpoint=request.endpoint,
        prompt_hash=prompt_hash,
        params=params,
    )


@dataclass(slots=True)
class _Desk:
    """The calls of one sample that is being worked on."""

    claim: Claim
    calls: dict[str, Call]


@dataclass(slots=True)
class _Flight:
    """One request under way, with the equal calls of other samples that wait for the same answer.

    `landed` gives the answer; None where the leader was stopped without one: the riders try for themselves.
    """

    key: _FlightKey
    landed: asyncio.Future[Answer | None]
    riders: list[Call] = field(default_factory=list[Call])
    boarding: set[asyncio.Future[None]] = field(default_factory=set[asyncio.Future[None]])

    @property
    def alone(self) -> bool:
        """Whether nobody else waits for this answer or is about to."""
        return not self.riders and not self.boarding


class Journal:
    """The calls of one run. Used from one event loop.

    Args:   replay: nothing is ever sent; a call that is not on record is an error that names it.
            share: of the budget, where several workers have one together.
    Memory: only the calls of samples that are open.
    """

    def __init__(self, ledger: Ledger, events: Events, *, replay: bool = False, share: Share | None = None) -> None:
        self._ledger = ledger
        self._replay = replay
        self._desks: dict[SampleKey, _Desk] = {}
        self._flights: dict[_FlightKey, _Flight] = {}
        self._keeping: set[asyncio.Task[None]] = set()
        self.events = events
        self.share = share
        self.maybe_paid_twice: list[Call] = []

    def opened(self, claim: Claim) -> Opened:
        """Loads the calls on record for this sample, and lets them go at the end of the `async with` block.

        A claim is opened once: what it says of the record is true of the moment in which it was made.
        """
        return Opened(self, claim)

    async def take_up(self, claim: Claim) -> None:
        """The beginning of `opened`."""
        known = await self._ledger.calls(claim.key) if claim.begun or self._replay else []
        self._desks[claim.key] = _Desk(claim, {call.id: call for call in known})

    def lay_down(self, claim: Claim) -> None:
        """The end of `opened`."""
        del self._desks[claim.key]

    async def spent(self) -> tuple[int, float]:
        """(tokens, US dollars) of every call ever answered on this ledger."""
        return await self._ledger.spent()

    async def call(self, key: SampleKey, place: str, request: Request, client: ModelClient) -> Call:
        """The answered call: from the record, or made now and durable on return.

        Equal requests (same bytes, same place) of several samples under way at the same time go out once; the others
        get the answer with no tokens and no cost.

        Raises: NotOnRecordError: replaying, and it is not there. LeaseLostError: nothing was sent. Otherwise what
                `ModelClient.send` raises.
        Crash:  an intent without an answer, at most, which the next run sends again and reports.
        """
        desk = self._desks.get(key)
        if desk is None:
            raise RuntimeError(f"sample {key}: a call outside of Journal.opened")
        wanted = describe_call(key, place, request)
        known = desk.calls.get(wanted.id)
        if known is not None and known.answer is not None:
            self.events.tell(CallFinished(known, from_journal=True))
            return _unless_refused(known)
        if self._replay:
            raise NotOnRecordError(
                f"sample {key}: the journal has no answer for call {place} to {request.model} "
                f"(prompt {wanted.prompt_hash[:12]}); replay with the configuration of the run, or run without --replay"
            )
        await self._again(known)
        done = await self._make(desk, wanted, request, client)
        desk.calls[done.id] = done
        self.events.tell(CallFinished(done, from_journal=False))
        return done

    async def _again(self, known: Call | None) -> None:
        """Before a call on record is sent again: says so where it was in flight when its process ended.

        Where it had failed for certain, that is taken back first: from here on it may be in flight again.
        """
        if known is None:
            return
        if (known.finish_reason or "").startswith(FAILED):
            await self._ledger.answer(replace(known, finish_reason=None))
            return
        self.maybe_paid_twice.append(known)
        structlog.get_logger().warning(
            "Call may have been paid twice",
            task_id=known.key.task_id,
            round_index=known.key.round_index,
            data_type=known.key.data_type,
            place=known.place,
            model=known.model,
            first_sent_at=known.sent_at,
        )

    async def _make(self, desk: _Desk, wanted: Call, request: Request, client: ModelClient) -> Call:
        flight_key = (request.endpoint, wanted.prompt_hash, wanted.place)
        while (flight := self._flights.get(flight_key)) is not None:
            answer = await self._ride(flight, desk.claim, _now(wanted))
            if answer is not None:
                return answered_call(wanted, _free(answer))
        return await self._lead(flight_key, desk.claim, wanted, request, client)

    async def _ride(self, flight: _Flight, claim: Claim, wanted: Call) -> Answer | None:
        """Waits for somebody else's answer; the one who leads writes it down for all at once."""
        aboard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        flight.boarding.add(aboard)
        try:
            await self._ledger.intend(wanted, claim=claim)
            flight.riders.append(wanted)
        finally:
            flight.boarding.discard(aboard)
            aboard.set_result(None)
        return await asyncio.shield(flight.landed)

    async def _lead(
        self, flight_key: _FlightKey, claim: Claim, wanted: Call, request: Request, client: ModelClient
    ) -> Call:
        flight = self._flights[flight_key] = _Flight(flight_key, asyncio.get_running_loop().create_future())
        sent = wanted

        async def announce() -> None:
            nonlocal sent
            sent = _now(wanted)
            faults.point("journal.before_intent")
            await self._ledger.intend(sent, claim=claim)
            faults.point("journal.before_send")

        try:
            answer = await client.send(request, announce=announce, turn=wanted.key.turn)
            faults.point("journal.before_answer")
            done = answered_call(sent, answer)
            if flight.alone:  # the quick way of nearly all: what the ledger was given it keeps, cancelled or not
                self._close(flight)
                await self._ledger.answer(done)
            else:
                await self._finishing(self._keep(flight, done, answer))
            faults.point("journal.after_answer")
        except ModelError as error:
            await self._finishing(self._keep_failure(flight, sent, error))
            raise
        finally:
            self._close(flight)
            _land(flight, None)
        return done

    async def _keep(self, flight: _Flight, done: Call, answer: Answer) -> None:
        """Writes the answer for all who wait for it, in one group: after a crash all have it or none."""
        await self._gate_closed(flight)
        await self._write([done, *(answered_call(rider, _free(answer)) for rider in flight.riders)])
        _land(flight, answer)

    async def _keep_failure(self, flight: _Flight, sent: Call, error: ModelError) -> None:
        """Notes that the calls ended without an answer: sending them again is no second payment to report."""
        await self._gate_closed(flight)
        announced = [call for call in (sent, *flight.riders) if call.sent_at]
        await self._write([_failed_call(call, error) for call in announced])
        _land(flight, error)

    async def _gate_closed(self, flight: _Flight) -> None:
        """Waits for those who are boarding; then nobody can board any more."""
        while flight.boarding:
            await asyncio.wait(flight.boarding)
        self._close(flight)

    def _close(self, flight: _Flight) -> None:
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]

    async def _write(self, calls: list[Call]) -> None:
        if len(calls) == 1:
            await self._ledger.answer(calls[0])
        else:
            await asyncio.gather(*(self._ledger.answer(call) for call in calls))

    async def _finishing(self, writing: Coroutine[Any, Any, None]) -> None:
        """Runs to its end even where the caller is cancelled: an answer that has come is paid for."""
        task = asyncio.ensure_future(writing)
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)
        await asyncio.shield(task)


class Opened:
    """A sample's calls at hand, for the length of an `async with` block."""

    __slots__ = ("_claim", "_journal")

    def __init__(self, journal: Journal, claim: Claim) -> None:
        self._journal = journal
        self._claim = claim

    async def __aenter__(self) -> None:
        await self._journal.take_up(self._claim)

    async def __aexit__(self, *_: object) -> None:
        self._journal.lay_down(self._claim)


def _land(flight: _Flight, result: Answer | ModelError | None) -> None:
    if flight.landed.done():
        return
    if isinstance(result, ModelError):
        flight.landed.set_exception(result)
        flight.landed.exception()  # looked at, so that nobody complains where there are no riders
    else:
        flight.landed.set_result(result)


def _now(call: Call) -> Call:
    return _as_sent(call, datetime.now(UTC).isoformat(timespec="milliseconds"))


def _as_sent(call: Call, sent_at: str, **answer: Any) -> Call:
    """As `replace` of a call without an answer, in a third of the time: it stands on the way of every call."""
    told = (call.id, call.key, call.place, call.model, call.endpoint, call.prompt_hash, call.params)
    return Call(*told, sent_at=sent_at, **answer)


def answered_call(call: Call, answer: Answer) -> Call:
    """The call with its answer."""
    return _as_sent(
        call,
        call.sent_at,
        answer=answer.content,
        reasoning=answer.reasoning,
        finish_reason=answer.finish_reason,
        prompt_tokens=answer.prompt_tokens,
        cached_tokens=answer.cached_tokens,
        completion_tokens=answer.completion_tokens,
        cost_usd=answer.cost_usd,
        latency_s=answer.latency_s,
    )


def _failed_call(call: Call, error: ModelError) -> Call:
    if isinstance(error, ModelRefusedError):
        return replace(call, answer="", finish_reason=f"{REFUSED}{error}", cost_usd=0.0)
    return replace(call, finish_reason=f"{FAILED}{type(error).__name__}")


def _unless_refused(known: Call) -> Call:
    """The call; a refusal on record is one again, so that replaying takes the same path."""
    if (known.finish_reason or "").startswith(REFUSED):
        raise ModelRefusedError((known.finish_reason or "").removeprefix(REFUSED))
    return known


def _free(answer: Answer) -> Answer:
    """The same answer for a call that was not sent: nobody is charged for it twice."""
    return replace(answer, prompt_tokens=0, cached_tokens=0, completion_tokens=0, cost_usd=0.0, latency_s=0.0)
