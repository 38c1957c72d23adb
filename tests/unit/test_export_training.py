"""What stands in the rows of each view. How trainers take them: tests/acceptance/test_export_trainers.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from soar2cot.export import VIEWS
from soar2cot.export.views import reasoning
from tests.unit.export_samples import answer, export_views, rows


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_views(tmp_path_factory.mktemp("export") / "out")


@pytest.mark.parametrize("name", ["messages", "think", "openai"])
def test_chats_alternate_and_end_with_the_assistant(name: str, out: Path) -> None:
    for row in rows(out, name):
        assert [m["role"] for m in row["messages"]] == ["user", "assistant"]
        assert all(isinstance(m["content"], str) and m["content"] for m in row["messages"])


@pytest.mark.parametrize("name", ["prompt-completion", "instruct", "induce", "explain"])
def test_prompts_and_completions_are_messages(name: str, out: Path) -> None:
    for row in rows(out, name):
        assert [m["role"] for m in row["prompt"]] == ["user"] and [m["role"] for m in row["completion"]] == [
            "assistant"
        ]
        assert all(m["content"] for m in row["prompt"] + row["completion"])


def test_openai_rows_have_messages_alone(out: Path) -> None:
    assert rows(out, "openai").column_names == ["messages"]
    assert all(set(m) == {"role", "content"} for m in rows(out, "openai")[0]["messages"])


def test_sharegpt_turns(out: Path) -> None:
    assert [turn["from"] for turn in rows(out, "sharegpt")[0]["conversations"]] == ["human", "gpt"]


def test_a_prompt_never_tells_the_answer_or_the_program(out: Path) -> None:
    for name in ("messages", "prompt-completion"):
        for row in rows(out, name):
            asked = (row.get("messages") or row["prompt"])[0]["content"]
            assert answer(row) not in asked and "def transform" not in asked
    for row in rows(out, "induce"):
        assert row["completion"][0]["content"] not in row["prompt"][0]["content"]


def test_instruct_holds_the_pairs_that_were_followed(out: Path) -> None:
    parts = [row["part"] for row in rows(out, "instruct")]
    assert (parts.count("train"), parts.count("test")) == (20, 10)


def test_ids_are_unique_in_every_view(out: Path) -> None:
    for name in set(VIEWS) - {"openai", "csv"}:
        ids = rows(out, name)["id"]
        assert len(ids) == len(set(ids)) > 0, name


def test_a_chain_that_tells_the_method_is_not_told_twice() -> None:
    record = {
        "input_output_analysis": "They differ.",
        "transformation_method": "1. Swap.",
        "chain_of_thought": ["So. "],
    }
    assert reasoning(record, 0) == ("Analysis\n\nThey differ.\n\nMethod\n\n1. Swap.\n\nFollowing the method\n\nSo.")
    assert reasoning(record, 1) == "Analysis\n\nThey differ.\n\nMethod\n\n1. Swap."
    record["chain_of_thought"] = ["Look: they differ. Rule:\n1. Swap.\nSo: 1\n"]
    assert reasoning(record, 0) == "Look: they differ. Rule:\n1. Swap.\nSo: 1"
