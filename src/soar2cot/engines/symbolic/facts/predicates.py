"""The registry of predicates: what can be claimed, with which arguments, in which words.

An entry names its slots in order; where `valued`, the last one is the claim's value and the others are its
arguments. `every` are the phrasings for all pairs, `one` those for a single pair, test input or step. `implies`
are predicates that need not be said once this one is. Each has a checker of its own in `check`, which shares
nothing with these words. The meaning that both go by stands in docs/claims.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Predicate:
    """An entry of the registry. `{0}`, `{1}` … in a phrasing are the slots, in order."""

    id: str
    family: str
    slots: tuple[str, ...] = ()
    valued: bool = False
    every: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    implies: tuple[str, ...] = ()


def _index(entries: Iterable[Predicate]) -> Mapping[str, Predicate]:
    return MappingProxyType({entry.id: entry for entry in entries})


_SIZE = (
    Predicate(
        "no_change",
        "size",
        every=("Each output equals its input: nothing changes", "Nothing changes: each output equals its input"),
        one=("nothing changes",),
        implies=("same_size", "both_size", "same_colours", "same_tally", "output_symmetries", "kept", "input_size"),
    ),
    Predicate(
        "same_size",
        "size",
        every=("Each output has the same size as its input", "Each output keeps the size of its input"),
        one=("the output has the size of the input",),
    ),
    Predicate(
        "both_size",
        "size",
        ("size",),
        valued=True,
        every=("Each input and each output has {0}", "All grids, inputs and outputs, have {0}"),
        implies=("same_size", "input_size", "output_size"),
    ),
    Predicate(
        "constant_grid",
        "size",
        every=(
            "All outputs are the same grid, whatever the input",
            "The output is one and the same grid in every pair",
        ),
        implies=("output_size", "output_colours", "output_symmetries", "new_colours", "output_height", "output_width"),
    ),
    Predicate(
        "output_size", "size", ("size",), valued=True, every=("Each output has {0}", "The output always has {0}")
    ),
    Predicate("input_size", "size", ("size",), valued=True, every=("Each input has {0}", "The input always has {0}")),
    Predicate(
        "times_both",
        "size",
        ("n",),
        valued=True,
        every=("Each output is {0} times as high and as wide as its input",),
    ),
    Predicate(
        "times_size",
        "size",
        ("n", "n"),
        valued=False,
        every=("Each output is {0} times as high and {1} times as wide as its input",),
    ),
    Predicate(
        "part_both",
        "size",
        ("n",),
        valued=True,
        every=("Each input is {0} times as high and as wide as its output",),
    ),
    Predicate(
        "part_size",
        "size",
        ("n", "n"),
        every=("Each input is {0} times as high and {1} times as wide as its output",),
    ),
    Predicate(
        "swapped_size", "size", every=("Each output has as many rows as its input has columns, and the reverse",)
    ),
    Predicate("size_delta", "size", ("delta",), valued=True, every=("Each output has {0} than its input",)),
    Predicate("output_height", "size", ("rows",), valued=True, every=("Each output has {0}, of varying length",)),
    Predicate("output_width", "size", ("columns",), valued=True, every=("Each output has {0}, of varying height",)),
    Predicate("same_height", "size", every=("Each output has as many rows as its input",)),
    Predicate("same_width", "size", every=("Each output has as many columns as its input",)),
    Predicate("square_output", "size", every=("Each output is square",)),
    Predicate("smaller", "size", every=("Each output is smaller than its input, by a varying amount",)),
    Predicate("larger", "size", every=("Each output is larger than its input, by a varying amount",)),
    Predicate(
        "size_measure",
        "size",
        ("dimension", "measure", "colour"),
        every=("The output has as many {0} as there are {1}, on {2}",),
        implies=("smaller", "larger"),
    ),
    Predicate("input_is", "pair", ("size",), valued=True, one=("the input has {0}",)),
    Predicate("output_is", "pair", ("size",), valued=True, one=("the output has {0}",)),
)

_COLOUR = (
    Predicate(
        "background",
        "background",
        ("colour",),
        valued=True,
        every=("The background, the most common colour of each input, is {0}", "Each input lies on a {0} background"),
        one=("the background is {0}",),
    ),
    Predicate(
        "input_colours",
        "palette",
        ("colours",),
        valued=True,
        every=("Each input holds exactly the colours {0}", "The colours of each input are {0}"),
        implies=("shared_colours", "input_colour_count"),
    ),
    Predicate(
        "shared_colours",
        "palette",
        ("colours",),
        valued=True,
        every=("The colours that all inputs share are {0}",),
    ),
    Predicate(
        "input_colour_count",
        "palette",
        ("colour count",),
        valued=True,
        every=("Each input has {0}, not always the same",),
    ),
    Predicate(
        "output_colours",
        "palette",
        ("colours",),
        valued=True,
        every=("Each output holds exactly the colours {0}", "The colours of each output are {0}"),
    ),
    Predicate(
        "one_output_colour", "palette", every=("Each output has a single colour", "All cells of an output agree")
    ),
    Predicate(
        "same_colours",
        "palette",
        every=("Each output has exactly the colours of its input", "No colour is added and none disappears"),
        implies=("no_new_colour",),
    ),
    Predicate(
        "new_colours",
        "palette",
        ("colours",),
        valued=True,
        every=("The colours that are new in each output are {0}",),
    ),
    Predicate(
        "lost_colours",
        "palette",
        ("colours",),
        valued=True,
        every=("The colours that disappear in every pair are {0}",),
    ),
    Predicate("no_new_colour", "palette", every=("No output holds a colour that its input lacks",)),
    Predicate(
        "same_tally",
        "palette",
        every=("Each colour keeps its number of cells", "The number of cells of every colour stays the same"),
        implies=("same_colours", "no_new_colour", "same_shape_count"),
    ),
    Predicate("input_tally", "pair", ("tally", "colour"), one=("the input holds {0} cells besides {1}",)),
    Predicate("output_tally", "pair", ("tally",), one=("the output holds {0} cells",)),
)

_CHANGE = (
    Predicate(
        "change_map",
        "change",
        ("map",),
        valued=True,
        every=("Cells change only from {0}", "The only changes of colour are from {0}"),
        implies=("changed_from", "changed_to", "new_colours", "no_new_colour"),
    ),
    Predicate("changed_from", "change", ("colour",), valued=True, every=("Only {0} cells change",), implies=("kept",)),
    Predicate("changed_to", "change", ("colour",), valued=True, every=("Every changed cell becomes {0}",)),
    Predicate("kept", "kept", ("colours",), valued=True, every=("The colours whose cells never change are {0}",)),
    Predicate(
        "recolour",
        "change",
        ("map",),
        valued=True,
        every=("Wherever it stands, a colour is replaced: {0}", "Every cell of a colour is replaced alike: {0}"),
        implies=(
            "change_map",
            "changed_from",
            "changed_to",
            "new_colours",
            "lost_colours",
            "kept",
            "recolour_by_pair",
            "no_new_colour",
            "same_colours",
            "shapes_recoloured",
        ),
    ),
    Predicate(
        "recolour_by_pair",
        "change",
        every=("Within a pair, all cells of one input colour get one and the same output colour",),
    ),
    Predicate(
        "changed_count", "change", ("cells",), valued=True, every=("In each pair {0} in all get another colour",)
    ),
    Predicate(
        "enclosed_all",
        "place",
        ("colour",),
        valued=True,
        every=("Exactly the {0} cells that are shut off from the border change",),
        implies=("enclosed_some", "changed_from"),
    ),
    Predicate(
        "enclosed_some",
        "place",
        ("colour",),
        valued=True,
        every=("Every changed cell is a {0} cell shut off from the border",),
        implies=("changed_from",),
    ),
    Predicate(
        "changed_beside",
        "place",
        ("colour",),
        valued=True,
        every=("Besides the colours that change, {0} is the one colour that every changed cell touches",),
    ),
    Predicate(
        "changed_between",
        "place",
        ("colour",),
        valued=True,
        every=("Every changed cell lies between two {0} cells of its row or column",),
    ),
    Predicate(
        "changed_in_box",
        "place",
        ("colour",),
        valued=True,
        every=("Every changed cell lies inside the box around all cells that are not {0}",),
    ),
    Predicate(
        "changed_in_line",
        "place",
        ("axis",),
        valued=True,
        every=("The changed cells fill whole {0}",),
    ),
    Predicate("changes", "pair", ("cells", "counted map"), one=("{0} change: {1}",)),
    Predicate("changes_many", "pair", ("cells", "colour count"), one=("{0} change, into {1}",)),
)

_WHOLE = (
    Predicate(
        "flip",
        "whole",
        ("flip",),
        valued=True,
        every=("Each output is its input {0}", "The whole input is {0}"),
        implies=("same_tally", "same_colours", "swapped_size", "same_size", "no_new_colour"),
    ),
    Predicate(
        "crop_box",
        "whole",
        ("colour",),
        valued=True,
        every=("Each output is the box around all cells that are not {0}",),
        implies=("subgrid", "smaller", "no_new_colour"),
    ),
    Predicate(
        "crop_object",
        "whole",
        ("rank", "colour"),
        every=("Each output is the box around the {0} object, a group of touching cells that are not {1}",),
        implies=("subgrid", "smaller", "no_new_colour"),
    ),
    Predicate(
        "subgrid",
        "whole",
        every=("Each output is a part of its input, cut out as it stands", "Each output can be found within its input"),
        implies=("no_new_colour", "smaller"),
    ),
    Predicate(
        "half", "whole", ("part",), valued=True, every=("Each output is the {0} of its input",), implies=("subgrid",)
    ),
    Predicate(
        "upscale",
        "whole",
        ("n", "n"),
        every=("Each cell of the input becomes a block {0} high and {1} wide",),
        implies=("times_both", "times_size", "same_colours", "no_new_colour"),
    ),
    Predicate(
        "tile",
        "whole",
        ("n", "n"),
        every=("Each output repeats its whole input {0} times downwards and {1} times across",),
        implies=("times_both", "times_size", "same_colours", "no_new_colour", "tile_flips", "input_in_corner"),
    ),
    Predicate(
        "tile_flips",
        "whole",
        ("n", "n"),
        every=("Each output is made of {0} by {1} copies of its input, some of them mirrored or turned",),
        implies=("times_both", "times_size", "same_colours", "no_new_colour"),
    ),
    Predicate(
        "downscale",
        "whole",
        ("n", "n"),
        every=("Each block of the input, {0} high and {1} wide and of one colour, becomes one cell",),
        implies=("part_both", "part_size", "same_colours", "no_new_colour"),
    ),
    Predicate(
        "input_in_corner", "whole", ("corner",), valued=True, every=("The input reappears unchanged in the {0}",)
    ),
    Predicate(
        "gravity",
        "whole",
        ("colour", "way"),
        every=("All cells that are not {0} move {1} as far as they can, keeping their order",),
        implies=("same_tally", "same_colours", "no_new_colour"),
    ),
    Predicate(
        "shift",
        "whole",
        ("shift",),
        valued=True,
        every=("The whole grid moves {0}, and what leaves comes back on the other side",),
        implies=("same_tally", "same_colours", "no_new_colour"),
    ),
    Predicate(
        "logic",
        "whole",
        ("halves", "colour", "colour", "logic"),
        every=("Laying the {0} of the input over each other, {1} as empty, the output is {2} exactly where {3}",),
        implies=("output_colours", "no_new_colour"),
    ),
)

_OBJECT = (
    Predicate(
        "shape_count",
        "object",
        ("joined", "colour", "shapes"),
        valued=True,
        every=("One-colour cells {0}, besides {1}, form exactly {2} in each input",),
        one=("one-colour cells {0}, besides {1}, form {2}",),
    ),
    Predicate(
        "same_shape_count",
        "object",
        ("joined", "colour"),
        every=("Each output has as many shapes of one-colour cells {0}, besides {1}, as its input",),
    ),
    Predicate(
        "output_shape_count",
        "object",
        ("joined", "colour", "shapes"),
        valued=True,
        every=("One-colour cells {0}, besides {1}, form exactly {2} in each output",),
    ),
    Predicate(
        "object_count",
        "object",
        ("colour", "objects"),
        valued=True,
        every=("Each input holds exactly {1} of touching cells that are not {0}",),
        one=("touching cells that are not {0} form {1}",),
    ),
    Predicate(
        "shapes_recoloured",
        "object",
        ("joined", "colour"),
        every=("Every shape of one-colour cells {0}, besides {1}, stays in place, and only its colour may change",),
    ),
    Predicate(
        "rank_becomes",
        "object",
        ("joined", "colour", "rank", "colour"),
        every=("Of the one-colour cells {0}, besides {1}, only the {2} shapes become {3}",),
    ),
    Predicate(
        "removed_only",
        "object",
        ("joined", "colour"),
        every=("Some shapes of one-colour cells {0} vanish into {1}, and the others stay as they are",),
        implies=("changed_to", "no_new_colour"),
    ),
    Predicate(
        "moved",
        "object",
        ("colour", "colour", "shift"),
        valued=True,
        every=("On {0}, all {1} cells move {2}, and nothing else moves",),
        implies=("same_tally", "same_colours", "no_new_colour"),
    ),
    Predicate(
        "all_rectangles",
        "object",
        ("joined", "colour"),
        every=("Every shape of one-colour cells {0} in the inputs, besides {1}, is a filled rectangle",),
    ),
    Predicate(
        "single_cells", "object", ("colour",), valued=True, every=("In the inputs, no two cells besides {0} touch",)
    ),
)

_PATTERN = (
    Predicate(
        "output_symmetries",
        "symmetry",
        ("symmetries",),
        valued=True,
        every=("The mirror symmetries that all outputs share are {0}",),
    ),
    Predicate(
        "input_symmetries",
        "symmetry",
        ("symmetries",),
        valued=True,
        every=("The mirror symmetries that all inputs share are {0}",),
    ),
    Predicate(
        "row_period",
        "period",
        ("rows",),
        valued=True,
        every=("Going down, each output repeats itself every {0}",),
    ),
    Predicate(
        "column_period",
        "period",
        ("columns",),
        valued=True,
        every=("Going across, each output repeats itself every {0}",),
    ),
    Predicate(
        "uniform_lines",
        "period",
        ("axis",),
        valued=True,
        every=("All {0} of an output are of one colour each",),
    ),
    Predicate(
        "separators",
        "lines",
        ("colour",),
        valued=True,
        every=("Straight {0} lines from border to border divide each input",),
    ),
    Predicate(
        "compartments",
        "lines",
        ("colour", "n", "n"),
        every=("Straight {0} lines divide each input into {1} by {2} compartments",),
        implies=("separators",),
    ),
    Predicate(
        "output_fills",
        "extreme",
        ("colour", "often"),
        every=("Besides {0}, the output is filled with the {1} colour of its input",),
        implies=("one_output_colour",),
    ),
)

_LINES = (
    Predicate("rule", "line", ("n", "text"), one=("{0}. {1}",)),
    Predicate("says", "line", ("n", "text"), one=("Step {0}: {1}",)),
    Predicate("found", "line", ("text",), one=("Found: {0}.",)),
)

_TRAIL = (
    Predicate("becomes_size", "trail", ("size", "size"), one=("the grid of {0} becomes one of {1}",)),
    Predicate("drawn", "trail", ("colour", "spans"), one=("{0} comes to {1}",)),
    Predicate("from_input", "trail", one=("this step starts from the input again",)),
    Predicate("from_other", "trail", ("size",), valued=True, one=("this step starts from a grid of its own of {0}",)),
    Predicate("turns", "trail", ("turns",), valued=True, one=("this takes {0}",)),
    Predicate("odd_turns", "trail", ("turns",), valued=True, one=("besides the last, {0} differ from the first",)),
    Predicate("apart_turns", "trail", ("turns",), valued=True, one=("{0} start from a grid of their own",)),
    Predicate("total_change", "trail", ("cells",), valued=True, one=("over all turns {0} get another colour",)),
    Predicate("altogether", "trail", ("cells",), valued=True, one=("in all, {0} differ from the input",)),
    Predicate("reaches", "trail", one=("the result is the output of the pair, cell by cell",)),
    Predicate("misses", "trail", ("cells",), valued=True, one=("the result misses the output of the pair in {0}",)),
    Predicate("misses_size", "trail", one=("the result has another size than the output of the pair",)),
)

PREDICATES: Mapping[str, Predicate] = _index(
    (*_SIZE, *_COLOUR, *_CHANGE, *_WHOLE, *_OBJECT, *_PATTERN, *_TRAIL, *_LINES)
)
