"""Library calls that are written in several ways: each has words, and gives what the program gives."""

from __future__ import annotations

import pytest

from soar2cot.engines.symbolic.method import write_method
from tests.unit.idiom_programs import outputs, told

INPUTS = [[[0, 2, 0], [5, 0, 2], [2, 0, 5]], [[2, 0], [0, 5]]]


def _program(value: str) -> str:
    return (
        "import numpy as np\nfrom scipy import ndimage\n\ndef transform(g):\n    a = np.array(g)\n"
        f"    x = {value}\n    return [[int(v) for v in row] for row in x]\n"
    )


@pytest.mark.parametrize(
    "value",
    [
        "np.asarray(g, dtype=np.int32)",
        "np.array(g, int)",
        "np.array(g, dtype='int64')",
        "np.array(g, copy=True)",
        "np.array(g, dtype=object)",
        "a.astype('int')",
        "a.astype(np.uint16)",
        "np.full((2, 3), fill_value=4)",
        "np.full(shape=a.shape, fill_value=4, dtype=np.int16)",
        "np.full((2, 3), 4, int)",
        "np.full_like(a, fill_value=6, dtype=int)",
        "np.zeros(shape=(2, 2), dtype=np.int8)",
        "np.ones((2, 3), dtype=bool)",
        "np.tile(a, reps=(2, 1))",
        "np.repeat(a, repeats=2, axis=0)",
        "np.clip(a, a_min=0, a_max=3)",
        "np.rot90(a, k=1, axes=(0, 1))",
        "np.append(a, a, axis=0)",
        "np.select([a == 2, a == 5], [7, 1], default=a)",
        "np.select([a == 2], [np.where(a > 1, 3, a)])",
        "np.identity(3)",
        "np.eye(2)",
        "np.transpose(g)",
        "np.floor_divide(a, 2)",
        "np.indices(a.shape)[0]",
        "a.cumsum(axis=0) % 10",
        "ndimage.binary_erosion(a > 0, np.ones((2, 2)))",
        "ndimage.binary_dilation(a == 5, np.ones((1, 2)))",
        "[ndimage.sum(a, ndimage.label(a > 0)[0], range(1, 3))]",
        "[[o[0].start, o[1].stop] for o in ndimage.find_objects(ndimage.label(a > 0)[0])]",
        "ndimage.convolve((a > 0).astype(int), np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]]), mode='constant')",
        "[np.argsort(-a[0], kind='stable')]",
        "[[a[a != 0][0]]]",
        "[a[(a != 0) & (a != 2)]]",
        "[a[np.logical_or(a == 5, a == 0)]]",
        "[a[ndimage.binary_dilation(a == 5)]]",
        "ndimage.binary_opening(a > 0)",
        "ndimage.binary_closing(a > 0, structure=np.ones((3, 3), dtype=bool))",
        "ndimage.binary_erosion(a == 0, structure=np.ones((1, 2)))",
        "[[v for _, v in np.ndenumerate(a)]]",
        "[[r + c for r, c in np.ndindex(a.shape)]]",
        "[[np.ptp(a)]]",
        "np.atleast_2d(a[0])",
    ],
)
def test_a_call_in_another_form_has_words(value: str) -> None:
    code = _program(value)
    assert write_method(code, INPUTS, outputs(code, INPUTS)).unnamed == 0
    told(code, INPUTS)


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("np.full((2, 3), fill_value=4)", "np.full((2, 3), 4)"),
        ("np.select([a == 2, a == 5], [7, 1], default=a)", "np.where(a == 2, 7, np.where(a == 5, 1, a))"),
        ("np.append(a, a, axis=1)", "np.concatenate([a, a], axis=1)"),
        ("np.asarray(a, dtype=np.uint8)", "np.asarray(a, dtype=int)"),
    ],
)
def test_both_forms_are_one_text(written: str, usual: str) -> None:
    assert told(_program(written), INPUTS) == told(_program(usual), INPUTS)


@pytest.mark.parametrize("value", ["np.rot90(a, k=1, axes=(1, 0))", "np.append(a, a).reshape(-1, 1)", "np.eye(2, k=1)"])
def test_another_meaning_is_not_taken_for_the_usual_one(value: str) -> None:
    code = _program(value)
    method = write_method(code, INPUTS, outputs(code, INPUTS))
    if not method.unnamed:
        told(code, INPUTS)
