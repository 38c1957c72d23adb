"""Values as bytes between two processes of one run: the values of `records` and `events` by their fields.

Python's own way for a frozen dataclass takes two to three times as long, at both ends (2026-11), and a sample
brings a notice for every call. Only the two ends of one run talk here: what comes is trusted.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeAlias

from soar2cot.events import CallFinished, CallsUnderWay, SampleCompleted, SampleFailed, SampleLeft, SampleStarted
from soar2cot.records import Call, ExampleScore, Failure, GuessRecord, InstructionRecord, Outcome, Sample

Reduced: TypeAlias = tuple[type, tuple[Any, ...]]

VALUES = (
    Sample,
    Call,
    ExampleScore,
    InstructionRecord,
    GuessRecord,
    Outcome,
    Failure,
    CallFinished,
    CallsUnderWay,
    SampleStarted,
    SampleCompleted,
    SampleFailed,
    SampleLeft,
)


def packed(value: Any) -> bytes:
    """The value as bytes."""
    parcel = io.BytesIO()
    _Packer(parcel, pickle.HIGHEST_PROTOCOL).dump(value)
    return parcel.getvalue()


def unpacked(parcel: bytes) -> Any:
    """The value that was packed."""
    return pickle.loads(parcel)


def _by_fields(kind: type) -> Callable[[Any], Reduced]:
    """How a value of this kind is made again: from the values of its fields, in order."""
    names = [field.name for field in fields(kind)]
    if len(names) == 1:
        return lambda value: (kind, (getattr(value, names[0]),))
    values = attrgetter(*names)
    return lambda value: (kind, values(value))


class _Packer(pickle.Pickler):
    dispatch_table = {**copyreg.dispatch_table, **{kind: _by_fields(kind) for kind in VALUES}}  # noqa: RUF012
