"""A server that is gone for ten minutes, on a made clock: waited for, said once a minute, and then the work goes on."""

from __future__ import annotations

import asyncio

from soar2cot.errors import ModelUnavailableError
from soar2cot.events import Event, Events, Waiting
from soar2cot.llm.base import Answer, Request
from soar2cot.llm.client import PatientClient
from soar2cot.llm.limit import Limiter

ABSENCE_S = 600.0
N_CALLS = 20


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


class Gone:
    """Answers from `ABSENCE_S` on; counts who knocked before."""

    address = "http://gone/v1"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.n_knocks = 0

    async def exchange(self, request: Request) -> Answer:
        if self._clock.now < ABSENCE_S:
            self.n_knocks += 1
            raise ModelUnavailableError("connection refused", gone=True)
        return Answer("yes", None, "stop", 1, 0, 1, 0.1)

    async def aclose(self) -> None:
        pass


async def test_ten_minutes_without_a_server_cost_waiting_and_no_sample() -> None:
    clock, told, events = Clock(), list[Event](), Events()
    events.subscribe(told.append)
    server = Gone(clock)
    client = PatientClient(server, limiter=Limiter(8), events=events, clock=clock, sleep=clock.sleep)
    request = Request("m", server.address, "follow", b"{}")
    answers = await asyncio.gather(*(client.send(request) for _ in range(N_CALLS)))
    assert [answer.content for answer in answers] == ["yes"] * N_CALLS
    assert ABSENCE_S <= clock.now < ABSENCE_S + 60  # it goes on soon after
    waiting = [event.reason for event in told if isinstance(event, Waiting)]
    assert 8 <= len(waiting) <= 11, "once a minute"
    assert all("asking again until it is back" in reason for reason in waiting)
    assert server.n_knocks < 80, "one asks for all"
