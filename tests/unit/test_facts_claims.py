"""Each predicate: true where it should be, false of a near miss; and the checker shares nothing with the writer."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import soar2cot.engines.symbolic.facts.check as check_package
from soar2cot.challenge import Challenge, Example, Input
from soar2cot.engines.symbolic.facts.analysis import assure
from soar2cot.engines.symbolic.facts.check import CHECKS, holds
from soar2cot.engines.symbolic.facts.check.trail import ON_TRAIL
from soar2cot.engines.symbolic.facts.claims import Claim, Scope, States, Value
from soar2cot.engines.symbolic.facts.find import find_all
from soar2cot.engines.symbolic.facts.find.view import Views
from soar2cot.engines.symbolic.facts.predicates import PREDICATES
from soar2cot.engines.symbolic.facts.sentences import render
from soar2cot.engines.symbolic.facts.words import KINDS
from soar2cot.errors import NoInstructionError
from soar2cot.records import Grid


def g(text: str) -> Grid:
    """`12/34` as a grid of two rows."""
    return [[int(cell) for cell in row] for row in text.split("/")]


def challenge(*pairs: str) -> Challenge:
    """A puzzle from `input>output` texts."""
    train = tuple(Example(g(pair.split(">")[0]), g(pair.split(">")[1])) for pair in pairs)
    return Challenge("a1b2c3d4", train, (Input([[0]]),))


# predicate, arguments, pairs of which it is true; then arguments of near misses on the same pairs
FOUND: list[tuple[str, tuple[Value, ...], tuple[str, ...], list[tuple[Value, ...]]]] = [
    ("no_change", (), ("01>01", "2/0>2/0"), []),
    ("same_size", (), ("01>10", "2/0>0/2"), []),
    ("both_size", ((1, 2),), ("01>10", "20>02"), [((2, 1),), ((1, 3),)]),
    ("two_sizes", ((1, 2), (1, 1)), ("01>1", "20>0"), [((1, 1), (1, 2)), ((1, 2), (1, 2))]),
    ("constant_grid", (), ("01>5", "2/0>5"), []),
    ("output_size", ((1, 1),), ("01>1", "2/0>0"), [((1, 2),)]),
    ("input_size", ((1, 2),), ("01>1", "20>0/0"), [((2, 1),)]),
    ("times_both", (2,), ("1>12/34", "12>1212/1212"), [(1,), (3,)]),
    ("times_size", (1, 2), ("1>12", "12>1212"), [(2, 1), (1, 3)]),
    ("part_both", (2,), ("12/34>1", "1212/1212>12"), [(3,)]),
    ("part_size", (1, 2), ("12>1", "1212>12"), [(2, 1)]),
    ("swapped_size", (), ("12>1/2", "1/2/3>123"), []),
    ("size_delta", ((1, -1),), ("12>1/2", "123>11/22"), [((-1, 1),), ((1, -2),)]),
    ("output_height", (1,), ("1/2>12", "1/2/3>123"), [(2,)]),
    ("output_width", (1,), ("123>1/2", "12>1/2/3"), [(2,)]),
    ("same_height", (), ("123>1", "1/2>11/22"), []),
    ("same_width", (), ("1/2/3>1", "12>12/21"), []),
    ("square_output", (), ("123>12/34", "1/2>1"), []),
    ("smaller", (), ("123>1", "1/2>1"), []),
    ("larger", (), ("1>123", "1>1/2"), []),
    ("size_measure", ("width", "cells", 0), ("0010>3", "0220>33"), [("height", "cells", 0), ("width", "colours", 0)]),
    ("background", (0,), ("001>001", "020/000>111/111"), [(1,), (2,)]),
    ("input_colours", ((0, 1),), ("01>2", "10>3"), [((0, 2),), ((0,),), ((0, 1, 2),)]),
    ("shared_colours", ((0, 1),), ("0123>0", "0145>0"), [((0,),), ((0, 1, 2),)]),
    ("input_colour_count", (2,), ("01>1", "02>1"), [(1,), (3,)]),
    ("output_colours", ((2,),), ("01>2", "10>22"), [((2, 3),), ((3,),)]),
    ("one_output_colour", (), ("01>2", "10>33"), []),
    ("same_colours", (), ("01>1/0", "2>22"), []),
    ("new_colours", ((2,),), ("01>012", "3>32"), [((3,),), ((1, 2),)]),
    ("lost_colours", ((1,),), ("01>0", "31>3"), [((0,),)]),
    ("no_new_colour", (), ("012>0", "3>3"), []),
    ("same_tally", (), ("011>1/0/1", "2>2"), []),
    ("output_fills", (0, "most"), ("0112>1", "0223>22"), [(0, "least"), (1, "most")]),
    ("change_map", (((0, 2),),), ("01>21", "100>102"), [(((0, 3),),), (((1, 2),),), (((2, 0),),)]),
    ("changed_from", (0,), ("01>21", "10>13"), [(1,), (2,)]),
    ("changed_to", (2,), ("01>21", "31>32"), [(1,), (3,)]),
    ("kept", ((5,),), ("015>125", "01>30"), [((1,),), ((5, 0),)]),
    ("recolour", (((1, 2),),), ("01>02", "131>232"), [(((1, 3),),), (((2, 1),),), (((1, 2), (3, 4)),)]),
    ("recolour_by_pair", (), ("01>02", "01>05"), []),
    ("changed_count", (1,), ("01>02", "00>03"), [(2,), (0,)]),
    ("enclosed_all", (0,), ("1110/1010/1110>1110/1210/1110", "111/101/111>111/121/111"), [(1,)]),
    ("enclosed_some", (0,), ("11111/10101/11111>11111/12101/11111", "111/101/111>111/121/111"), [(1,)]),
    ("changed_beside", (3,), ("03/00>23/00", "300/400>320/400"), [(4,), (1,)]),
    ("changed_between", (3,), ("3003>3223", "3/0/3/0>3/2/3/0"), [(2,), (4,)]),
    ("changed_in_box", (0,), ("0000/0101/0000>0000/0121/0000",), [(1,)]),
    ("changed_in_line", ("rows",), ("00/01/00>22/01/00", "001/000>001/222"), [("columns",)]),
    ("changed_aligned", (4,), ("400/000/010>402/000/010",), [(1,), (3,)]),
    ("changed_border", (), ("000/000/000>222/202/222",), []),
    ("line_tally", ("rows",), ("012>021", "01/00>10/00"), [("columns",)]),
    ("flip", ("lr",), ("01/23>10/32",), [("ud",), ("180",), ("transpose",)]),
    ("flip", ("cw",), ("01/23/45>420/531",), [("ccw",), ("anti",)]),
    ("crop_box", (0,), ("0000/0120/0000>12", "00/03>3"), [(1,)]),
    ("crop_object", ("most", 0), ("11000/11002>11/11", "30000/00444>444"), [("least", 0), ("most", 1)]),
    ("crop_colour", (3,), ("0000/0313/0001>313", "03/20/00>3"), [(1,), (0,)]),
    ("crop_inside", (3,), ("000000/033330/031230/033330/000000>12",), [(1,), (0,)]),
    ("one_compartment", (5,), ("12512/34500/11511>12/34/11",), [(1,)]),
    ("subgrid", (), ("0123/4567>12/56", "0123/4506>50"), []),
    ("half", ("left",), ("0123>01", "4567>45"), [("right",), ("top",)]),
    ("upscale", (1, 2), ("12>1122",), [(2, 1), (1, 3)]),
    ("downscale", (1, 2), ("1122>12",), [(2, 1)]),
    ("fractal", (0,), ("10/00>1000/0000/0000/0000",), [(1,)]),
    ("tile", (1, 2), ("12>1212",), [(2, 1), (1, 3)]),
    ("tile_flips", (1, 2), ("12>1221",), [(2, 1)]),
    ("input_in_corner", ("top left",), ("12>123/000",), [("top right",), ("bottom left",)]),
    ("gravity", (0, "down"), ("10/02/00>00/00/12",), [(0, "up"), (0, "left"), (1, "down")]),
    ("shift", ((0, 1),), ("12034567>71203456",), [((0, -1),), ((1, 0),), ((0, 2),)]),
    ("logic", ("columns", 0, 3, "and"), ("1100010>030",), [("columns", 0, 3, "xor"), ("columns", 0, 4, "and")]),
    ("shape_count", ("4", 0, 2), ("0110/0002>0", "2020>0"), [("4", 0, 1), ("4", 0, 3), ("8", 1, 2)]),
    ("object_count", (0, 2), ("011002>0", "033204>0"), [(0, 1), (0, 3), (5, 2)]),
    ("same_shape_count", ("4", 0), ("0110>0020", "101>0101"), []),
    ("both_shape_count", ("4", 0, 2), ("0102>0303", "101>0101"), [("4", 0, 1)]),
    ("output_shape_count", ("4", 0, 1), ("01020>03300", "100>010"), [("4", 0, 2)]),
    ("shapes_recoloured", ("8", 0), ("0110/0002>0330/0004",), []),
    ("rank_becomes", ("8", 0, "most", 3), ("1100002>3300002", "0202200>0203300"), [("8", 0, "least", 3)]),
    ("size_decides", ("8", 0, ((1, 4), (2, 3))), ("1100001>3300004",), [("8", 0, ((1, 3), (2, 4)))]),
    ("removed_only", ("8", 0), ("1100002>1100000",), []),
    ("small_vanish", ("8", 0, 1), ("1100002>1100000",), [("8", 0, 2)]),
    ("moved", (0, 1, (0, 1)), ("1002>0102", "0110>0011"), [(0, 1, (0, -1)), (0, 2, (0, 1)), (0, 1, (1, 0))]),
    ("all_rectangles", ("4", 0), ("1100/1102/0000>0",), []),
    ("single_cells", (0,), ("0100/0002/0000>0",), [(1,)]),
    ("output_symmetries", ((0,),), ("0>121/343", "0>1221/5665"), [((1,),), ((0, 1),)]),
    ("input_symmetries", ((0,),), ("121/343>0", "1221/5665>0"), [((1,),), ((0, 2),)]),
    ("row_period", (2,), ("0>12/34/12/34",), [(1,), (3,)]),
    ("column_period", (2,), ("0>1212/3434",), [(1,), (4,)]),
    ("uniform_lines", ("rows",), ("0>11/22",), [("columns",)]),
    ("separators", (5,), ("01050/10052/00050>0",), [(0,), (1,)]),
    ("compartments", (5, 1, 2), ("01050/10052/00050>0",), [(5, 2, 1), (5, 1, 3)]),
]


NAMES = [f"{row[0]}-{k}" for k, row in enumerate(FOUND)]


def claim(predicate: str, args: tuple[Value, ...], scope: Scope = Scope("pairs")) -> Claim:  # noqa: B008
    """The claim with these slots, the last one being its value where the predicate has one."""
    if PREDICATES[predicate].valued:
        return Claim(predicate, args[:-1], scope, args[-1])
    return Claim(predicate, args, scope)


@pytest.mark.parametrize(("predicate", "args", "pairs", "misses"), FOUND, ids=NAMES)
def test_a_true_claim_holds_and_its_near_misses_do_not(
    predicate: str, args: tuple[Value, ...], pairs: tuple[str, ...], misses: list[tuple[Value, ...]]
) -> None:
    states = States(challenge(*pairs))
    assert holds(claim(predicate, args), states)
    assert [miss for miss in misses if holds(claim(predicate, miss), states)] == []


@pytest.mark.parametrize(("predicate", "args", "pairs", "misses"), FOUND, ids=NAMES)
def test_the_finder_sees_what_is_there(
    predicate: str, args: tuple[Value, ...], pairs: tuple[str, ...], misses: list[tuple[Value, ...]]
) -> None:
    assert claim(predicate, args) in find_all(Views(challenge(*pairs)))


def test_every_predicate_has_a_checker_and_every_checker_words() -> None:
    assert set(PREDICATES) == set(CHECKS) | set(ON_TRAIL)


def test_every_fact_about_all_pairs_stands_in_the_table_above() -> None:
    assert {name for name, entry in PREDICATES.items() if entry.every} == {row[0] for row in FOUND}


def test_every_wording_uses_every_slot_once_and_slots_are_known() -> None:
    for entry in PREDICATES.values():
        assert set(entry.slots) <= set(KINDS)
        assert entry.every or entry.one
        for wording in (*entry.every, *entry.one):
            assert [wording.count(f"{{{k}}}") for k in range(len(entry.slots) + 1)] == [1] * len(entry.slots) + [0], (
                wording
            )
            assert entry.family == "line" or (". " not in wording and ";" not in wording)


def test_what_is_implied_exists() -> None:
    assert {name for entry in PREDICATES.values() for name in entry.implies} <= set(PREDICATES)


def test_the_checker_shares_no_code_with_the_words_or_the_finder() -> None:
    allowed = {"claims", "check"}
    for path in Path(check_package.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            module = getattr(node, "module", None) or ""
            if isinstance(node, ast.ImportFrom) and ".symbolic.facts" in module:
                assert module.split(".facts")[1].strip(".").split(".")[0] in allowed, f"{path.name} imports {module}"
            if isinstance(node, ast.Import):
                assert all("numpy" not in name.name and "scipy" not in name.name for name in node.names), path.name


def test_a_false_claim_stops_the_text() -> None:
    states = States(challenge("01>02"))
    with pytest.raises(NoInstructionError, match=r"task a1b2c3d4: 1 of 2 claims failed .*changed_count"):
        assure([claim("same_size", ()), claim("changed_count", (2,))], states)


@pytest.mark.parametrize(
    "scope", [Scope("pair", 5), Scope("pair", -1), Scope("test", 3), Scope("step", 0), Scope("step", 0, "test", 9)]
)
def test_a_claim_about_what_was_not_recorded_is_false(scope: Scope) -> None:
    assert not holds(Claim("no_change", (), scope), States(challenge("01>01")))


def test_a_claim_with_values_of_the_wrong_kind_is_false() -> None:
    states = States(challenge("01>02"))
    assert not holds(Claim("changed_count", ("x", 3), Scope("pairs"), 1), states)
    assert not holds(Claim("unheard_of", (), Scope("pairs")), states)
    assert not holds(Claim("same_size", (), Scope("pairs"), False), states)


def test_colours_are_said_with_their_integer() -> None:
    assert "light blue (8)" in render(claim("background", (8,)))
    assert render(claim("change_map", (((0, 9),),))).endswith("from black (0) to maroon (9)")


def test_every_predicate_is_explained_to_users() -> None:
    page = (Path(__file__).parents[2] / "docs" / "claims.md").read_text()
    assert [name for name in PREDICATES if f"| `{name}` |" not in page] == []
