"""The views: one canonical record rendered for different ways of training.

    records            the canonical record itself
    messages           chat, the reasoning in `reasoning_content`
    think              chat, the reasoning inline in <think> tags
    prompt-completion  prompt and completion, both as messages
    instruct           a grid and the method → the output
    induce             the pairs → the method
    explain            the program → the method
    sharegpt           `conversations` with from and value
    openai             OpenAI's fine-tuning format: `messages` alone
    csv                the columns of the published data set

Every view lies under data/ as parquet: the hub opens all configs of a data set with one reader. JSONL and CSV lie
beside it, under jsonl/ and csv/.

A row of `messages`, `think`, `prompt-completion`, `sharegpt` and `openai` is one test input. They hold only those
inputs where following the text reached the answer (`reached`); anything else would teach reasoning that
contradicts its own conclusion. For the same reason `instruct` holds only pairs that were reproduced from the text,
`induce` and `explain` only methods that reproduced every training pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from soar2cot.challenge import render_grid
from soar2cot.records import Grid

Row: TypeAlias = dict[str, Any]
ViewName: TypeAlias = Literal[
    "records",
    "messages",
    "think",
    "prompt-completion",
    "instruct",
    "induce",
    "explain",
    "sharegpt",
    "openai",
    "csv",
]
FileKind: TypeAlias = Literal["parquet", "jsonl", "csv"]


@dataclass(frozen=True, slots=True)
class View:
    """How a view is made and in which files it lies."""

    name: ViewName
    about: str
    rows: Callable[[Row], Iterator[Row]]
    kinds: tuple[FileKind, ...]


PUBLISHED_COLUMNS = (
    "task_id",
    "python_code",
    "instructions",
    "training_score",
    "best_test_score",
    "soar_source_model",
    "soar_generation",
    "soar_round_index",
    "is_hindsight",
    "num_guesses",
    "created_at",
)


def _records(record: Row) -> Iterator[Row]:
    yield record


def _messages(record: Row) -> Iterator[Row]:
    for index, prompt, answer in _reached(record):
        yield _origin(record, index) | {
            "messages": [
                _message("user", prompt) | {"reasoning_content": None},
                _message("assistant", answer) | {"reasoning_content": reasoning(record, index)},
            ]
        }


def _think(record: Row) -> Iterator[Row]:
    for index, prompt, answer in _reached(record):
        thought = f"<think>\n{reasoning(record, index)}\n</think>\n\n{answer}"
        yield _origin(record, index) | {"messages": [_message("user", prompt), _message("assistant", thought)]}


def _prompt_completion(record: Row) -> Iterator[Row]:
    for index, prompt, answer in _reached(record):
        completion = f"{reasoning(record, index)}\n\nOutput\n\n{answer}"
        yield _origin(record, index) | {
            "prompt": [_message("user", prompt)],
            "completion": [_message("assistant", completion)],
        }


def _instruct(record: Row) -> Iterator[Row]:
    followed = [score["exact"] for score in record["example_scores"]]
    pairs = [("train", i, pair) for i, pair in enumerate(record["train"]) if i < len(followed) and followed[i]]
    pairs += [("test", i, pair) for i, pair in enumerate(record["test"]) if record["reached"][i]]
    for part, index, pair in pairs:
        prompt = (
            f"Apply the method to the grid and give the grid that results, one row a line, nothing else.\n\n"
            f"Method\n\n{record['transformation_method']}\n\nGrid\n\n{render_grid(pair['input'])}"
        )
        origin = _origin(record, index)
        origin["id"] = f"{record['id']}-{part}{index}"
        yield origin | {"part": part} | _exchange(prompt, render_grid(pair["output"]))


def _induce(record: Row) -> Iterator[Row]:
    if record["training_score"] < 1:
        return
    prompt = (
        "In each pair the same rule turns the input grid into the output grid. Describe what the pairs show, then "
        f"give the rule as a method that can be followed step by step.\n\n{_pairs_text(record['train'])}"
    )
    answer = f"{record['input_output_analysis']}\n\nMethod\n\n{record['transformation_method']}"
    yield _origin(record, None) | _exchange(prompt, answer.strip())


def _explain(record: Row) -> Iterator[Row]:
    if record["training_score"] < 1:
        return
    prompt = (
        "Explain in words, as a method that can be followed step by step without the program, what this program does "
        f"to a grid.\n\n```python\n{record['python_code'].strip()}\n```"
    )
    yield _origin(record, None) | _exchange(prompt, record["transformation_method"])


def _sharegpt(record: Row) -> Iterator[Row]:
    for index, prompt, answer in _reached(record):
        value = f"{reasoning(record, index)}\n\nOutput\n\n{answer}"
        turns = [{"from": "human", "value": prompt}, {"from": "gpt", "value": value}]
        yield {"id": f"{record['id']}-{index}", "conversations": turns}


def _openai(record: Row) -> Iterator[Row]:
    for index, prompt, answer in _reached(record):
        content = f"{reasoning(record, index)}\n\nOutput\n\n{answer}"
        yield {"messages": [_message("user", prompt), _message("assistant", content)]}


def _csv(record: Row) -> Iterator[Row]:
    yield {name: record[name] for name in PUBLISHED_COLUMNS}


VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View("records", "everything that is known of a sample, one row a sample", _records, ("parquet",)),
        View("messages", "chat, the reasoning apart in `reasoning_content`", _messages, ("parquet", "jsonl")),
        View("think", "chat, the reasoning inline in `<think>` tags", _think, ("parquet",)),
        View("prompt-completion", "a prompt and its completion, as messages", _prompt_completion, ("parquet",)),
        View("instruct", "a grid and a method → the grid that results", _instruct, ("parquet",)),
        View("induce", "the training pairs → analysis and method", _induce, ("parquet",)),
        View("explain", "a program → the method in words", _explain, ("parquet",)),
        View("sharegpt", "`conversations` with `from` and `value`", _sharegpt, ("parquet",)),
        View("openai", "OpenAI's fine-tuning format", _openai, ("parquet", "jsonl")),
        View("csv", "the columns of the published data set", _csv, ("parquet", "csv")),
    )
}


def reasoning(record: Row, test_index: int) -> str:
    """What leads to the answer of one test input.

    A chain of thought that tells the method itself is taken as it stands; where there is none, or it leaves the
    method out, analysis and method come first, under plain headings.
    """
    chains: list[str] = record["chain_of_thought"]
    chain = chains[test_index].strip() if test_index < len(chains) else ""
    method = record["transformation_method"].strip()
    if chain and method in chain:
        return chain
    parts = [
        ("Analysis", record["input_output_analysis"].strip()),
        ("Method", method),
        ("Following the method", chain),
    ]
    return "\n\n".join(f"{head}\n\n{text}" for head, text in parts if text)


def puzzle(record: Row, test_index: int) -> str:
    """What the model is asked: the pairs and one test input."""
    return (
        "In each pair the same rule turns the input grid into the output grid. A grid is one line a row, the cells "
        "are colours 0 to 9. Find the rule and give the output grid for the test input.\n\n"
        f"{_pairs_text(record['train'])}\n\nTest input\n\n{render_grid(record['test'][test_index]['input'])}"
    )


def _reached(record: Row) -> Iterator[tuple[int, str, str]]:
    """(test index, question, answer) for the test inputs whose answer the text leads to."""
    for index, pair in enumerate(record["test"]):
        if record["reached"][index]:
            yield index, puzzle(record, index), render_grid(pair["output"])


def _pairs_text(pairs: list[dict[str, Grid]]) -> str:
    return "\n\n".join(
        f"Pair {n}, input\n\n{render_grid(pair['input'])}\n\nPair {n}, output\n\n{render_grid(pair['output'])}"
        for n, pair in enumerate(pairs, 1)
    )


def _exchange(prompt: str, answer: str) -> Row:
    return {"prompt": [_message("user", prompt)], "completion": [_message("assistant", answer)]}


def _message(role: str, content: str) -> Row:
    return {"role": role, "content": content}


def _origin(record: Row, index: int | None) -> Row:
    """The columns by which a row can be traced and chosen."""
    return {
        "id": record["id"] if index is None else f"{record['id']}-{index}",
        "record_id": record["id"],
        "task_id": record["task_id"],
        "round_index": record["round_index"],
        "data_type": record["data_type"],
        "test_index": index,
        "training_score": record["training_score"],
    }
