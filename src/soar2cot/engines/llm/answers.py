"""From a raw answer to what was asked for, forgiving in the wrapping, strict in the content.

A fence, thoughts before the object, comments and trailing commas are wrapping. A missing field, an empty text or
something that is no grid is a misfit: the model is told once what was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any, cast

import orjson

from soar2cot.challenge import check_grid
from soar2cot.errors import ChallengeError
from soar2cot.records import Grid

_TEXT = {"type": "string"}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_REVISED = _object(reasoning_for_why_old_instructions_are_wrong=_TEXT, revised_instructions=_TEXT)
SCHEMAS: dict[str, dict[str, Any]] = {
    "write": _object(input_output_analysis=_TEXT, transformation_method=_TEXT),
    "follow": _object(grid={"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}),
    "revise": _REVISED,
    "pool": _REVISED,
}


class MisfitError(Exception):
    """An answer that does not hold what was asked for; the message can be shown to the model."""


def read_texts(verb: str, content: str) -> dict[str, str]:
    """The texts of a `write`, `revise` or `pool` answer by name. Raises: MisfitError."""
    found = read_object(content)
    texts: dict[str, str] = {}
    for name in SCHEMAS[verb]["required"]:
        value = found.get(name)
        if not isinstance(value, str) or not value.strip():
            raise MisfitError(f"`{name}` must be a text that is not empty")
        texts[name] = value.strip()
    return texts


def read_grid(content: str) -> Grid:
    """The grid of a `follow` answer. Raises: MisfitError."""
    found = read_object(content)
    if "grid" not in found:
        raise MisfitError("`grid` is missing")
    try:
        return check_grid(found["grid"], where="`grid`")
    except ChallengeError as error:
        raise MisfitError(str(error)) from error


def read_object(content: str) -> dict[str, Any]:
    """The JSON object in an answer. Raises: MisfitError: there is none."""
    if not content.strip():
        raise MisfitError("the answer was empty")
    for text in _candidates(content):
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
        if isinstance(value, dict):
            return cast("dict[str, Any]", value)
    raise MisfitError("the answer was no JSON object")


def _candidates(content: str) -> Generator[str]:
    """Readings of the answer from the literal to the forgiving one, each made when it is needed."""
    yield content
    thoughtless = content.rpartition("</think>")[2]
    start, end = thoughtless.find("{"), thoughtless.rfind("}")
    if 0 <= start < end:
        inner = thoughtless[start : end + 1]
        yield inner
        yield _without_comments(inner)


_STRING_OR_NOISE = re.compile(
    r"""("(?:[^"\\]|\\.)*")      # a string is kept as it is
      | //[^\n]* | /\*.*?\*/     # comments
      | ,(?=\s*[}\]])            # a comma before a closing bracket
    """,
    re.VERBOSE | re.DOTALL,
)


def _without_comments(text: str) -> str:
    once = _STRING_OR_NOISE.sub(lambda match: match.group(1) or "", text)
    return _STRING_OR_NOISE.sub(lambda match: match.group(1) or "", once)
