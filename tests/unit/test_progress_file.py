"""progress.json: its exact form, its strict reading, the place of every fault."""

from __future__ import annotations

import codecs
import json
import os
from pathlib import Path

import pytest

from soar2cot import progress_file
from soar2cot.errors import ProgressFileError
from soar2cot.keyset import KeySet
from soar2cot.progress_file import EntryTexts, parse_progress, read_progress, render_progress
from soar2cot.records import SampleKey

A = SampleKey("007bbfb7", 0, "original")
B = SampleKey("00d62c1b", 3, "hindsight")


def rendered(*keys: SampleKey, last: int = 0) -> bytes:
    return b"".join(render_progress(KeySet(keys), last_saved_to_parquet=last))


def test_holds_exactly_the_published_fields() -> None:
    assert json.loads(rendered(A, B, last=1)) == {
        "completed": [
            {"task_id": "007bbfb7", "round_index": 0, "data_type": "original"},
            {"task_id": "00d62c1b", "round_index": 3, "data_type": "hindsight"},
        ],
        "total_completed": 2,
        "last_saved_to_parquet": 1,
    }


def test_empty_is_valid_too() -> None:
    assert json.loads(rendered())["completed"] == []


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    whole = rendered(*(SampleKey("t", n, "original") for n in range(5)))
    monkeypatch.setattr(progress_file, "FEW", 0)
    monkeypatch.setattr(progress_file, "CHUNK", chunk)
    assert rendered(*(SampleKey("t", n, "original") for n in range(5))) == whole


def test_what_was_rendered_before_is_taken_only_where_it_still_stands_in_the_set() -> None:
    texts, keys = EntryTexts(), KeySet([A])
    other = KeySet([SampleKey("otherone", 0, "original"), B])
    for change in (lambda: None, lambda: keys.add(B), lambda: keys.remove(keys.packed[:1]), lambda: keys.add(A)):
        change()
        assert texts.of(keys) == EntryTexts().of(keys)
        assert texts.of(other) == EntryTexts().of(other)
        assert texts.of(keys) == EntryTexts().of(keys)


def test_odd_task_ids_survive() -> None:
    key = SampleKey('a"b\\c\n가', 1, "original")
    assert list(parse_progress(rendered(key), source="p").keys) == [key]


@pytest.mark.parametrize("fast_from", [0, 1 << 30])
def test_both_readers_agree(monkeypatch: pytest.MonkeyPatch, fast_from: int) -> None:
    keys = [SampleKey(f"{n % 7:08x}", n // 7, "original" if n % 3 else "hindsight") for n in range(1000)]
    monkeypatch.setattr(progress_file, "FAST_FROM_BYTES", fast_from)
    found = parse_progress(rendered(*keys, last=5), source="p")
    assert (list(found.keys), found.total_completed, found.last_saved_to_parquet, found.duplicates) == (
        keys,
        1000,
        5,
        0,
    )


@pytest.mark.parametrize("fast_from", [0, 1 << 30])
def test_a_duplicate_counts_once(monkeypatch: pytest.MonkeyPatch, fast_from: int) -> None:
    monkeypatch.setattr(progress_file, "FAST_FROM_BYTES", fast_from)
    lines = rendered(A, B).replace(b'"original"},\n', b'"original"},\n    ' + json.dumps(A._asdict()).encode() + b",\n")
    found = parse_progress(lines, source="p")
    assert (list(found.keys), found.duplicates) == ([A, B], 1)


ONE = '{"completed": [%s]}'
GOOD = '{"task_id": "a", "round_index": 0, "data_type": "original"}'


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ('{"completed": [' + GOOD + "\n,,]}", "line 2, column 2", "Expecting value"),
        ('{"completed": [' + GOOD, "line 1, column 75", "Expecting"),
        ('{"completed": [\n' + GOOD + ",\n  " + GOOD.replace("0", '"0"') + "]}", "line 3, column 3", 'it is "0"'),
        ('{"completed": [' + GOOD.replace("0", "true") + "]}", "line 1, column 16", "it is true"),
        ('{"completed": [' + GOOD.replace("0", "-1") + "]}", "line 1, column 16", "it is -1"),
        ('{"completed": [' + GOOD.replace("original", "other") + "]}", "line 1, column 16", 'it is "other"'),
        ('{"completed": [' + GOOD.replace('"a"', "5") + "]}", "line 1, column 16", '"task_id" must be a text'),
        (
            ONE % '{"task_id": "a"}',
            "line 1, column 16",
            '"round_index" must be an integer from 0 to 2147483647, it is miss',
        ),
        (
            ONE % GOOD.replace("0", "4611686018427387904"),
            "line 1, column 16",
            "to 2147483647, it is 4611686018427387904",
        ),
        (ONE % GOOD.replace("0", "9" * 5000), "line 1, column 48", "an integer of too many digits"),
        (ONE % GOOD.replace("0", "9" * 80), "line 1, column 16", "it is " + "9" * 60 + " …"),
        (
            ONE % ("\n" + GOOD.replace('"a"', r'"\ud800"')),
            "line 2, column 1",
            r'a text of whole characters, it is "\ud800"',
        ),
        (ONE % GOOD.replace('"a"', r'["\ud800"]'), "line 1, column 16", r'must be a text, it is ["\ud800"]'),
        (ONE % ("[" * 100_000 + "]" * 100_000), "line 1, column 1", "too deep"),
        (
            '{"completed": [],\n "last_saved_to_parquet": 1' + "0" * 25 + "}",
            "line 2, column 2",
            "to 2147483647, it is 1000",
        ),
        ('{"completed": ["x"]}', "line 1, column 16", "an entry is an object"),
        ('{"completed": [],\n "total_completed": "2"}', "line 2, column 2", '"total_completed" must be an integer'),
        ('{"completed": {}}', "line 1, column 1", 'a list "completed"'),
        ("[]", "line 1, column 1", "must be an object"),
        ("", "line 1, column 1", "Expecting value"),
    ],
)
def test_faults_are_named_with_their_place_and_the_ways_out(text: str, place: str, reason: str) -> None:
    with pytest.raises(ProgressFileError) as error:
        parse_progress(text.encode(), source="runs/x/progress.json")
    message = str(error.value)
    assert f"runs/x/progress.json, {place}: " in message
    assert reason in message
    assert "Nothing was changed" in message
    assert "soar2cot progress export" in message


