"""From a row and its task to a challenge; and where the tasks come from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from soar2cot.errors import ChallengeError, InputError
from soar2cot.records import Sample
from soar2cot.soar_loader import create_challenge_from_soar, load_arc_tasks, open_soar, shared_challenge
from tests.loader_files import ARC, TASKS, right, write, wrong


def sample_of(tmp_path: Path, row: dict[str, object]) -> Sample:
    sample = next(open_soar(write(tmp_path / "raw.parquet", [row])).stream())
    assert isinstance(sample, Sample)
    return sample


def test_inputs_come_from_the_task_and_outputs_from_the_row(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, wrong(TASKS[0]))
    challenge, solutions = create_challenge_from_soar(sample, ARC)
    task = ARC[TASKS[0]]
    assert challenge.task_id == TASKS[0]
    assert [pair.input for pair in challenge.train] == [pair.input for pair in task.train]
    assert [pair.output for pair in challenge.train] == [[[0, i]] for i in range(len(task.train))]
    assert [item.input for item in challenge.test] == [pair.input for pair in task.test]
    assert solutions == ([[0, 0]],)


def test_the_challenge_is_its_own_and_changing_it_changes_no_task(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, right(TASKS[0]))
    before = json.dumps(ARC[TASKS[0]].train[0].input)
    challenge, _ = create_challenge_from_soar(sample, ARC)
    challenge.train[0].input[0][0] = 9
    challenge.train[0].output[0][0] = 9
    assert json.dumps(ARC[TASKS[0]].train[0].input) == before
    assert sample.predicted_train_output[0] == ARC[TASKS[0]].train[0].output


def test_a_challenge_for_readers_shares_the_pairs_that_are_right(tmp_path: Path) -> None:
    for row in (right(TASKS[0]), wrong(TASKS[0])):
        sample, task = sample_of(tmp_path, row), ARC[TASKS[0]]
        shared, solutions = shared_challenge(sample, ARC)
        own, own_solutions = create_challenge_from_soar(sample, ARC)
        assert (shared, solutions) == (own, own_solutions)
        assert shared.task_hash == own.task_hash
        same = [pair is known for pair, known in zip(shared.train, task.train, strict=True)]
        assert same == list(sample.correct_train_input)


def test_another_number_of_pairs_is_an_error_of_the_sample(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, wrong(TASKS[0]))
    fewer = replace(sample, predicted_train_output=sample.predicted_train_output[1:], correct_train_input=(False,) * 4)
    with pytest.raises(ChallengeError, match=r"007bbfb7/0/hindsight: train: the task has 5 pairs, the row 4 outputs"):
        create_challenge_from_soar(fewer, ARC)


def test_an_unknown_task_is_an_error_of_the_sample(tmp_path: Path) -> None:
    sample = sample_of(tmp_path, right(TASKS[0]))
    with pytest.raises(ChallengeError, match="no such task among the 1 ARC tasks"):
        create_challenge_from_soar(sample, {TASKS[1]: ARC[TASKS[1]]})


@pytest.mark.parametrize("part", ["train", "test"])
def test_tasks_whose_pairs_stand_in_another_order_are_found_out(tmp_path: Path, part: str) -> None:
    name = next(name for name, task in sorted(ARC.items()) if len(task.test) > 1)
    sample, task = sample_of(tmp_path, right(name)), ARC[name]
    turned = replace(task, **{part: getattr(task, part)[::-1]})
    with pytest.raises(ChallengeError, match=f"{part} pair 0: flagged as right, but it differs"):
        create_challenge_from_soar(sample, {name: turned})


def test_a_prediction_flagged_as_wrong_may_be_anything(tmp_path: Path) -> None:
    create_challenge_from_soar(sample_of(tmp_path, wrong(TASKS[0])), ARC)


def test_the_library_gives_the_800_tasks_of_arc_agi_1() -> None:
    assert len(ARC) == 800
    assert len(ARC["007bbfb7"].train) == 5
    assert all(task_id == task.task_id for task_id, task in ARC.items())


def test_a_task_of_the_library_is_made_once() -> None:
    tasks = load_arc_tasks()
    assert TASKS[0] in tasks
    assert "no such task" not in tasks
    assert tasks.get("no such task") is None
    assert tasks[TASKS[0]] is tasks[TASKS[0]]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the library leaves its file open
def test_the_known_data_file_holds_what_the_librarys_own_way_gives_and_a_check_finds_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from soar2cot.soar_loader import arc

    monkeypatch.setattr(arc, "_LIBRARY_FILE", "data/renamed.json")
    assert load_arc_tasks() == ARC


def as_json(task_id: str) -> str:
    task = ARC[task_id]
    return json.dumps(
        {
            part: [{"input": pair.input, "output": pair.output} for pair in getattr(task, part)]
            for part in ("train", "test")
        }
    )


@pytest.mark.parametrize("folders", [("training", "evaluation"), ("data/training", "data/evaluation"), (".", ".")])
def test_the_official_layout_is_read(tmp_path: Path, folders: tuple[str, str]) -> None:
    for folder, task_id in zip(folders, TASKS, strict=False):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / f"{task_id}.json").write_text(as_json(task_id))
    assert load_arc_tasks(tmp_path) == {task_id: ARC[task_id] for task_id in TASKS[:2]}


def test_one_file_of_all_tasks_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps({task_id: json.loads(as_json(task_id)) for task_id in TASKS}))
    assert load_arc_tasks(path) == {task_id: ARC[task_id] for task_id in TASKS}


def test_what_holds_no_tasks_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no ARC tasks here; give the folder"):
        load_arc_tasks(tmp_path)
    (tmp_path / "abc.json").write_text('{"train": [{"input": [[11]], "output": [[0]]}], "test": []}')
    with pytest.raises(
        InputError, match=r"abc\.json: task abc is not in ARC's layout: .*train pair 0, input, row 0, column 0"
    ):
        load_arc_tasks(tmp_path)
    (tmp_path / "abc.json").write_text("{")
    with pytest.raises(InputError, match=r"abc\.json: no ARC task can be read"):
        load_arc_tasks(tmp_path)
