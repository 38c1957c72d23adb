"""From a row and its ARC task to a challenge: inputs from the task, outputs from what the program predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from soar2cot.challenge import Challenge, Example, Input, copy_grid, shape
from soar2cot.errors import ChallengeError
from soar2cot.records import Grid, Sample
from soar2cot.soar_loader.arc import ArcTask


def create_challenge_from_soar(sample: Sample, tasks: Mapping[str, ArcTask]) -> tuple[Challenge, tuple[Grid, ...]]:
    """The challenge that this program solves, and its solution grids, as `shared_challenge`; all grids its own.

    Raises:  ChallengeError: as `shared_challenge`.
    """
    shared, solutions = shared_challenge(sample, tasks)
    challenge = Challenge(
        shared.task_id,
        train=tuple(Example(copy_grid(pair.input), copy_grid(pair.output)) for pair in shared.train),
        test=tuple(Input(copy_grid(item.input)) for item in shared.test),
    )
    return challenge, tuple(copy_grid(grid) for grid in solutions)


def shared_challenge(sample: Sample, tasks: Mapping[str, ArcTask]) -> tuple[Challenge, tuple[Grid, ...]]:
    """The challenge that this program solves, for those who only read it: its grids are the task's and the sample's.

    Pairs that the program gets right are the task's own, with all that was made of them before.

    SOAR's lists are by position: a task set whose pairs stand in another order would silently give every pair
    another one's output. So wherever a flag says that a prediction was right, it must equal the task's own output.

    Returns: the challenge, and `predicted_test_output`: what a right guess must equal.
    Raises:  ChallengeError: no such task, another number of pairs, or a flag that the grids contradict.
    """
    task = tasks.get(sample.key.task_id)
    if task is None:
        raise ChallengeError(f"sample {sample.key}: no such task among the {len(tasks)} ARC tasks; see --arc")
    _check_part(sample, "train", task.train, sample.predicted_train_output, sample.correct_train_input)
    _check_part(sample, "test", task.test, sample.predicted_test_output, sample.correct_test_input)
    pairs = zip(task.train, sample.predicted_train_output, sample.correct_train_input, strict=True)
    train = tuple(pair if right else pair.with_output(output) for pair, output, right in pairs)
    return Challenge(sample.key.task_id, train, task.test_inputs), sample.predicted_test_output


def _check_part(
    sample: Sample, part: str, pairs: Sequence[Example], predicted: Sequence[Grid], flags: Sequence[bool]
) -> None:
    where = f"sample {sample.key}: {part}"
    if not len(pairs) == len(predicted) == len(flags):
        raise ChallengeError(
            f"{where}: the task has {len(pairs)} pairs, the row {len(predicted)} outputs and {len(flags)} flags; "
            "the tasks are not those that the row was made from (--arc)"
        )
    for index, (pair, output, right) in enumerate(zip(pairs, predicted, flags, strict=True)):
        if right and output != pair.output:
            raise ChallengeError(f"{where} pair {index}: {_difference(output, pair.output)}")


def _difference(output: Grid, truth: Grid) -> str:
    (height, width), (true_height, true_width) = shape(output), shape(truth)
    sizes = f"{height} x {width} against {true_height} x {true_width}"
    return (
        f"flagged as right, but it differs from the task's output ({sizes}); is the task set in another order (--arc)?"
    )
