"""The data set: what gets in, what stays out, and that it is whole."""

from __future__ import annotations

import asyncio
import csv
import os
from pathlib import Path
from typing import Any

import datasets
import orjson
import pytest

from soar2cot import faults
from soar2cot.challenge import Example
from soar2cot.errors import ConfigError, InputError
from soar2cot.export import VIEWS, ExportOptions, ExportSummary, export
from soar2cot.export.views import PUBLISHED_COLUMNS
from tests.unit.export_samples import (
    MIRROR,
    RAISES,
    SWAP,
    TASK_IDS,
    InProcess,
    Task,
    entry,
    ledger,
    sandbox,
    tampered,
    task,
    tasks,
)

ALL = ExportOptions(views=tuple(VIEWS), test_share=0.5)


def everything() -> list[Any]:
    return [entry(task_id, n) for task_id in TASK_IDS for n in range(2)]


async def exported(out: Path, entries: list[Any], **options: Any) -> ExportSummary:
    return await export(ledger(entries), sandbox(), tasks(), out, options=ExportOptions(**options))


def load(out: Path, name: str, tmp_path: Path) -> Any:
    return datasets.load_dataset(str(out), name, cache_dir=str(tmp_path / "cache"))


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def contents(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("name", VIEWS)
async def test_datasets_opens_every_view(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await export(ledger(everything()), sandbox(), tasks(), out, options=ALL)
    splits = load(out, name, tmp_path)
    assert set(splits) == {"train", "test"} and all(len(rows) for rows in splits.values())


async def test_the_default_config_holds_messages_with_reasoning(tmp_path: Path) -> None:
    await exported(tmp_path / "out", everything(), test_share=0.0)
    rows = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    user, assistant = rows[0]["messages"]
    assert user["role"] == "user" and "Test input\n\n" in user["content"] and user["reasoning_content"] is None
    assert assistant["role"] == "assistant" and "I look at the grid" in assistant["reasoning_content"]
    wanted = [[{1: 2, 2: 1}.get(c, c) for c in row] for row in tasks()[rows[0]["task_id"]].test[0].input]
    assert assistant["content"] == "\n".join(" ".join(map(str, row)) for row in wanted)


async def test_jsonl_and_parquet_say_the_same(tmp_path: Path) -> None:
    await exported(tmp_path / "out", everything(), test_share=0.0)
    rows = load(tmp_path / "out", "messages", tmp_path)["train"].to_list()
    (file,) = (tmp_path / "out" / "jsonl" / "messages").glob("*.jsonl")
    assert [orjson.loads(line) for line in file.read_bytes().splitlines()] == rows


async def test_only_programs_that_give_the_stored_grids_are_exported_and_the_others_are_named(tmp_path: Path) -> None:
    good, other, broken, bare, stranger = (entry(task_id) for task_id in TASK_IDS)
    entries = [
        good,
        tampered(other, soar_code=MIRROR),
        tampered(broken, soar_code=RAISES),
        tampered(bare, detail="{}"),
        tampered(stranger, key=stranger[0].key._replace(task_id="ffffffff")),
    ]
    summary = await exported(tmp_path / "out", entries, test_share=0.0)
    assert summary.n_records == 5 and summary.n_exported == 1
    assert dict(summary.left_out) == {
        "the program gives another grid than the stored one on training pair 1": 1,
        "the program fails (IndexError) on training pair 1": 1,
        "no outputs are stored": 1,
        "the task is not among the ARC tasks given": 1,
    }
    with (tmp_path / "out" / "left_out.csv").open() as file:
        assert {row["task_id"] for row in csv.DictReader(file)} == {*TASK_IDS[1:4], "ffffffff"}
    assert load(tmp_path / "out", "records", tmp_path)["train"]["task_id"] == [TASK_IDS[0]]


DICE = "import random\ndef transform(grid):\n    return [[random.randrange(10) for _ in row] for row in grid]\n"
COIN = "import random\ndef transform(grid):\n    return grid if random.random() < 0.5 else grid[::-1]\n"


@pytest.mark.parametrize("code", [DICE, COIN])
async def test_a_program_that_rolls_dice_stays_out_although_its_grids_are_those_stored(
    code: str, tmp_path: Path
) -> None:
    summary = await exported(tmp_path / "out", [entry(TASK_IDS[0], code=code), entry(TASK_IDS[1])])
    assert summary.n_exported == 1
    assert summary.left_out == {"the program gives another grid when chance falls otherwise": 1}
    assert f"{TASK_IDS[0]},0,original" in (tmp_path / "out" / "left_out.csv").read_text()


async def test_a_wrong_test_output_alone_is_found(tmp_path: Path) -> None:
    record, guesses = entry(TASK_IDS[0])
    detail = orjson.loads(record.detail)
    detail["test_outputs"][0][0][0] ^= 1
    summary = await exported(tmp_path / "out", [tampered((record, guesses), detail=orjson.dumps(detail).decode())])
    assert list(summary.left_out) == ["the program gives another grid than the stored one on test input 1"]


async def test_reasoning_that_does_not_reach_the_answer_is_in_records_alone(tmp_path: Path) -> None:
    entries = [entry(TASK_IDS[0], right=False, score=0.5), entry(TASK_IDS[1])]
    summary = await export(
        ledger(entries), sandbox(), tasks(), tmp_path / "out", options=ExportOptions(tuple(VIEWS), test_share=0.0)
    )
    assert summary.n_exported == 2 and summary.n_unreached == 1
    for name in VIEWS:
        rows = load(tmp_path / "out", name, tmp_path)["train"]
        expected = {"records": 2, "csv": 2, "instruct": 3}.get(name, 1)
        assert len(rows) == expected, name


async def test_a_task_is_in_one_split_only(tmp_path: Path) -> None:
    await exported(tmp_path / "out", everything(), test_share=0.5)
    splits = load(tmp_path / "out", "records", tmp_path)
    assert set(splits["train"]["task_id"]).isdisjoint(splits["test"]["task_id"])
    assert len(splits["train"]) + len(splits["test"]) == 10


async def test_the_same_ledger_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        await export(ledger(everything()), sandbox(), tasks(), tmp_path / name, options=ALL)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


async def test_a_second_export_executes_only_what_is_new_and_ends_with_the_bytes_of_a_fresh_one(tmp_path: Path) -> None:
    entries, box = everything(), InProcess()
    await export(ledger(entries[:6]), box, tasks(), tmp_path / "grown", options=ALL)
    n_before = box.n_run
    summary = await export(ledger(entries), box, tasks(), tmp_path / "grown", options=ALL)
    # two rounds of a task hold the same program and grids: one execution for both
    assert summary.n_executed == 2 and box.n_run - n_before == 4  # each under two seeds
    await export(ledger(entries), sandbox(), tasks(), tmp_path / "fresh", options=ALL)
    assert contents(tmp_path / "grown") == contents(tmp_path / "fresh")


async def test_nothing_new_is_nothing_done(tmp_path: Path) -> None:
    box = InProcess()
    for _ in range(2):
        summary = await export(ledger(everything()), box, tasks(), tmp_path / "out", options=ALL)
    assert summary.n_executed == 0 and summary.n_exported == 10 and box.n_run == 10


async def test_a_record_that_was_superseded_leaves_the_data_set(tmp_path: Path) -> None:
    await exported(tmp_path / "out", everything(), test_share=0.0)
    await exported(tmp_path / "out", everything()[1:], test_share=0.0)
    assert len(load(tmp_path / "out", "records", tmp_path)["train"]) == 9


async def test_other_pairs_under_the_same_ids_are_another_export(tmp_path: Path) -> None:
    out = tmp_path / "out"
    await export(ledger([entry(TASK_IDS[0])]), sandbox(), tasks(), out)
    summary = await export(ledger([entry(TASK_IDS[0])]), sandbox(), {TASK_IDS[0]: task(77)}, out)
    assert summary.n_exported == 0


@pytest.mark.parametrize("where", ["training_score = 1", "round_index < 1 AND soar_source_model LIKE 'Qwen%'"])
async def test_where(where: str, tmp_path: Path) -> None:
    entries = [entry(TASK_IDS[0]), entry(TASK_IDS[0], 1, score=0.5), entry(TASK_IDS[0], 2, score=0.25)]
    summary = await exported(tmp_path / "out", entries, where=where)
    assert summary.n_exported == 1 and summary.left_out["the condition of --where leaves it out"] == 2


@pytest.mark.parametrize("where", ["no_such_column = 1", "training_score =", "true); copy records to 'x'; --"])
async def test_a_where_that_cannot_be_used_says_so_and_touches_nothing(where: str, tmp_path: Path) -> None:
    await exported(tmp_path / "out", everything())
    before = contents(tmp_path / "out")
    with pytest.raises(ConfigError, match="columns are: id, task_id"):
        await exported(tmp_path / "out", everything(), where=where)
    assert contents(tmp_path / "out") == before


async def test_near_duplicates_of_a_task_are_capped_the_best_stay(tmp_path: Path) -> None:
    text = "Take the grid. Find every blue cell and make it red. Find every red cell and make it blue. The rest is {}."
    entries = [entry(TASK_IDS[0], n, score=0.5 + n / 10, text=text.format(f"it is {n}")) for n in range(4)]
    entries += [
        entry(TASK_IDS[0], 9, text="Something else entirely happens in this one, says the text."),
        entry(TASK_IDS[1]),
    ]
    summary = await exported(tmp_path / "out", entries, max_similar=2, test_share=0.0)
    rows = load(tmp_path / "out", "records", tmp_path)["train"]
    assert sorted(zip(rows["task_id"], rows["round_index"], strict=True)) == [
        (TASK_IDS[1], 0),
        (TASK_IDS[0], 2),
        (TASK_IDS[0], 3),
        (TASK_IDS[0], 9),
    ]
    assert summary.left_out["near-duplicates of it are kept already"] == 2


async def test_grids_of_held_out_tasks_stay_out_turned_mirrored_or_recoloured(tmp_path: Path) -> None:
    record = entry(TASK_IDS[0])
    source = tasks()[TASK_IDS[0]].train[0].input
    turned = [[(9 - cell) for cell in row] for row in zip(*source[::-1], strict=True)]
    held_out = {"evaluated": Task((), (Example(turned, [[5]]),)), TASK_IDS[1]: tasks()[TASK_IDS[1]]}
    entries = [record, entry(TASK_IDS[1]), entry(TASK_IDS[3])]
    summary = await export(ledger(entries), sandbox(), tasks(), tmp_path / "out", held_out=held_out)
    assert "its task is an evaluation task" in summary.left_out
    assert summary.examples["it holds a pair of an evaluation task"] == [f"{TASK_IDS[0]}/0/original"]


async def test_a_folder_with_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="something else than an export"):
        await exported(tmp_path, everything())
    assert names(tmp_path) == ["thesis.txt"]


async def test_files_beside_the_data_set_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    await exported(out, everything())
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref")
    await exported(out, everything()[1:])
    assert (out / ".git" / "HEAD").read_text() == "ref"


@pytest.mark.parametrize("action", ["raise", "full"])
@pytest.mark.parametrize("point", ["export.before_rename"])
async def test_an_export_that_fails_leaves_the_old_one_whole(action: str, point: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await exported(out, everything()[:4])
    before = contents(out)
    faults.arm(point, action)
    with pytest.raises((RuntimeError, OSError)):
        await exported(out, everything())
    assert contents(out) == before and names(tmp_path) == ["out"]


def killed_before_rename(out: Path) -> int:
    """The wait status of a child that exported everything with a kill armed."""
    if (child := os.fork()) == 0:
        faults.arm("export.before_rename", "kill")
        asyncio.new_event_loop().run_until_complete(exported(out, everything()))
        os._exit(0)
    return os.waitpid(child, 0)[1]


async def test_an_export_that_was_killed_leaves_the_old_one_whole_and_the_next_sweeps_up(tmp_path: Path) -> None:
    out = tmp_path / "out"
    await exported(out, everything()[:4])
    before = contents(out)
    assert os.WIFSIGNALED(killed_before_rename(out))
    assert contents(out) == before and len(names(tmp_path)) == 2
    await exported(out, everything())
    assert names(tmp_path) == ["out"] and len(load(out, "records", tmp_path)["train"]) > 0


async def test_what_a_crash_between_two_renames_leaves_is_put_back(tmp_path: Path) -> None:
    out = tmp_path / "out"
    await exported(out, everything())
    before = contents(out)
    out.rename(tmp_path / ".out.old")
    with pytest.raises(ConfigError):
        await exported(out, everything(), where="nonsense")
    assert contents(out) == before


async def test_texts_that_no_format_can_hold_do_no_harm(tmp_path: Path) -> None:
    text = 'half \ud800 pair, nul \x00, <script>, "quotes", \u202eright to left, ' + "x" * 100_000
    await exported(tmp_path / "out", [entry(TASK_IDS[0], text=text)], views=tuple(VIEWS), test_share=0.0, jsonl=True)
    for name in VIEWS:
        assert len(load(tmp_path / "out", name, tmp_path)["train"])
    kept = load(tmp_path / "out", "records", tmp_path)["train"]["transformation_method"][0]
    assert kept == text.replace("\ud800", "?")


async def test_the_published_columns(tmp_path: Path) -> None:
    await exported(tmp_path / "out", [entry(TASK_IDS[0], 7)], views=("csv",), test_share=0.0)
    (file,) = (tmp_path / "out" / "csv" / "csv").glob("*.csv")
    with file.open(newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert list(row) == list(PUBLISHED_COLUMNS)
    assert row["python_code"] == SWAP and row["soar_round_index"] == "7" and row["num_guesses"] == "2"


async def test_an_empty_ledger_gives_an_empty_data_set_that_says_so(tmp_path: Path) -> None:
    summary = await exported(tmp_path / "out", [])
    assert summary.n_exported == 0 and "0 programs" in (tmp_path / "out" / "README.md").read_text()


def test_an_unknown_view_is_named() -> None:
    with pytest.raises(ConfigError, match="no view named poem; there are: records, messages"):
        ExportOptions(views=("poem",))
