"""What can be claimed about sizes and palettes."""

from __future__ import annotations

from soar2cot.engines.symbolic.facts.predicates.entry import Predicate

SIZE = (
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
        "two_sizes",
        "size",
        ("size", "size"),
        every=("Each input has {0} and each output has {1}", "Inputs have {0} and outputs have {1}"),
        implies=("input_size", "output_size", "times_size", "part_size", "same_height", "same_width", "square_output"),
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
        implies=("larger",),
    ),
    Predicate(
        "times_size",
        "size",
        ("n", "n"),
        valued=False,
        every=("Each output is {0} times as high and {1} times as wide as its input",),
        implies=("larger",),
    ),
    Predicate(
        "part_both",
        "size",
        ("n",),
        valued=True,
        every=("Each input is {0} times as high and as wide as its output",),
        implies=("smaller",),
    ),
    Predicate(
        "part_size",
        "size",
        ("n", "n"),
        every=("Each input is {0} times as high and {1} times as wide as its output",),
        implies=("smaller",),
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
        every=("Each output has as many {0} as its input has {1} besides {2}",),
        implies=("smaller", "larger"),
    ),
    Predicate("input_is", "pair", ("size",), valued=True, one=("the input has {0}",)),
    Predicate("output_is", "pair", ("size",), valued=True, one=("the output has {0}",)),
)

COLOUR = (
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
        every=("Every input contains {0}", "All inputs contain {0}"),
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
        every=("Each output brings in {0}", "New in each output: {0}"),
    ),
    Predicate(
        "lost_colours",
        "palette",
        ("colours",),
        valued=True,
        every=("Each output loses {0}", "No output keeps {0}"),
    ),
    Predicate("no_new_colour", "palette", every=("No output holds a colour that its input lacks",)),
    Predicate(
        "same_tally",
        "palette",
        every=("Each colour keeps its number of cells", "The number of cells of every colour stays the same"),
        implies=("same_colours", "no_new_colour", "same_shape_count"),
    ),
    Predicate("input_tally", "pair", ("tally", "colour"), one=("besides {1}, the input holds {0}",)),
    Predicate("output_tally", "pair", ("tally",), one=("the output holds {0}",)),
)
