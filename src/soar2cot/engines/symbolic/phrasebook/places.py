"""Cells and where they lie. A place is a row and a column at once."""

from __future__ import annotations

from soar2cot.engines.symbolic.phrasebook.entry import entry

# op, (rows, columns) by which the place moves
STEPS = {
    "above": (-1, 0),
    "below": (1, 0),
    "left": (0, -1),
    "right": (0, 1),
    "up_left": (-1, -1),
    "up_right": (-1, 1),
    "down_left": (1, -1),
    "down_right": (1, 1),
}
PLACES = frozenset(
    (
        "pair",
        "at_rc",
        "crossing",
        "moved",
        "moved_times",
        "moved_back",
        "up_by",
        "down_by",
        "left_by",
        "right_by",
        "mirrored_down",
        "mirrored_across",
        "in_row",
        "in_column",
        *STEPS,
    )
)

ENTRIES = (
    entry("at_rc", "row {0} , column {1}", run="PAIR", level=50),
    entry("crossing", "the crossing of {0} and {1}", run="PAIR"),
    entry("whole_row", "the cells along {1:60} of {0}", run="{0}[{1}]"),
    entry("whole_column", "the cells down {1:60} of {0}", run="{0}[:, {1}]"),
    entry("top", "the top row of {0}", run="f_top({0})"),
    entry("bottom", "the bottom row of {0}", run="f_bottom({0})"),
    entry("leftmost", "the leftmost column of {0}", run="f_leftmost({0})"),
    entry("rightmost", "the rightmost column of {0}", run="f_rightmost({0})"),
    entry("ends_down", "the top and bottom row of {0}", run="f_top({0}), f_bottom({0})"),
    entry("ends_across", "the leftmost and rightmost column of {0}", run="f_leftmost({0}), f_rightmost({0})"),
    entry(
        "ends",
        "the top , bottom , left and right end of {0}",
        run="f_top({0}), f_bottom({0}), f_leftmost({0}), f_rightmost({0})",
    ),
    entry("above", "the cell above {0}", run="PAIR"),
    entry("below", "the cell below {0}", run="PAIR"),
    entry("left", "the cell left of {0}", run="PAIR"),
    entry("right", "the cell right of {0}", run="PAIR"),
    entry("up_left", "the cell up-left of {0}", run="PAIR"),
    entry("up_right", "the cell up-right of {0}", run="PAIR"),
    entry("down_left", "the cell down-left of {0}", run="PAIR"),
    entry("down_right", "the cell down-right of {0}", run="PAIR"),
    entry("up_by", "{0} moved up by {1:53}", run="PAIR", level=52),
    entry("down_by", "{0} moved down by {1:53}", run="PAIR", level=52),
    entry("left_by", "{0} moved left by {1:53}", run="PAIR", level=52),
    entry("right_by", "{0} moved right by {1:53}", run="PAIR", level=52),
    entry("moved", "{0} moved one step in {1:53}", run="PAIR", level=52),
    entry("moved_times", "{0} moved {2:53} steps in {1:53}", run="PAIR", level=52),
    entry("moved_back", "{0} moved one step against {1:53}", run="PAIR", level=52),
    entry("mirrored_down", "{0} mirrored down in {1:53}", run="PAIR", level=52),
    entry("mirrored_across", "{0} mirrored across in {1:53}", run="PAIR", level=52),
    entry("in_row", "row {1:60} of {0:71} 's column", run="PAIR"),
    entry("in_column", "column {1:60} of {0:71} 's row", run="PAIR"),
    entry("row_of", "{0} 's row", run="ROW", level=70),
    entry("column_of", "{0} 's column", run="COLUMN", level=70),
    entry("at", "{0} at {1:50}", run="f_at({0}, {1})", level=54),
    entry("inside", "{0:21} lies inside {1}", run="f_inside({0}, {1})", level=20),
    entry("inside_size", "{0:21} lies within {1} rows and {2} columns", run="f_within({0}, {1}, {2})", level=20),
    entry("row", "row {1:60} of {0}", "_0[_1, :]", run="{0}[{1}]"),
    entry("column", "column {1:60} of {0}", "_0[:, _1]"),
    entry("part", "rows {1:sel} , columns {2:sel} in {0}", run="{0}[{1}, {2}]"),
    entry("row_part", "row {1:60} , columns {2:sel} in {0}", run="{0}[{1}, {2}]"),
    entry("column_part", "rows {1:sel} , column {2:60} in {0}", run="{0}[{1}, {2}]"),
    entry("list_column", "the list of column {1} of {0}", "[_9[_1] for _9 in _0]", run="f_column({0}, {1})"),
    entry("blank", "a grid of {0:60} by {1:60} , all {2:60}", run="f_blank({0}, {1}, {2})"),
    entry("blank_like", "a grid like {0:60} , all {1:60}", run="f_blank_like({0}, {1})"),
    entry("grid_copy", "a copy of grid {0}", run="f_grid_copy({0})"),
    entry("directions", "the directions {*0|,}", level=100),
)
