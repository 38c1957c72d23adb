"""Prompts as they are sent: the wire contract, and what prefix caches live on."""

from __future__ import annotations

import struct
import zlib

import orjson
import pytest

from soar2cot.challenge import Challenge, Example, Input, render_grid
from soar2cot.config import Endpoint, Step
from soar2cot.engines.base import Attempt, Followed, FollowQuestion, Question
from soar2cot.engines.llm.pictures import png
from soar2cot.engines.llm.prompts import (
    PROMPT_VERSION,
    follow_prompt,
    pool_prompt,
    revise_prompt,
    write_prompt,
)
from soar2cot.engines.llm.requests import Asking, Rung, ladder
from soar2cot.records import Instructions, SampleKey
from soar2cot.testing.oracle import last_grid

KEY = SampleKey("007bbfb7", 0, "original")
CODE = "def transform(grid):\n    return grid[::-1]"
PUZZLE = Challenge(
    "007bbfb7",
    (Example([[1, 0], [2, 2]], [[2, 2], [1, 0]]), Example([[3], [4]], [[4], [3]]), Example([[5]], [[5]])),
    (Input([[7, 8]]),),
)
TEXT = Instructions("Rows change places.", "1. Turn the grid upside down.")
QUESTION = Question(KEY, PUZZLE, CODE, Step(), "0.write.1")
ATTEMPT = Attempt(TEXT, (Followed([[2, 2], [1, 1]]), Followed(None, error="cut off"), Followed([[5]])), 0.5)


def follow(index: int, text: Instructions | None = TEXT) -> FollowQuestion:
    examples = PUZZLE.train[:index] + PUZZLE.train[index + 1 :]
    return FollowQuestion(KEY, text, examples, PUZZLE.train[index].input, Step(), f"0.write.1.follow.pair{index}")


def test_the_write_prompt_as_it_is() -> None:
    assert write_prompt(QUESTION).user == (
        "Pair 1\ninput, 2 x 2:\n1 0\n2 2\noutput, 2 x 2:\n2 2\n1 0\n\n"
        "Pair 2\ninput, 2 x 1:\n3\n4\noutput, 2 x 1:\n4\n3\n\n"
        "Pair 3\ninput, 1 x 1:\n5\noutput, 1 x 1:\n5\n\n"
        f"The program:\n```python\n{CODE}\n```\n\n"
        "Write two texts.\n"
        "input_output_analysis: what the inputs have in common, what the outputs have in common, what changes from one "
        "to the other and what stays.\n"
        "transformation_method: numbered steps that turn any input of this puzzle into its output, complete without "
        "the program and without the pairs."
    )
    assert PROMPT_VERSION == "1", "another prompt has another version: change this test with it"


@pytest.mark.parametrize("index", [0, 1, 2])
def test_the_grid_asked_for_is_the_last_one_and_its_answer_is_hidden(index: int) -> None:
    prompt = follow_prompt(follow(index)).user
    assert last_grid(prompt) == PUZZLE.train[index].input
    assert prompt.endswith("\n".join(" ".join(map(str, row)) for row in PUZZLE.train[index].input))
    assert CODE not in prompt
    if index == 0:
        assert "output, 2 x 2" not in prompt


def test_passes_without_text_or_without_examples() -> None:
    assert "Instructions:" not in follow_prompt(follow(0, None)).user
    alone = FollowQuestion(KEY, TEXT, (), [[7, 8]], Step(), "x")
    assert "Pair 1" not in follow_prompt(alone).user


def test_a_revision_shows_what_each_pair_led_to() -> None:
    shown = revise_prompt(QUESTION, ATTEMPT, use_diffs=True).user
    assert "Pair 1: wrong" in shown and "1 1->0" in shown
    assert "Pair 2: no grid (cut off)" in shown
    assert "Pair 3: right" in shown
    assert "this was given, 2 x 2:\n2 2\n1 1" in revise_prompt(QUESTION, ATTEMPT, use_diffs=False).user


