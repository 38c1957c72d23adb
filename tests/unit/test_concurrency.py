"""Slots that can be moved while in use; many jobs, the first error."""

from __future__ import annotations

import asyncio

import pytest

from soar2cot.concurrency import Slots, all_of


async def test_no_more_than_the_limit_are_inside_and_the_line_is_kept() -> None:
    slots, order = Slots(2), list[int]()
    gate = asyncio.Event()

    async def visit(n: int) -> None:
        async with slots.one():
            order.append(n)
            assert slots.in_use <= 2
            await gate.wait()

    tasks = [asyncio.create_task(visit(n)) for n in range(5)]
    await asyncio.sleep(0)
    assert (slots.in_use, slots.waiting, order) == (2, 3, [0, 1])
    gate.set()
    await asyncio.gather(*tasks)
    assert (slots.in_use, order) == (0, [0, 1, 2, 3, 4])


async def test_the_lowest_turn_goes_first_and_equal_turns_as_they_came() -> None:
    slots, order = Slots(1), list[str]()
    await slots.acquire()

    async def visit(name: str, turn: tuple[int, ...]) -> None:
        await slots.acquire(turn)
        order.append(name)
        slots.release()

    asked = [("late", (2,)), ("early", (1,)), ("late too", (2,)), ("gone", (0,)), ("first", (0, 5))]
    tasks = {name: asyncio.create_task(visit(name, turn)) for name, turn in asked}
    await asyncio.sleep(0)
    tasks["gone"].cancel()
    await asyncio.sleep(0)
    assert slots.waiting == 4
    slots.release()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert order == ["first", "early", "late", "late too"]


async def test_raising_the_limit_lets_the_next_in_and_zero_lets_nobody() -> None:
    slots = Slots(0)
    task = asyncio.create_task(slots.acquire())
    await asyncio.sleep(0)
    assert not task.done()
    slots.limit = 1
    await task
    assert slots.in_use == 1


async def test_who_leaves_the_line_takes_no_slot_along() -> None:
    slots = Slots(1)
    await slots.acquire()
    waiting = asyncio.create_task(slots.acquire())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    slots.release()
    assert (slots.in_use, slots.waiting) == (0, 0)
    await asyncio.wait_for(slots.acquire(), 1)


async def test_a_slot_granted_in_the_instant_of_leaving_is_given_back() -> None:
    slots = Slots(1)
    await slots.acquire()
    waiting = asyncio.create_task(slots.acquire())
    await asyncio.sleep(0)
    slots.release()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert slots.in_use == 0


async def test_results_come_in_order_and_the_first_error_comes_itself() -> None:
    async def later(n: int) -> int:
        for _ in range(5 - n):
            await asyncio.sleep(0)
        return n

    assert await all_of(later(n) for n in range(5)) == [0, 1, 2, 3, 4]

    async def broken() -> int:
        raise KeyError("the first")

    with pytest.raises(KeyError, match="the first"):
        await all_of([later(0), broken(), later(1)])


async def test_free_slots_are_taken_together_and_nobody_in_line_is_passed() -> None:
    slots = Slots(5)
    assert (slots.take(3), slots.take(9), slots.take(1)) == (3, 2, 0)
    waiting = asyncio.create_task(slots.acquire())
    await asyncio.sleep(0)
    slots.release(2)
    assert slots.in_use == 4
    await waiting
    assert slots.take(9) == 1
    slots.limit = 2
    assert slots.take(1) == 0
