"""What passes between two processes of a run arrives as it was."""

from __future__ import annotations

import pickletools

import pytest

from soar2cot.errors import InputError, ProgramError
from soar2cot.events import CallFinished, SampleCompleted, SampleFailed, SampleLeft, SampleStarted
from soar2cot.executor.parcel import VALUES, packed, unpacked
from soar2cot.executor.remote import Order, Report
from soar2cot.pipeline import Summary
from soar2cot.records import Call, Failure, Sample
from soar2cot.soar_loader import BadRow
from tests.ledger_kit import key, outcome

SAMPLE = Sample(key(1), "def transform(grid): return grid", "m", 3, (True,), ([[1, 2]],), (False,), ([[3]],), 7)
CALL = Call(
    "id", key(1), "0.write.1", "m", "http://host/v1", "hash", "{}", "text", "why", "stop", 5, 4, 3, 0.5, 1.5, "at"
)
FAILURE = Failure(key(2), 3, "ProgramError/timeout", "too long", "2026-11-24T00:00:00Z")


@pytest.mark.parametrize(
    "value",
    [
        SAMPLE,
        CALL,
        outcome(key(1)),
        Order((SAMPLE,), limit=2, allowance=(1.0, 2.0)),
        Report(
            (
                SampleStarted(key(1)),
                CallFinished(CALL, from_journal=True),
                SampleCompleted(outcome(key(1)), 0.25),
                SampleFailed(FAILURE),
                SampleLeft(key(3), started=True),
            ),
            lines=(("Task failed", {"reason": "x"}),),
            summary=Summary(1, {"ProgramError": 1}),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_arrives_as_it_was(value: object) -> None:
    assert unpacked(packed(value)) == value


def test_errors_arrive_with_class_and_words() -> None:
    error = unpacked(packed(ProgramError("it ran too long", kind="timeout")))
    assert (type(error), str(error), error.kind) == (ProgramError, "it ran too long", "timeout")
    bad = unpacked(packed(BadRow(key(1), InputError("row 7: a hole"), 7)))
    assert (bad.key, str(bad.error), bad.row) == (key(1), "row 7: a hole", 7)


@pytest.mark.parametrize("value", [SAMPLE, CALL, outcome(key(1)), CallFinished(CALL, from_journal=False)])
def test_values_go_by_their_fields_and_not_as_an_object_and_its_state(value: object) -> None:
    assert type(value) in VALUES
    assert "BUILD" not in {opcode.name for opcode, _, _ in pickletools.genops(packed(value))}