def test_a_pool_shows_every_text() -> None:
    shown = pool_prompt(QUESTION, (ATTEMPT, ATTEMPT), use_diffs=True).user
    assert "Text 1:" in shown and "Text 2:" in shown


def test_all_author_prompts_of_a_sample_share_system_pairs_and_program() -> None:
    prompts = [
        write_prompt(QUESTION),
        revise_prompt(QUESTION, ATTEMPT, use_diffs=True),
        pool_prompt(QUESTION, (ATTEMPT,), use_diffs=True),
    ]
    assert len({prompt.system for prompt in prompts}) == 1
    shared = prompts[0].user[: prompts[0].user.index("```\n\nWrite two texts.") + 3]
    assert all(prompt.user.startswith(shared) for prompt in prompts)
    assert CODE in shared


def test_all_follow_prompts_of_a_text_begin_with_it() -> None:
    begin = f"Instructions:\n\n{TEXT.input_output_analysis}\n\n{TEXT.transformation_method}\n\nPair 1\n"
    assert all(follow_prompt(follow(index)).user.startswith(begin) for index in range(3))


def body(endpoint: Endpoint, *, pictures: bool = False, correction: tuple[str, str] | None = None) -> dict[str, object]:
    asking = Asking(endpoint, "m")
    request = asking.request(follow_prompt(follow(0)), ladder(endpoint)[0], pictures=pictures, correction=correction)
    return orjson.loads(request.body)


def test_the_request_carries_the_schema_under_the_structures_name() -> None:
    sent = body(Endpoint(model="m", temperature=0.5, max_output_tokens=99, token_field="max_completion_tokens"))
    assert sent["response_format"]["json_schema"]["name"] == "follow"  # type: ignore[index]
    assert sent["response_format"]["json_schema"]["schema"]["required"] == ["grid"]  # type: ignore[index]
    assert (sent["max_completion_tokens"], sent["temperature"]) == (99, 0.5)
    assert "reasoning_effort" not in sent


def test_a_server_without_schemas_is_told_in_words() -> None:
    sent = body(Endpoint(structured="prompt", extra_body={"top_k": 20}))
    assert "response_format" not in sent
    assert sent["top_k"] == 20
    assert '{"grid": [[0, 1], [2, 3]]}' in sent["messages"][0]["content"]  # type: ignore[index]


def test_pictures_and_corrections() -> None:
    sent = body(Endpoint(), pictures=True, correction=("no", "`grid` is missing"))
    user = sent["messages"][1]["content"]  # type: ignore[index]
    assert [part["type"] for part in user] == ["text"] + ["image_url"] * 5
    assert "`grid` is missing" in sent["messages"][3]["content"]  # type: ignore[index]


def test_the_picture_is_a_whole_png_of_the_right_size() -> None:
    data = png([[1, 2, 3], [4, 5, 6]])
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) == (3 * 16 + 1, 2 * 16 + 1)
    start = data.index(b"IDAT") + 4
    assert len(zlib.decompress(data[start:])) == height * (width + 1)


def test_the_ladder_climbs_from_longer_over_briefer_to_bare() -> None:
    rungs = ladder(Endpoint(max_output_tokens=100, max_output_tokens_cap=300, reasoning_effort="high"))
    assert rungs == (
        Rung("", 100, "high"),
        Rung(".longer", 300, "high"),
        Rung(".brief", 300, "low"),
        Rung(".bare", 300, "low", bare=True),
    )
    assert [rung.name for rung in ladder(Endpoint(max_output_tokens=100, max_output_tokens_cap=100))] == ["", ".bare"]


def test_grids_in_prompts_are_rendered_as_everywhere() -> None:
    grid = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    asked = FollowQuestion(KEY, TEXT, (), grid, Step(), "x")
    assert follow_prompt(asked).user.endswith(render_grid(grid))
