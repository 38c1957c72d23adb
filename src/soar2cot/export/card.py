"""The data-set card: what a stranger must know before using the data, and what the hub reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soar2cot.export.files import SCHEMAS
from soar2cot.export.views import VIEWS

if TYPE_CHECKING:
    from soar2cot.export.dataset import ExportOptions, ExportSummary


def card(summary: ExportSummary, options: ExportOptions, *, decontaminated: bool) -> str:
    """README.md of the data set; it depends on the records and options alone."""
    return "\n".join(
        [
            "---",
            *_front(summary),
            "---",
            "",
            *_what(summary),
            *_views(summary),
            *_how(summary, options, decontaminated),
            *_left_out(summary),
            *_licence(),
        ]
    )


def _front(summary: ExportSummary) -> list[str]:
    """YAML that the hub and `datasets.load_dataset` read."""
    lines = [
        "pretty_name: soar2cot",
        "license: mit",
        "language: [en]",
        "task_categories: [text-generation]",
        "tags: [arc-agi, program-synthesis, chain-of-thought, instructions]",
        f"size_categories: [{_size(summary.n_exported)}]",
    ]
    filled = {name: splits for name, splits in summary.rows.items() if any(splits.values())}
    if not filled:
        return lines
    default = "messages" if "messages" in filled else next(iter(filled))
    lines.append("configs:")
    for name, splits in filled.items():
        lines += [f"- config_name: {name}", *(["  default: true"] if name == default else []), "  data_files:"]
        for split in (split for split, n in splits.items() if n):
            lines += [f"  - split: {split}", f"    path: data/{name}/{split}-*.parquet"]
    return lines


def _size(n: int) -> str:
    for limit, name in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")):
        if n < limit:
            return name
    return "1M<n<10M"


def _what(summary: ExportSummary) -> list[str]:
    return [
        "# soar2cot",
        "",
        f"{summary.n_exported:,} programs for ARC puzzles, each with instructions in words: an analysis of the "
        "training pairs, a method, and a chain of thought for each test input. The words were checked: they were "
        "followed on every training input without the program in sight, and `training_score` says how much of the "
        "outputs that gave. The programs were checked too: every record's program was executed, and gives exactly the "
        "grids that stand in the record.",
        "",
    ]


def _views(summary: ExportSummary) -> list[str]:
    lines = ["## Views", "", "| config | rows (train) | rows (test) | what |", "| --- | ---: | ---: | --- |"]
    for name, splits in summary.rows.items():
        lines.append(f"| `{name}` | {splits['train']:,} | {splits['test']:,} | {VIEWS[name].about} |")
    first = next((name for name, splits in summary.rows.items() if any(splits.values())), "messages")
    lines += [
        "",
        "```python",
        "from datasets import load_dataset",
        "",
        f'rows = load_dataset("PATH", "{first}")',
        "```",
    ]
    lines += ["", "A task is in one split only.", "", "## Columns", ""]
    for name in summary.rows:
        lines.append(f"- `{name}`: {', '.join(f'`{column}`' for column in SCHEMAS[name].names)}")
    return [*lines, ""]


def _how(summary: ExportSummary, options: ExportOptions, decontaminated: bool) -> list[str]:
    lines = [
        "## How it was made",
        "",
        "1. SOAR's programs were written by language models for the tasks of ARC-AGI-1. A program that does not "
        "solve its task is kept as the solution of another one: that whose outputs are what it gives (`hindsight`).",
        "2. soar2cot wrote instructions from the pairs and the program, followed them on every training input with "
        "that pair hidden, and kept the text that scored best.",
        "3. At export every program was executed again in a sandbox, under several seeds, and compared with the stored "
        "grids.",
        "4. Views with reasoning hold only the test inputs where following the text gave exactly the answer "
        f"({summary.n_unreached:,} test inputs are in `records` alone); `induce` and `explain` only methods that "
        "reproduced every training pair.",
    ]
    if decontaminated:
        lines.append(
            "5. Records that hold a pair or a telling grid of an ARC-AGI-1 evaluation task were left out, also where "
            "it is turned, mirrored or recoloured."
        )
    if options.where is not None:
        lines.append(f"- Only records with `{options.where}`.")
    if options.max_similar is not None:
        lines.append(f"- At most {options.max_similar} near-duplicate methods of one task.")
    return [*lines, ""]


def _left_out(summary: ExportSummary) -> list[str]:
    if not summary.left_out:
        return []
    lines = ["## Left out", "", "Named one by one in `left_out.csv`.", "", "| records | reason |", "| ---: | --- |"]
    return [*lines, *(f"| {n:,} | {why} |" for why, n in sorted(summary.left_out.items())), ""]


def _licence() -> list[str]:
    return [
        "## Licence and sources",
        "",
        "The texts are released under the MIT licence. The puzzles are those of ARC-AGI-1 (Apache-2.0); the programs "
        "come from the SOAR data set, whose card names the MIT licence and the models that wrote them "
        "(`soar_source_model`); their makers' terms apply to their output.",
        "",
    ]
