"""The self-finding limit against a server in virtual time: throughput, latency, refusals, and changes of capacity."""

from __future__ import annotations

import pytest

from soar2cot.llm.autolimit import AutoLimit
from tests.unit.llm_simulation import Server, Simulation


@pytest.mark.parametrize("queue", [None, 0, 16])
@pytest.mark.parametrize("slots", [4, 32, 256])
def test_auto_finds_what_the_server_can_do(slots: int, queue: int | None) -> None:
    run = Simulation(Server(slots, queue=queue), AutoLimit())
    run.run(until=60)
    best = slots / run.server.service_s
    assert run.throughput(30, 60) >= 0.9 * best
    assert run.p95(30, 60) <= 2 * run.server.service_s
    assert run.refused_share(0, 60) <= 0.01


@pytest.mark.parametrize("queue", [None, 0])
@pytest.mark.parametrize(("slots", "then"), [(4, 2), (4, 8), (32, 16), (32, 64), (256, 128), (256, 512)])
def test_auto_follows_a_server_whose_slots_change(slots: int, then: int, queue: int | None) -> None:
    run = Simulation(Server(slots, queue=queue), AutoLimit())
    run.run(until=40)
    run.set_slots(then)
    run.run(until=100)
    best = then / run.server.service_s
    assert run.throughput(60, 100) >= 0.9 * best
    assert run.p95(60, 100) <= 2 * run.server.service_s
    assert run.refused_share(60, 100) <= 0.01


def test_nothing_grows_while_no_calls_wait() -> None:
    run = Simulation(Server(256), AutoLimit(), n_callers=3)
    run.run(until=60)
    assert run.limit.limit <= 8


def test_a_batching_server_is_used_although_its_latency_grows_with_load() -> None:
    run = Simulation(Server(10_000, slowdown=0.02), AutoLimit())  # half of all throughput at 50, latency 2 × unloaded
    run.run(until=90)
    assert 50 <= run.limits[-1][1] <= 400


def test_one_refusal_is_one_cut_however_many_calls_of_the_same_burst_are_refused() -> None:
    limit = AutoLimit(first=100)
    sent = [limit.started(1.0) for _ in range(100)]
    for number, call in enumerate(sent[:50]):
        limit.rejected(1.01, call, in_use=100 - number)
        limit.ended(1.01, call, waiting=10)
    assert limit.limit >= 70
    later = [limit.started(2.0) for _ in range(10)]
    limit.rejected(2.01, later[0], in_use=60)
    assert limit.limit < 70


def test_the_limit_is_never_below_one() -> None:
    limit = AutoLimit()
    for second in range(50):
        call = limit.started(float(second))
        limit.rejected(second + 0.5, call, in_use=1)
        limit.ended(second + 0.5, call, waiting=1)
    assert limit.limit == 1
