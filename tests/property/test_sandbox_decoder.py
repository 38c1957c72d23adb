"""The reader of answers: whatever bytes a program leaves behind, what comes out is well-formed."""

from __future__ import annotations

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from soar2cot.challenge import check_grid
from soar2cot.sandbox.base import Failed, GridResult, LineEvent
from soar2cot.sandbox.inside import layout
from soar2cot.sandbox.inside.values import NoGrid, encode_failure, encode_grid
from soar2cot.sandbox.results import read_answer

MISSING = Failed("killed", "gone")

grids = st.integers(1, 30).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=1, max_size=30)
)
programs = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=4)


def frame(program: int, grid: int, tag: int, flags: int, payload: bytes) -> bytes:
    return layout.FRAME.pack(program, grid, tag, flags, len(payload)) + payload


frames = st.builds(
    frame,
    st.integers(0, 5),
    st.integers(0, 4),
    st.integers(0, 8),
    st.integers(0, 255),
    st.one_of(
        st.binary(max_size=40),
        grids.map(encode_grid),
        st.builds(encode_failure, st.text(max_size=80), st.text(max_size=600), st.none() | st.integers(0, 2**31)),
        st.sampled_from(
            [b"[]", b'[["f",1,0,{}]]', b'[["f",1,0]]', b'{"a":1}', b"[[" * 1000, b'[["f",-1,0,{}]]', b"[1e999]"]
        ),
    ),
)
answers = st.one_of(
    st.binary(max_size=300),
    st.lists(frames, max_size=12).map(lambda parts: struct.pack("<I", sum(map(len, parts))) + b"".join(parts)),
    st.tuples(st.integers(0, 2**32 - 1), st.lists(frames, max_size=6)).map(
        lambda pair: struct.pack("<I", pair[0]) + b"".join(pair[1])
    ),
)


def check(result: GridResult) -> None:
    assert (result.grid is None) != (result.failed is None)
    if result.grid is not None:
        check_grid(result.grid, where="result")
    if result.failed is not None:
        assert result.failed.kind.isidentifier()
        assert len(result.failed.message) <= layout.MAX_MESSAGE
    assert all(isinstance(event, LineEvent) and isinstance(event.values, dict) for event in result.events)


@settings(max_examples=600, deadline=None)
@given(answers, programs)
def test_any_bytes_give_one_well_formed_result_per_grid(answer: bytes, asked: list[tuple[int, bool]]) -> None:
    padded = memoryview(answer.ljust(400, b"\0"))
    answered = read_answer(padded, asked)
    assert len(answered) == len(asked)
    for item, (n_grids, _) in zip(answered, asked, strict=True):
        results = item.results(MISSING)
        assert len(results) == n_grids
        for result in results:
            check(result)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_changed_byte_never_makes_a_result_of_another_grid(data: st.DataObject) -> None:
    written = data.draw(st.lists(grids, min_size=1, max_size=3))
    parts = [frame(0, index, layout.TAG_GRID, 0, encode_grid(grid)) for index, grid in enumerate(written)]
    answer = bytearray(struct.pack("<I", sum(map(len, parts))) + b"".join(parts))
    at = data.draw(st.integers(0, len(answer) - 1))
    answer[at] ^= 1 << data.draw(st.integers(0, 7))
    (item,) = read_answer(memoryview(bytes(answer).ljust(4_000, b"\0")), [(len(written), False)])
    for result in item.results(MISSING):
        check(result)


@given(grids)
def test_every_grid_comes_back_as_it_was(grid: list[list[int]]) -> None:
    payload = frame(0, 0, layout.TAG_GRID, layout.MUTATED_FLAG, encode_grid(grid))
    (item,) = read_answer(memoryview(struct.pack("<I", len(payload)) + payload), [(1, False)])
    assert item.results(MISSING) == (GridResult(grid, None, mutated=True),)


@given(
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=5)
    )
)
def test_what_the_writer_takes_is_a_grid(value: object) -> None:
    try:
        payload = encode_grid(value)
    except NoGrid as error:
        assert str(error)
    else:
        check_grid(value, where="value")
        assert len(payload) == 2 + payload[0] * payload[1]


def test_a_claim_longer_than_the_buffer_is_refused() -> None:
    (item,) = read_answer(memoryview(b"\xff\xff\xff\xff" + bytes(100)), [(2, False)])
    assert [result.failed and result.failed.kind for result in item.results(MISSING)] == ["tampered", "tampered"]


def test_results_for_a_grid_out_of_turn_are_refused() -> None:
    payload = frame(0, 1, layout.TAG_GRID, 0, encode_grid([[1]]))
    (item,) = read_answer(memoryview(struct.pack("<I", len(payload)) + payload), [(2, False)])
    assert item.tampered is not None
