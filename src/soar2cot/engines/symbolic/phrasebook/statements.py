"""What is done: assignments, changes of collections, and the turns of loops."""

from __future__ import annotations

from soar2cot.engines.symbolic.language.phrase import EACH, SELECTION, STATEMENT, TARGET
from soar2cot.engines.symbolic.phrasebook.entry import Entry, of_category


def _does(op: str, text: str, source: str = "", *also: str, run: str = "") -> Entry:
    return of_category(STATEMENT, op, text, source, *also, run=run)


def _turn(op: str, text: str, run: str) -> Entry:
    return of_category(EACH, op, text, run=run)


def _selects(op: str, text: str, run: str) -> Entry:
    return of_category(SELECTION, op, text, run=run)


ENTRIES = (
    _does("let", "{0:t} becomes {1:0}", run="{0} = {1}"),
    _does("put", "{0:50} becomes {1:0}", run="{0} = {1}"),
    _does("remap", "recolour {0:50} after {1:30} , {*2|,}"),
    _does("take_array", "take {0:61} as an array", run="{0} = np.array({0})"),
    _does("grow", "increase {0:50} by {1:0}", run="{0} += {1}"),
    _does("shrink", "decrease {0:50} by {1:0}", run="{0} -= {1}"),
    _does("scale", "multiply {0:50} by {1:0}", run="{0} *= {1}"),
    _does("divide", "divide {0:50} down by {1:0}", run="{0} //= {1}"),
    _does("divide_true", "divide {0:50} by {1:0}", run="{0} /= {1}"),
    _does("reduce_mod", "reduce {0:50} modulo {1:0}", run="{0} %= {1}"),
    _does("mark_or", "join {0:50} with {1:0}", run="{0} |= {1}"),
    _does("mark_and", "limit {0:50} to {1:0}", run="{0} &= {1}"),
    _does("mark_xor", "toggle {0:50} by {1:0}", run="{0} ^= {1}"),
    _does("answer", "the answer is {0:0}", run="return {0}"),
    _does("give", "give {0:0}", run="return {0}"),
    _does("stop", "stop the procedure", run="return"),
    _does("leave", "stop this loop", run="break"),
    _does("skip", "go on with the next one", run="continue"),
    _does("nothing", "do nothing", run="pass"),
    _does("fail", "give up", run="raise ValueError"),
    _does("forget", "remove {0:50}", run="del {0}"),
    _does("shares", "share {*0|and} with the outside", run="nonlocal {*0}"),
    _does("append", "add {1:30} to {0:50}", "_0.append(_1)"),
    _does("add", "put {1:30} into {0:50}", "_0.add(_1)"),
    _does("append_left", "add {1:30} at the front of {0:50}", "_0.appendleft(_1)"),
    _does("extend", "add each of {1:30} to {0:50}", "_0.extend(_1)"),
    _does("update", "merge {1:30} into {0:50}", "_0.update(_1)"),
    _does("insert", "insert {2:30} before position {1:30} into {0:50}", "_0.insert(_1, _2)"),
    _does("remove", "take {1:30} out of {0:50}", "_0.remove(_1)"),
    _does("discard", "drop {1:30} from {0:50}", "_0.discard(_1)"),
    _does("clear", "empty {0:50}", "_0.clear()"),
    _does("sort", "sort {0:50}", "_0.sort()"),
    _does("sort_down", "sort {0:50} downwards", "_0.sort(reverse=True)"),
    _does("sort_by", "sort {0:50} by {1:0}", "_0.sort(key=_1)"),
    _does("sort_by_down", "sort {0:50} downwards by {1:0}", "_0.sort(key=_1, reverse=True)"),
    _does("reverse", "reverse {0:50}", "_0.reverse()"),
    _does("rotate", "rotate {0:50} by {1:0}", "_0.rotate(_1)"),
    _does("extend_left", "add each of {1:30} at the front of {0:50}", "_0.extendleft(_1)"),
    _does("limit_set", "keep of {0:50} what is in {1:0}", "_0.intersection_update(_1)"),
    _does("drop_set", "drop from {0:50} what is in {1:0}", "_0.difference_update(_1)"),
    _does("insert_first", "insert {1:30} first into {0:50}", "_0.insert(0, _1)"),
    _does("np_put", "sort along {1:30} array {0:50}", "_0.sort(axis=_1)"),
    _does("fill", "fill {0:50} with {1:0}", "_0.fill(_1)"),
    _does("fill_diagonal", "fill the diagonal of {0:50} with {1:0}", "np.fill_diagonal(_0, _1)"),
    _does("do", "do {0:0}", run="{0}"),
    _turn("each", "for each {0:t} in {1:30}", "for {0} in T({1})"),
    _turn("each_below", "for each {0:t} below {1:30}", "for {0} in T(range({1}))"),
    _turn("from_below", "for each {0:t} from {1:30} to before {2:30}", "for {0} in T(range({1}, {2}))"),
    _turn("from_to", "for each {0:t} from {1:30} to {2:30}", "for {0} in T(range({1}, ({2}) + 1))"),
    _turn("down_to", "for each {0:t} from {1:30} down to {2:30}", "for {0} in T(range({1}, ({2}) - 1, -1))"),
    _turn("cells", "for each {0:t} of {1:30}", "CELLS"),
    _turn("cells_that_are", "for each {0:t} of {1:30} that is {2:30}", "CELLS"),
    _turn("cells_that_are_not", "for each {0:t} of {1:30} except {2:30}", "CELLS"),
    _turn("cells_box", "for each {0:t} in rows {1:30} to {2:30} and columns {3:30} to {4:30}", "CELLS"),
    _turn("cells_size", "for each {0:t} of {1:40} rows and {2:40} columns", "CELLS"),
    _turn("cells_down", "for each {0:t} of {1:30} , column by column", "CELLS"),
    _turn("beside", "for each {0:t} beside {1:30} in {2:30}", "NEIGHBOURS"),
    _turn("touching", "for each {0:t} touching {1:30} in {2:30}", "NEIGHBOURS"),
    _turn("diagonal_to", "for each {0:t} diagonal to {1:30} in {2:30}", "NEIGHBOURS"),
    _turn(
        "near_cells",
        "for each {0:t} at most {1:60} rows and columns from {2:30} in {3:30}",
        "for {0} in T(f_near_cells({1}, {2}, {3}))",
    ),
    _turn(
        "near_rows", "for each {0:t} at most {1:60} from {2:30} down {3:30}", "for {0} in T(f_near_rows({1}, {2}, {3}))"
    ),
    _turn(
        "near_columns",
        "for each {0:t} at most {1:60} from {2:30} across {3:30}",
        "for {0} in T(f_near_columns({1}, {2}, {3}))",
    ),
    _turn("that", "where {0:7}", "if {0}"),
    _selects("whole", "all", ":"),
    _selects("reverse_all", "all backwards", "::-1"),
    _selects("from", "from {0:30}", "{0}:"),
    _selects("before", "before {0:30}", ":{0}"),
    _selects("from_before", "from {0:30} to before {1:30}", "{0}:{1}"),
    _selects("through", "from {0:30} through {1:30}", "{0}:({1}) + 1"),
    _selects("every", "every {0:30}", "::{0}"),
    _selects("from_every", "from {0:30} every {1:30}", "{0}::{1}"),
    _selects("before_every", "before {0:30} every {1:30}", ":{0}:{1}"),
    _selects("from_before_every", "from {0:30} to before {1:30} every {2:30}", "{0}:{1}:{2}"),
    _selects("single", "only {0:30}", "{0}"),
    of_category(TARGET, "both", "{*0|and}", run="{*0}"),
)
