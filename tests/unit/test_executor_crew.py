"""The run's side of many workers: order, bounds, deaths, stopping; workers here are made of a few lines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from soar2cot.control import Control
from soar2cot.errors import ModelSetupError, WorkerDiedError
from soar2cot.events import CallsUnderWay, Event, Events, SampleCompleted, SampleFailed
from soar2cot.executor.crew import Crew, Seat, WorkerLostError
from soar2cot.executor.remote import Item, Order, Report
from soar2cot.executor.supply import Supply
from soar2cot.ledger.memory import MemoryLedger
from soar2cot.pipeline import Stop, Summary
from soar2cot.records import Failure, Sample, SampleKey
from soar2cot.soar_loader import BadRow
from tests.ledger_kit import RUN, key, outcome


def sample(n: int) -> Sample:
    return Sample(key(n), "def transform(grid): return grid", "m", 0, (True,), ([[1]],), (True,), ([[1]],))


def completed(item: Item) -> Event:
    if isinstance(item, BadRow):
        return SampleFailed(Failure(item.key, 1, type(item.error).__name__, str(item.error), ""))
    return SampleCompleted(outcome(item.key), 0.0)


@dataclass
class Worker:
    """Ends everything at once, unless `act` does something else with an order."""

    office: Office
    name: str
    capacity: int = 2
    held: list[Item] = field(default_factory=list[Item])
    dismissed: bool = False

    async def turn(self, order: Order) -> Report:
        await asyncio.sleep(0)
        self.held += order.items
        self.office.most_held = max(self.office.most_held, len(self.held))
        self.office.given += [item.key for item in order.items]
        return self.office.act(self, order)

    def all_done(self) -> Report:
        done, self.held = self.held, []
        return Report(tuple(map(completed, done)))

    async def dismiss(self) -> None:
        self.dismissed = True


@dataclass
class Office:
    """Where workers come from: `n` at once."""

    n: int = 3
    act: Callable[[Worker, Order], Report] = lambda worker, _: worker.all_done()
    hired: list[Worker] = field(default_factory=list[Worker])
    given: list[SampleKey] = field(default_factory=list[SampleKey])
    most_held: int = 0

    async def wanted(self) -> int:
        return self.n

    async def hire(self) -> Worker:
        self.hired.append(Worker(self, f"w{len(self.hired)}"))
        return self.hired[-1]


@dataclass
class Firm:
    """A crew on the ledger in memory."""

    office: Office
    stop: Stop = field(default_factory=Stop)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    told: list[Event] = field(default_factory=list[Event])
    crew: Crew | None = None

    async def run(self, items: Iterator[Item], *, max_deaths: int = 3) -> Summary:
        async def shown(_: SampleKey) -> None: ...

        events = Events()
        events.subscribe(self.told.append)
        run_id = await self.ledger.start_run(**RUN)
        self.crew = Crew(
            self.office,
            ledger=self.ledger,
            run_id=run_id,
            events=events,
            shows=shown,
            grace_s=1,
            max_deaths=max_deaths,
        )
        return await self.crew.run(items, self.stop)

    @property
    def completed(self) -> list[SampleKey]:
        return [event.outcome.key for event in self.told if isinstance(event, SampleCompleted)]


async def test_all_samples_are_handed_out_in_order_and_counted_once() -> None:
    firm = Firm(Office())
    assert await firm.run(map(sample, range(500))) == Summary(completed=500)
    assert sorted(firm.completed) == sorted(map(key, range(500)))
    assert firm.office.given == list(map(key, range(500)))
    assert all(worker.dismissed for worker in firm.office.hired)


async def test_a_short_stream_is_shared_by_all_workers() -> None:
    firm = Firm(Office(n=4))
    firm.office.act = lambda worker, order: worker.all_done() if len(set(firm.office.given)) == 20 else Report()
    await firm.run(map(sample, range(20)))
    assert len(firm.office.hired) == 4
    assert firm.office.most_held <= 8


async def test_what_a_worker_holds_is_bounded_and_follows_its_pace() -> None:
    seat = Seat(Worker(Office(), "w", capacity=2))
    seat.ended(0, most=1_000)
    assert seat.room == 4
    for _ in range(20):
        seat.ended(100, most=1_000)
    assert seat.room == 202
    seat.ended(100, most=50)
    assert seat.room == 50


async def test_what_a_dead_worker_held_is_done_by_others() -> None:
    firm, dead = Firm(Office()), set[str]()

    def act(worker: Worker, order: Order) -> Report:
        if worker.name in {"w0", "w1"} and worker.held:
            dead.add(worker.name)
            raise WorkerLostError("killed")
        return worker.all_done()

    firm.office.act = act
    assert await firm.run(map(sample, range(100))) == Summary(completed=100)
    assert dead == {"w0", "w1"}
    assert sorted(firm.completed) == sorted(map(key, range(100)))
    assert len(firm.office.hired) >= 4


async def test_the_leases_of_a_dead_worker_end_and_what_it_had_committed_is_counted_once() -> None:
    firm = Firm(Office(n=1))
    first = key(0)

    def act(worker: Worker, order: Order) -> Report:
        if worker.name == "w0":
            raise WorkerLostError("killed")
        return worker.all_done()

    firm.office.act = act
    claims = await firm.ledger.claim([first, key(1)], run_id=(await firm.ledger.start_run(**RUN)), lease_s=600)
    await firm.ledger.commit(claims[0], outcome(first), run_id="r")
    calls: list[list[SampleKey]] = []

    async def expire(keys: list[SampleKey], *, run_id: str) -> None:
        calls.append(list(keys))

    firm.ledger.expire = expire  # type: ignore[method-assign]
    summary = await firm.run(map(sample, range(5)))
    assert calls == [list(map(key, range(5)))]
    assert summary == Summary(completed=5)
    assert firm.office.given.count(first) == 1
    assert sorted(firm.completed) == sorted(map(key, range(5)))


async def test_a_sample_that_kills_its_worker_three_times_is_parked_and_its_neighbours_are_done() -> None:
    firm, poison = Firm(Office(n=2)), key(3)

    def act(worker: Worker, order: Order) -> Report:
        if any(isinstance(item, Sample) and item.key == poison for item in worker.held):
            raise WorkerLostError("out of memory")
        return worker.all_done()

    firm.office.act = act
    summary = await firm.run(map(sample, range(40)))
    assert summary == Summary(completed=39, failed={"WorkerDiedError": 1})
    [failure] = [event.failure for event in firm.told if isinstance(event, SampleFailed)]
    assert failure.key == poison
    assert "3 workers died while they had it" in failure.message
    assert firm.office.given.count(poison) == 4  # the last time as a row to be parked


async def test_a_suspect_is_given_to_a_worker_that_has_nothing_else() -> None:
    supply = Supply(map(sample, range(100)), max_deaths=2)
    [first, second] = await supply.take((), 2)
    supply.again([first])
    assert await supply.take({second.key}, 10) == []
    assert await supply.take((), 10) == [first]
    assert await supply.take({first.key}, 10) == []
    assert len(await supply.take((), 10)) == 10
    supply.again([first])
    [parked] = (await supply.take((), 1))[:1]
    assert isinstance(parked, BadRow)
    assert isinstance(parked.error, WorkerDiedError)


async def test_the_first_stop_is_told_to_all_and_what_is_in_flight_ends() -> None:
    firm = Firm(Office())
    stopped: list[str | None] = []

    def act(worker: Worker, order: Order) -> Report:
        if order.stop:
            stopped.append(order.stop)
            assert not order.now
            done = worker.all_done()
            return Report(done.events, summary=Summary(reason=order.stop))
        if len(firm.office.given) > 10:
            firm.stop.drain("interrupted")
        return Report()

    firm.office.act = act
    summary = await firm.run(map(sample, range(1_000)))
    assert summary.reason == "interrupted"
    assert summary.completed == len(firm.office.given) < 100
    assert stopped == ["interrupted"] * len(firm.office.hired)


async def test_the_second_stop_leaves_what_is_in_flight() -> None:
    firm = Firm(Office(n=1))

    def act(worker: Worker, order: Order) -> Report:
        firm.stop.now("terminated")
        return Report(summary=Summary(reason="terminated")) if order.now else Report()

    firm.office.act = act
    summary = await firm.run(map(sample, range(100)))
    assert (summary.reason, summary.completed, summary.left) == ("terminated", 0, 8)


async def test_an_error_that_would_hit_every_sample_ends_the_run_and_stops_the_others() -> None:
    firm = Firm(Office(n=3))

    def act(worker: Worker, order: Order) -> Report:
        if order.stop:
            assert order.now
            return Report(summary=Summary(reason=order.stop))
        return Report(error=ModelSetupError("wrong key")) if worker.name == "w1" else Report()

    firm.office.act = act
    with pytest.raises(ModelSetupError, match="wrong key"):
        await firm.run(map(sample, range(100)))


async def test_a_spent_budget_drains_all() -> None:
    firm = Firm(Office(n=3))

    def act(worker: Worker, order: Order) -> Report:
        if order.stop or worker.name == "w0":
            return Report(worker.all_done().events, summary=Summary(reason="budget"))
        return Report()

    firm.office.act = act
    assert (await firm.run(map(sample, range(100)))).reason == "budget"


async def test_a_worker_that_gives_up_by_itself_is_replaced() -> None:
    firm = Firm(Office(n=1))
    firm.office.act = lambda worker, _: (
        Report(summary=Summary(reason="abandoned")) if worker.name == "w0" else worker.all_done()
    )
    assert await firm.run(map(sample, range(30))) == Summary(completed=30)


async def test_a_limit_is_shared_and_a_pause_takes_back_what_was_not_begun() -> None:
    firm = Firm(Office(n=2))
    limits: dict[str, list[int | None]] = {}

    def act(worker: Worker, order: Order) -> Report:
        assert firm.crew is not None
        said = limits.setdefault(worker.name, [])
        said.append(order.limit)
        if len(said) == 1:
            firm.crew.steer(Control(limit=5))
        if len(said) == 3:
            firm.crew.steer(Control(paused=True))
        if order.limit == 0:
            returned, worker.held = tuple(item.key for item in worker.held), []
            asyncio.get_running_loop().call_soon(firm.crew.steer, Control())
            return Report(returned=returned)
        return worker.all_done() if len(said) > 4 else Report()

    firm.office.act = act
    assert await firm.run(map(sample, range(60))) == Summary(completed=60)
    shares = {limit for said in limits.values() for limit in said}
    assert {None, 0} <= shares <= {None, 0, 2, 3, 5}


async def test_workers_that_never_come_do_not_hold_up_a_stop() -> None:
    class Nobody(Office):
        async def hire(self) -> Worker:
            await asyncio.Event().wait()
            raise AssertionError

    firm = Firm(Nobody())
    asyncio.get_running_loop().call_later(0.01, firm.stop.drain, "interrupted")
    assert await firm.run(map(sample, range(5))) == Summary(reason="interrupted")


async def test_calls_under_way_are_those_of_all_workers() -> None:
    firm = Firm(Office(n=2))

    def act(worker: Worker, order: Order) -> Report:
        said = CallsUnderWay("http://localhost:8000", 3, 4)
        return Report((said, *worker.all_done().events))

    firm.office.act = act
    await firm.run(map(sample, range(50)))
    seen = [(event.in_flight, event.limit) for event in firm.told if isinstance(event, CallsUnderWay)]
    assert (6, 8) in seen
    assert seen[-1] == (0, 0)
