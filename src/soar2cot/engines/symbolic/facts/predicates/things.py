"""What can be claimed about shapes, symmetry, lines, and about what happens on the way."""

from __future__ import annotations

from soar2cot.engines.symbolic.facts.predicates.entry import Predicate

OBJECT = (
    Predicate(
        "shape_count",
        "object",
        ("joined", "colour", "shapes"),
        valued=True,
        every=("Each input shows exactly {2} on {1}, one-coloured and {0}",),
        one=("it shows {2} on {1}, one-coloured and {0}",),
    ),
    Predicate(
        "same_shape_count",
        "object",
        ("joined", "colour"),
        every=("Each output shows as many shapes on {1} as its input, one-coloured and {0}",),
    ),
    Predicate(
        "both_shape_count",
        "object",
        ("joined", "colour", "shapes"),
        valued=True,
        every=("Each input and each output shows exactly {2} on {1}, one-coloured and {0}",),
        implies=("shape_count", "output_shape_count"),
    ),
    Predicate(
        "output_shape_count",
        "object",
        ("joined", "colour", "shapes"),
        valued=True,
        every=("Each output shows exactly {2} on {1}, one-coloured and {0}",),
    ),
    Predicate(
        "object_count",
        "object",
        ("colour", "objects"),
        valued=True,
        every=("Each input holds exactly {1} of touching cells that are not {0}",),
        one=("it holds {1} of touching cells that are not {0}",),
    ),
    Predicate(
        "shapes_recoloured",
        "object",
        ("joined", "colour"),
        every=("Every shape on {1}, one-coloured and {0}, stays in place, and only its colour may change",),
    ),
    Predicate(
        "rank_becomes",
        "object",
        ("joined", "colour", "rank", "colour"),
        every=("Of the shapes on {1}, one-coloured and {0}, exactly the {2} become {3}",),
    ),
    Predicate(
        "size_decides",
        "object",
        ("joined", "colour", "size map"),
        valued=True,
        every=("Each shape on {1}, one-coloured and {0}, gets its colour from its number of cells: {2}",),
        implies=("rank_becomes", "shapes_recoloured"),
    ),
    Predicate(
        "small_vanish",
        "object",
        ("joined", "colour", "cells"),
        valued=True,
        every=("Exactly the shapes of up to {2}, one-coloured and {0}, vanish into {1}, and the others stay",),
        implies=("removed_only", "changed_to", "no_new_colour"),
    ),
    Predicate(
        "removed_only",
        "object",
        ("joined", "colour"),
        every=("Some shapes, one-coloured and {0}, vanish into {1}, and the others stay as they are",),
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
        every=("Every shape of the inputs on {1}, one-coloured and {0}, is a filled rectangle",),
    ),
    Predicate(
        "single_cells", "object", ("colour",), valued=True, every=("In the inputs, no two cells besides {0} touch",)
    ),
)

PATTERN = (
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

LINES = (
    Predicate("rule", "line", ("n", "text"), one=("{0}. {1}",)),
    Predicate("says", "line", ("n", "text"), one=("Step {0}: {1}",)),
    Predicate("found", "line", ("text",), one=("Found: {0}.",)),
)

TRAIL = (
    Predicate("becomes_size", "trail", ("size", "size"), one=("the grid of {0} becomes one of {1}",)),
    Predicate("all_one", "trail", ("colour",), valued=True, one=("the new grid is {0} all over",)),
    Predicate("drawn", "trail", ("colour", "spans"), one=("{0} comes to {1}",)),
    Predicate("from_input", "trail", one=("this step starts from the input again",)),
    Predicate("from_other", "trail", ("size",), valued=True, one=("this step starts from a grid of its own of {0}",)),
    Predicate("turns", "trail", ("turns",), valued=True, one=("this takes {0}",)),
    Predicate("odd_turns", "trail", ("turns",), valued=True, one=("besides the last, {0} unlike the first",)),
    Predicate("apart_turns", "trail", ("turns",), valued=True, one=("{0} on a grid of its own",)),
    Predicate("total_change", "trail", ("cells",), valued=True, one=("over all turns {0} changed",)),
    Predicate("altogether", "trail", ("cells",), valued=True, one=("compared with the input, {0} changed in all",)),
    Predicate("reaches", "trail", one=("the result is the output of the pair, cell by cell",)),
    Predicate("misses", "trail", ("cells",), valued=True, one=("the result misses the output of the pair in {0}",)),
    Predicate("misses_size", "trail", one=("the result has another size than the output of the pair",)),
)
