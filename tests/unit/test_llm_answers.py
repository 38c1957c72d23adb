"""Raw answers: forgiving in the wrapping, strict in the content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soar2cot.engines.llm.answers import SCHEMAS, MisfitError, read_grid, read_object, read_texts

GRID = '{"grid": [[1, 2], [3, 4]]}'


@pytest.mark.parametrize(
    "content",
    [
        GRID,
        f"```json\n{GRID}\n```",
        f"Here it is:\n```\n{GRID}\n```\nDone.",
        f"<think>first {{ then [ }}</think>{GRID}",
        '{"grid": [[1, 2], // the first row\n [3, 4],],}',
        '{/* as asked */ "grid": [[1, 2], [3, 4]]}',
    ],
)
def test_wrapping_is_forgiven(content: str) -> None:
    assert read_grid(content) == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("the same but brighter", "no JSON object"),
        ('{"answer": 1}', "`grid` is missing"),
        ('{"grid": [[1, 2], [3]]}', "row 1: 1 cells, the first row has 2"),
        ('{"grid": [[10]]}', "0 to 9"),
        ('{"grid": [[true]]}', "0 to 9"),
        (f'{{"grid": [{[0] * 31}]}}', "1 to 30"),
        ('{"grid": []}', "1 to 30"),
        ('{"grid": "1 2"}', "1 to 30"),
        ("[[1]]", "no JSON object"),
    ],
)
def test_what_is_no_grid_is_named(content: str, said: str) -> None:
    with pytest.raises(MisfitError, match=said):
        read_grid(content)


def test_comment_marks_inside_a_text_stay() -> None:
    found = read_object('{"input_output_analysis": "see http://a/b, /* c */", "transformation_method": "x",}')
    assert found["input_output_analysis"] == "see http://a/b, /* c */"


@pytest.mark.parametrize("verb", ["write", "revise", "pool"])
def test_an_empty_text_is_a_misfit(verb: str) -> None:
    names = SCHEMAS[verb]["required"]
    content = "{" + ", ".join(f'"{name}": " "' for name in names) + "}"
    with pytest.raises(MisfitError, match=names[0]):
        read_texts(verb, content)


@given(st.text())
def test_any_answer_is_read_or_is_a_misfit(content: str) -> None:
    try:
        read_grid(content)
    except MisfitError:
        pass