def test_bytes_that_are_no_text_are_named_too() -> None:
    with pytest.raises(ProgressFileError, match="line 1, column 3: no UTF-8"):
        parse_progress(b'{"\xff', source="p")


@pytest.mark.parametrize("fast_from", [0, 1 << 30])
def test_numbers_and_texts_that_no_ledger_takes_are_refused_by_both_readers(
    monkeypatch: pytest.MonkeyPatch, fast_from: int
) -> None:
    monkeypatch.setattr(progress_file, "FAST_FROM_BYTES", fast_from)
    whole = rendered(A, B, last=7)
    for old, new in ((b"007bbfb7", rb"\ud800"), (b": 3,", b": 2147483648,"), (b": 7\n", b": 2147483648\n")):
        with pytest.raises(ProgressFileError, match=r"line \d+, column \d+"):
            parse_progress(whole.replace(old, new), source="p")


def test_the_mark_that_some_editors_put_at_the_beginning_is_read_over() -> None:
    found = parse_progress(codecs.BOM_UTF8 + rendered(A, B), source="p")
    assert list(found.keys) == [A, B]
    with pytest.raises(ProgressFileError, match="line 1, column 1: "):
        parse_progress(codecs.BOM_UTF8 + b"x", source="p")


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to a folder", "below a file", "link to itself"])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "progress.json"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "below a file":
        path.touch()
        path = path / "progress.json"
    else:
        path.symlink_to(tmp_path if kind == "link to a folder" else path)
    with pytest.raises(ProgressFileError, match="Nothing was changed") as error:
        read_progress(path)
    assert str(error.value).startswith(f"{path} cannot be read: ")


def test_a_link_is_read_as_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(rendered(A))
    (tmp_path / "progress.json").symlink_to("target")
    found = read_progress(tmp_path / "progress.json")
    assert found is not None
    assert list(found.keys) == [A]


def test_a_hand_made_file_needs_the_list_alone() -> None:
    found = parse_progress(('{"completed": [' + GOOD + "]}").encode(), source="p")
    assert (len(found.keys), found.total_completed, found.last_saved_to_parquet) == (1, None, 0)


def test_few_entries_are_written_as_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [SampleKey(f'quoted " \\ é {n % 3}', n, "hindsight" if n % 2 else "original") for n in range(50)]
    few = rendered(*keys)
    monkeypatch.setattr(progress_file, "FEW", 0)
    assert rendered(*keys) == few
