"""What stands in an analysis and a chain of thought, and what a reader of them notices."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from soar2cot.challenge import Challenge, Example, Input, render_grid
from soar2cot.engines.symbolic.checkpoints import Checkpoint
from soar2cot.engines.symbolic.facts import Facts, Trails, analyse, check_pair, check_text, think
from soar2cot.engines.symbolic.facts.choose import share
from soar2cot.errors import NoInstructionError
from soar2cot.records import Grid

LENGTHS = ("short", "medium", "full")


def g(text: str) -> Grid:
    """`12/34` as a grid of two rows."""
    return [[int(cell) for cell in row] for row in text.split("/")]


HOLES = Challenge(
    "00d62c1b",
    (
        Example(g("03330/03030/03330/00000"), g("03330/03430/03330/00000")),
        Example(g("333/303/333"), g("333/343/333")),
    ),
    (Input(g("0000000/0333030/0303333/0333000")),),
)
FILLED = g("0000000/0333030/0343333/0333000")
FIND = "Find the black (0) cells that no path joins to the border."
FILL = "Colour each found cell yellow (4)."


def holes(before: Grid, after: Grid) -> tuple[Checkpoint, ...]:
    """The trail of a method that looks first and fills then."""
    return Checkpoint(1, FIND, before, before, ("1 cell",)), Checkpoint(2, FILL, before, after)


HOLES_TRAILS = Trails(1, holes(HOLES.train[1].input, HOLES.train[1].output), (holes(HOLES.test[0].input, FILLED),))

COLUMN = [g(text) for text in ("1000/0000/0000/0000/2222", "1000/1000/0000/0000/2222", "1000/1000/1000/0000/2222")]
DOWN = "Go on down from each blue (1) cell."


def loop() -> tuple[Challenge, Trails]:
    """A step of five turns, the third of which does nothing, then a crop and a mirror."""
    last = g("1000/1000/1000/1000/2222")
    grids = [*COLUMN, COLUMN[2], last, last]
    points = [Checkpoint(1, DOWN, a, b) for a, b in pairwise(grids)]
    half = [row[:2] for row in last]
    whole = [row + row[::-1] for row in half]
    points += [Checkpoint(2, "Keep the left half.", last, half), Checkpoint(3, "Mirror it.", half, whole)]
    challenge = Challenge("1e0a9b12", (Example(COLUMN[0], whole),), (Input(COLUMN[0]),))
    return challenge, Trails(0, tuple(points), (tuple(points),))


def test_the_analysis_says_the_size_then_the_telling_facts_then_a_line_per_pair() -> None:
    first, *pairs = analyse(HOLES).split("\n")
    size, *facts = first.removesuffix(".").split(". ")
    assert size == "Each output has the same size as its input"
    assert len(facts) == 5
    assert "Exactly the black (0) cells that are shut off from the border change" in facts
    assert "Cells change only from black to yellow (4)" in facts
    assert pairs == [
        "Pair 1: the input has 4 rows by 5 columns; besides black, the input holds 8 green cells; 1 cell changed from "
        "black to yellow.",
        "Pair 2: the input has 3 rows by 3 columns; besides black, the input holds 8 green cells; 1 cell changed from "
        "black to yellow.",
    ]


def test_rarer_facts_come_first_and_what_they_imply_is_left_out() -> None:
    facts = Facts(HOLES).chosen
    shares = [share(claim) for claim in facts.facts]
    assert shares == sorted(shares)
    assert {"changed_from", "changed_to", "enclosed_some", "same_size"}.isdisjoint(
        claim.predicate for claim in facts.facts
    )


def test_the_analysis_does_not_depend_on_the_test_inputs() -> None:
    other = Challenge(HOLES.task_id, HOLES.train, (Input(g("99/99")), Input(g("5"))))
    assert analyse(other) == analyse(HOLES)


@pytest.mark.parametrize("length", LENGTHS)
def test_a_colour_is_bound_to_its_integer_at_its_first_mention(length: str) -> None:
    said = think(HOLES, HOLES_TRAILS, length)[0].replace(FIND, "").replace(FILL, "")
    for name, number in (("green", 3),):
        mentions = re.findall(rf"{name}( \({number}\))?", said)
        assert mentions[0] and not any(mentions[1:])


@pytest.mark.parametrize("length", LENGTHS)
def test_a_chain_of_thought_goes_from_observing_to_the_answer(length: str) -> None:
    text = think(HOLES, HOLES_TRAILS, length)[0]
    places = [
        text.index(words)
        for words in (
            "Observe.",
            "Rule. Rows and columns are counted from 0.\n1. ",
            "Check on pair 2.",
            "Test input 1.",
            "Answer:",
        )
    ]
    assert places == sorted(places)
    assert text.endswith("Answer:\n" + render_grid(FILLED))
    assert text.count(render_grid(FILLED)) == 1


def test_the_check_counts_the_changed_cells_and_says_how_it_ends() -> None:
    text = think(HOLES, HOLES_TRAILS, "medium")[0]
    assert "Step 2. 1 cell changed from black to yellow.\nCompared with the input, 1 cell changed in all; " in text
    assert "the result is the output of the pair, cell by cell." in text


def test_each_step_on_the_test_input_says_what_is_looked_for_found_and_changed() -> None:
    text = think(HOLES, HOLES_TRAILS, "medium")[0]
    told = text[text.index("Test input 1.") :].split("\n")
    assert told[1:5] == [
        f"Step 1: {FIND}",
        "Found: 1 cell.",
        f"Step 2: {FILL}",
        "1 cell changed from black to yellow; yellow comes to row 2 column 2.",
    ]


def test_a_loop_tells_the_first_turn_the_last_the_odd_one_and_the_sum() -> None:
    challenge, trails = loop()
    text = think(challenge, trails, "medium")[0]
    told = text[text.index("Test input 1.") :]
    assert "This takes 5 turns; besides the last, 1 turn unlike the first." in told
    assert re.findall(r"(First turn|Turn \d|Last turn): (\w+ \w+)", told) == [
        ("First turn", "1 cell"),
        ("Turn 3", "Nothing changes"),
        ("Last turn", "Nothing changes"),
    ]
    assert "Over all turns 3 cells changed." in told


def test_a_whole_grid_stands_only_where_the_size_changes() -> None:
    challenge, trails = loop()
    medium = think(challenge, trails, "medium")[0]
    half = render_grid([row[:2] for row in g("1000/1000/1000/1000/2222")])
    assert medium.count(f"becomes one of 5 rows by 2 columns.\n{half}\n") == 1
    assert f"\n{half}\n" not in think(challenge, trails, "short")[0]
    assert len(re.findall(r"^[\d ]+$", medium, flags=re.M)) == 5 + 5


def test_longer_lengths_say_more() -> None:
    for challenge, trails in ((HOLES, HOLES_TRAILS), loop()):
        sizes = [len(think(challenge, trails, length)[0]) for length in LENGTHS]
        assert sizes == sorted(set(sizes))


def test_a_method_that_misses_the_output_is_not_said_to_reach_it() -> None:
    wrong = Trails(1, holes(HOLES.train[1].input, HOLES.train[1].input), HOLES_TRAILS.tests)
    text = think(HOLES, wrong)[0]
    assert "the result misses the output of the pair in 1 cell." in text
    smaller = Trails(1, holes(HOLES.train[1].input, [[3]]), HOLES_TRAILS.tests)
    assert "another size than the output of the pair" in think(HOLES, smaller)[0]


def test_a_step_that_starts_elsewhere_says_so() -> None:
    start = HOLES.test[0].input
    points = (Checkpoint(1, "Turn it.", start, start[::-1]), Checkpoint(2, FILL, start, FILLED))
    text = think(HOLES, Trails(1, HOLES_TRAILS.check, (points,)))[0]
    assert "This step starts from the input again; 1 cell changed from black to yellow" in text


def test_without_a_step_the_answer_is_the_input() -> None:
    trails = Trails(1, (), ((),))
    text = think(HOLES, trails)[0]
    assert text.endswith("Answer:\n" + render_grid(HOLES.test[0].input))
    assert check_text(text, HOLES, trails) == ()


def test_there_is_a_text_per_test_input() -> None:
    two = Challenge(HOLES.task_id, HOLES.train, (*HOLES.test, Input(g("3"))))
    trails = Trails(1, HOLES_TRAILS.check, (*HOLES_TRAILS.tests, holes(g("3"), g("3"))))
    first, second = think(two, trails)
    assert first == think(HOLES, HOLES_TRAILS)[0]
    assert "Test input 2." in second and second.endswith("Answer:\n3")
    assert check_text(second, two, trails, test=1) == ()
    assert check_text(second, two, trails, test=0) != ()


def test_the_pair_shown_as_a_check_is_a_small_one_in_which_something_changes() -> None:
    assert check_pair(HOLES) == 1
    still = Challenge("x", (Example(g("1"), g("1")), Example(g("12/34"), g("12/30"))), (Input(g("1")),))
    assert check_pair(still) == 1


def test_facts_stand_for_the_challenge_and_give_the_same_texts() -> None:
    facts = Facts(HOLES)
    assert analyse(facts) == analyse(HOLES)
    assert think(facts, HOLES_TRAILS, "full") == think(HOLES, HOLES_TRAILS, "full")


@pytest.mark.parametrize("grid", [[], [[]], [[1], [1, 2]], [[10]], [[-1]]])
def test_a_checkpoint_that_holds_no_grid_is_refused(grid: Grid) -> None:
    trails = Trails(1, (Checkpoint(1, FILL, HOLES.train[1].input, grid),), HOLES_TRAILS.tests)
    with pytest.raises(NoInstructionError, match="00d62c1b: step 1 was recorded with something that is no grid"):
        think(HOLES, trails)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("only from black to yellow (4)", "only from black to red (2)", "false: Cells change only from black to red"),
        ("yellow (4)", "yellow (5)", "cannot be read"),
        ("exactly 1 cell changed", "exactly 2 cells changed", "false: In each pair exactly 2 cells changed"),
        ("share are left to right", "share are top to bottom", "false: The mirror symmetries"),
        ("4 rows by 5 columns", "5 rows by 4 columns", "false: the input has 5 rows by 4 columns"),
        ("8 green cells", "9 green cells", "false: besides black, the input holds 9 green cells"),
        ("Pair 2:", "Pair 1:", "lines stand for 2 of 2 pairs, or in another order"),
        ("are shut off from the border", "stand at the border", "cannot be read"),
    ],
)
def test_a_fault_in_an_analysis_is_named(old: str, new: str, fault: str) -> None:
    text = analyse(HOLES)
    assert check_text(text, HOLES) == ()
    assert any(fault in line for line in check_text(text.replace(old, new, 1), HOLES))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (f"2. {FILL}", "2. Colour each found cell red (2).", "false: Colour each found cell red (2)."),
        (f"1. {FIND}\n", "", "the rule leaves out step 1"),
        (f"Step 1: {FIND}\nFound: 1 cell.\n", "", "step 2 stands where step 1 was recorded"),
        ("Found: 1 cell.", "Found: 2 cells.", "false: 2 cells"),
        ("row 2 column 2", "row 2 column 3", "false: yellow comes to row 2 column 3"),
        ("Step 2. 1 cell changed from black to yellow.", "Step 2. Nothing changes.", "false: Nothing changes"),
        ("Check on pair 2.", "Check on pair 1.", "check on pair 1 stands where 2 was recorded"),
        ("; the result is the output of the pair, cell by cell", "", "the check has no result"),
        ("0 3 4 3", "0 3 3 4", "the answer is not the grid that was reached"),
        ("\n\nAnswer:\n", "\n\nThe end:\n", "cannot be read: The end:"),
    ],
)
def test_a_fault_in_a_chain_of_thought_is_named(old: str, new: str, fault: str) -> None:
    text = think(HOLES, HOLES_TRAILS)[0]
    assert check_text(text, HOLES, HOLES_TRAILS) == ()
    assert old in text
    assert any(fault in line for line in check_text(text.replace(old, new, 1), HOLES, HOLES_TRAILS))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("This takes 5 turns", "This takes 6 turns", "false: This takes 6 turns"),
        ("1 turn unlike", "2 turns unlike", "false: besides the last, 2 turns unlike the first"),
        ("Turn 3: Nothing", "Turn 4: Nothing", "turn 4 is no exception, or told twice"),
        ("Over all turns 3 cells", "Over all turns 2 cells", "false: Over all turns 2 cells changed"),
        ("Last turn: Nothing changes.\n", "", "step 1 is not told"),
        ("becomes one of 5 rows by 2 columns.\n1 0", "becomes one of 5 rows by 2 columns.\n0 1", "gives another grid"),
    ],
)
def test_a_fault_in_a_loop_is_named(old: str, new: str, fault: str) -> None:
    challenge, trails = loop()
    text = think(challenge, trails)[0]
    assert check_text(text, challenge, trails) == ()
    assert old in text
    assert any(fault in line for line in check_text(text.replace(old, new, 1), challenge, trails))


def test_a_changed_checkpoint_is_named_wherever_it_stands() -> None:
    challenge, trails = loop()
    text = think(challenge, trails, "short")[0]
    for place in range(len(trails.check)):
        points = list(trails.tests[0])
        after = [list(row) for row in points[place].after]
        after[0][0] = 7
        points[place] = Checkpoint(points[place].step, points[place].sentence, points[place].before, after)
        assert check_text(text, challenge, Trails(0, trails.check, (tuple(points),))) != ()
