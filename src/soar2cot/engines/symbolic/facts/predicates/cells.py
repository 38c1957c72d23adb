"""What can be claimed about changed cells, and about the output as the whole input moved, cut or repeated."""

from __future__ import annotations

from soar2cot.engines.symbolic.facts.predicates.entry import Predicate

CHANGE = (
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
    Predicate("kept", "kept", ("colours",), valued=True, every=("Cells of {0} never change",)),
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

WHOLE = (
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
