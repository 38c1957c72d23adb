"""What `label` promises: row identity, order, whole or absent, errors that name the place."""

from __future__ import annotations

import itertools
import random
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from soar2cot import faults
from soar2cot.errors import InputError
from soar2cot.records import SampleKey
from soar2cot.soar_loader import label, open_soar
from soar2cot.soar_loader import write as write_module
from tests.loader_files import SCHEMA, TASKS, right, rows, write, wrong


def numbers(path: Path) -> dict[tuple[str, str], SampleKey]:
    """(task, program) → key."""
    return {(item.key.task_id, item.code): item.key for item in open_soar(path).stream()}  # type: ignore[union-attr]


def named_rows(prefix: str, n: int) -> list[dict[str, Any]]:
    """Rows with programs of their own."""
    return [
        (right if i % 3 else wrong)(task, i) | {"code": f"# {prefix} {i}\n{right(task)['code']}"}
        for task in TASKS[:2]
        for i in range(n)
    ]


def test_the_result_is_sorted_labelled_and_compact(tmp_path: Path) -> None:
    report = label(write(tmp_path / "raw.parquet", rows(5)), tmp_path / "out.parquet")
    table = pq.read_table(report.out)
    order = list(zip(table["round_index"].to_pylist(), table["task_id"].to_pylist(), strict=True))
    assert order == sorted(order)
    assert len(set(order)) == 20
    flags = table["correct_test_input"].to_pylist()
    assert table["data_type"].to_pylist() == ["original" if all(f) else "hindsight" for f in flags]
    assert (report.n_rows, report.n_tasks, report.n_rounds) == (20, 4, 5)
    assert (report.n_original, report.n_hindsight, report.bad_rows, report.kept) == (12, 8, 0, 0)
    assert report.size_bytes == report.out.stat().st_size


def test_small_row_groups_with_dictionaries_statistics_and_zstd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_module, "GROUP_ROWS", 8)
    out = label(write(tmp_path / "raw.parquet", rows(5)), tmp_path / "out.parquet").out
    footer = pq.ParquetFile(out).metadata
    assert [footer.row_group(i).num_rows for i in range(footer.num_row_groups)] == [8, 8, 4]
    columns = {footer.schema.column(i).path: footer.row_group(0).column(i) for i in range(footer.num_columns)}
    assert {column.compression for column in columns.values()} == {"ZSTD"}
    for name in ("task_id", "round_index", "data_type", "predicted_test_output.list.element.list.element.list.element"):
        assert columns[name].statistics.has_min_max
        assert columns[name].has_dictionary_page


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_in_which_shards_are_given_does_not_matter(tmp_path: Path, order: tuple[int, ...]) -> None:
    shards = [write(tmp_path / f"train-{i}.parquet", named_rows(f"shard {i}", 3)) for i in range(3)]
    expected = numbers(label(shards, tmp_path / "expected.parquet").out)
    assert numbers(label([shards[i] for i in order], tmp_path / "out.parquet").out) == expected


def test_a_folder_a_glob_and_a_list_are_the_same_and_ten_comes_after_two(tmp_path: Path) -> None:
    for i in (10, 2, 1):
        write(tmp_path / "in" / f"part-{i}.parquet", named_rows(f"shard {i}", 2))
    outs = [
        label(given, tmp_path / f"{name}.parquet").out
        for name, given in {
            "folder": tmp_path / "in",
            "glob": str(tmp_path / "in" / "part-*.parquet"),
            "list": list((tmp_path / "in").iterdir()),
        }.items()
    ]
    found = [numbers(out) for out in outs]
    assert found[0] == found[1] == found[2]
    first = [program for (task, program), key in found[0].items() if task == TASKS[0] and key.round_index < 4]
    assert [program.split("\n")[0] for program in first] == ["# shard 1 0", "# shard 1 1", "# shard 2 0", "# shard 2 1"]


def test_another_folder_on_another_machine_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write(tmp_path / "here" / "a.parquet", rows())
    second = write(tmp_path / "elsewhere" / "deep" / "a.parquet", rows())
    assert (
        label(first, tmp_path / "1.parquet").out.read_bytes() == label(second, tmp_path / "2.parquet").out.read_bytes()
    )


def test_rows_that_are_appended_get_the_next_numbers(tmp_path: Path) -> None:
    before = numbers(label(write(tmp_path / "raw.parquet", named_rows("a", 4)), tmp_path / "before.parquet").out)
    longer = write(tmp_path / "raw.parquet", named_rows("a", 4) + named_rows("b", 3))
    after = numbers(label(longer, tmp_path / "after.parquet").out)
    assert {program: after[program] for program in before} == before
    assert len(after) == len(before) + 6


def test_with_the_earlier_file_every_program_keeps_its_number_wherever_it_stands_now(tmp_path: Path) -> None:
    values = named_rows("a", 6) + [right(TASKS[0], 0)] * 2  # the same program twice
    earlier = label(write(tmp_path / "z.parquet", values), tmp_path / "out.parquet").out
    before = {(s.key, s.code) for s in open_soar(earlier).stream()}  # type: ignore[union-attr]
    shuffled = values + named_rows("new", 3)
    random.Random(1).shuffle(shuffled)
    write(tmp_path / "in" / "a.parquet", shuffled[:7])
    write(tmp_path / "in" / "b.parquet", shuffled[7:])
    report = label(tmp_path / "in", earlier)
    after = {(s.key, s.code) for s in open_soar(earlier).stream()}  # type: ignore[union-attr]
    assert before <= after
    assert report.kept == len(values)
    rounds = sorted(key.round_index for key, _ in after if key.task_id == TASKS[0])
    assert rounds == list(range(len(rounds)))


def test_the_number_of_a_program_that_is_gone_is_not_given_again(tmp_path: Path) -> None:
    out = label(write(tmp_path / "raw.parquet", named_rows("a", 4)), tmp_path / "out.parquet").out
    last = max(key.round_index for key in numbers(out).values())
    kept = [row for row in named_rows("a", 4) if " 3\n" not in row["code"]]
    label(write(tmp_path / "raw.parquet", kept + named_rows("b", 1)), out)
    new = [key for (_, code), key in numbers(out).items() if code.startswith("# b")]
    assert [key.round_index for key in new] == [last + 1] * 2


def test_keep_names_the_earlier_file(tmp_path: Path) -> None:
    earlier = label(write(tmp_path / "raw.parquet", named_rows("a", 4)), tmp_path / "earlier.parquet").out
    turned = write(tmp_path / "raw.parquet", named_rows("a", 4)[::-1])
    assert numbers(label(turned, tmp_path / "1.parquet").out) != numbers(earlier)
    assert numbers(label(turned, tmp_path / "2.parquet", keep=earlier).out) == numbers(earlier)


def test_an_existing_file_of_other_data_is_not_replaced(tmp_path: Path) -> None:
    out = label(write(tmp_path / "raw.parquet", named_rows("a", 2)), tmp_path / "out.parquet").out
    before = out.read_bytes()
    with pytest.raises(InputError, match="other data"):
        label(write(tmp_path / "other.parquet", named_rows("b", 2)), out)
    with pytest.raises(InputError, match="is a raw file"):
        label(tmp_path / "other.parquet", tmp_path / "raw.parquet")
    assert out.read_bytes() == before


@pytest.mark.parametrize("memory_bytes", [1, 60_000, 1 << 30])
def test_little_memory_gives_the_same_file(tmp_path: Path, memory_bytes: int) -> None:
    raw = write(tmp_path / "raw.parquet", rows(6))
    expected = label(raw, tmp_path / "expected.parquet").out.read_bytes()
    assert label(raw, tmp_path / "out.parquet", memory_bytes=memory_bytes).out.read_bytes() == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["expected.parquet", "out.parquet", "raw.parquet"]


def test_a_name_without_parquet_gives_a_folder_of_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_module, "GROUP_ROWS", 4)
    monkeypatch.setattr(write_module, "PART_ROWS", 8)
    raw = write(tmp_path / "raw.parquet", rows(5))
    out = label(raw, tmp_path / "out").out
    assert sorted(path.name for path in out.iterdir()) == [f"part-0000{i}.parquet" for i in range(3)]
    data = open_soar(out)
    assert data.is_sorted
    assert data.identity == open_soar(raw).identity
    assert numbers(out) == numbers(raw)
    label(raw, out)
    assert numbers(out) == numbers(raw)
    (out / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="holds other things"):
        label(raw, out)


def test_labelling_a_labelled_file_keeps_its_rounds(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.parquet", rows())
    table = pq.read_table(label(raw, tmp_path / "1.parquet").out)
    pq.write_table(table.take(pa.array([5, 0, 11, 3, 1, 2, 4, 10, 9, 8, 7, 6])), tmp_path / "unsorted.parquet")
    assert not open_soar(tmp_path / "unsorted.parquet").is_sorted
    again = label(tmp_path / "unsorted.parquet", tmp_path / "2.parquet").out
    assert open_soar(again).is_sorted
    assert numbers(again) == numbers(raw)
    assert open_soar(again).identity == open_soar(tmp_path / "1.parquet").identity


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    label(
        write(tmp_path / "raw.parquet", rows()), tmp_path / "out.parquet", on_progress=lambda *args: told.append(args)
    )
    assert ("dealt", 12, 12) in told
    assert told[-1] == ("written", 12, 12)


def test_a_file_without_rows_can_be_labelled_and_opened(tmp_path: Path) -> None:
    out = label(write(tmp_path / "raw.parquet", []), tmp_path / "out.parquet").out
    assert list(open_soar(out).stream()) == []
    assert open_soar(out).n_rows == 0


# --- stopped in the middle


@pytest.mark.parametrize("point", ["atomic.before_write", "atomic.before_rename"])
@pytest.mark.parametrize("action", ["raise", "full"])
def test_stopped_before_the_end_the_earlier_file_stands(tmp_path: Path, point: str, action: str) -> None:
    raw = write(tmp_path / "raw.parquet", rows())
    out = label(raw, tmp_path / "out.parquet").out
    before = out.read_bytes()
    write(raw, rows() + named_rows("more", 2))
    faults.arm(point, action)
    with pytest.raises((RuntimeError, OSError)):
        label(raw, out, memory_bytes=60_000)
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.parquet", "raw.parquet"]


def test_a_read_error_leaves_no_output(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.parquet", rows(20), group_rows=20)
    damaged = bytearray(raw.read_bytes())
    place = pq.ParquetFile(raw).metadata.row_group(2).column(0).data_page_offset
    damaged[place : place + 200] = b"\xff" * 200
    raw.write_bytes(damaged)
    with pytest.raises(InputError, match=r"raw.parquet, row group 2: cannot be read"):
        label(raw, tmp_path / "out.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["raw.parquet"]


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.parquet", rows())
    spill = tmp_path / ".out.parquet.999999999.spill"
    spill.mkdir()
    (spill / "00000.arrow").write_bytes(b"x")
    (tmp_path / ".out.parquet.999999999.tmp").write_bytes(b"x")
    label(raw, tmp_path / "out.parquet", memory_bytes=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.parquet", "raw.parquet"]


def test_a_folder_that_lost_its_name_to_a_kill_gets_it_back(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.parquet", rows())
    out = label(raw, tmp_path / "out").out
    expected = numbers(out)
    out.rename(tmp_path / ".out.999999999.earlier")
    shutil.copytree(tmp_path / ".out.999999999.earlier", tmp_path / ".out.999999999.draft")
    report = label(raw, out)
    assert numbers(out) == expected
    assert report.kept == 12
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "raw.parquet"]


# --- files that are none


def test_a_missing_column_and_one_of_another_type_are_named(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.parquet", rows())
    table = pq.read_table(raw)
    pq.write_table(table.drop_columns(["code"]), raw)
    with pytest.raises(InputError, match=r"raw.parquet: not in the SOAR schema: column code missing; it has correct_"):
        label(raw, tmp_path / "out.parquet")
    pq.write_table(table.set_column(5, "task_id", pa.array(range(12))), raw)
    with pytest.raises(InputError, match="column task_id is int64, it must be text"):
        label(raw, tmp_path / "out.parquet")
    pq.write_table(table.set_column(2, "predicted_train_output", pa.array([b"pickle"] * 12)), raw)
    with pytest.raises(InputError, match="column predicted_train_output is binary, it must be a list of grids"):
        label(raw, tmp_path / "out.parquet")


def test_a_null_key_is_named_with_its_row(tmp_path: Path) -> None:
    values = rows()
    values[7]["task_id"] = None
    raw = write(tmp_path / "raw.parquet", values)
    with pytest.raises(InputError, match=r"raw.parquet, row 7, column task_id: null"):
        label(raw, tmp_path / "out.parquet")


def change(path: Path, name: str, values: list[Any], kind: Any) -> Path:
    table = pq.read_table(path)
    pq.write_table(table.set_column(table.column_names.index(name), name, pa.array(values, kind)), path)
    return path


def test_keys_that_are_not_unique_are_named_with_both_rows(tmp_path: Path) -> None:
    out = label(write(tmp_path / "raw.parquet", rows()), tmp_path / "out.parquet").out
    change(out, "round_index", [0] * 12, pa.int32())
    with pytest.raises(
        InputError, match=rf"out.parquet, row 8, columns task_id, .*: {TASKS[0]}/0/original stands in row 0 too"
    ):
        open_soar(out)


def test_labels_that_cannot_be_are_named_with_their_row(tmp_path: Path) -> None:
    out = label(write(tmp_path / "raw.parquet", rows()), tmp_path / "out.parquet").out
    kinds = pq.read_table(out)["data_type"].to_pylist()
    change(out, "data_type", [*kinds[:3], "maybe", *kinds[4:]], pa.string())
    with pytest.raises(InputError, match="row 3, column data_type: 'maybe'"):
        open_soar(out)
    change(out, "data_type", kinds, pa.string())
    change(out, "round_index", [0, -1] * 6, pa.int32())
    with pytest.raises(InputError, match="row 1, column round_index: -1"):
        open_soar(out)


def test_one_label_without_the_other_is_an_error(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.parquet", rows())
    table = pq.read_table(raw)
    pq.write_table(table.append_column("round_index", pa.array(range(12))), raw)
    with pytest.raises(InputError, match="column round_index without its sibling"):
        open_soar(raw)


def test_raw_and_labelled_files_do_not_mix(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw.parquet", rows())
    out = label(raw, tmp_path / "out.parquet").out
    with pytest.raises(InputError, match="is raw, others are labelled"):
        open_soar([raw, out])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_file_that_is_cut_off_is_named(tmp_path: Path, share: float) -> None:
    raw = write(tmp_path / "raw.parquet", rows())
    content = raw.read_bytes()
    (tmp_path / "cut.parquet").write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError, match=r"cut.parquet: cannot be read: .* cut off or damaged"):
        label([raw, tmp_path / "cut.parquet"], tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


def test_a_footer_that_lies_about_the_rows_is_found_out(tmp_path: Path) -> None:
    few, many = write(tmp_path / "few.parquet", rows(3)), write(tmp_path / "many.parquet", rows(4))
    data, lie = few.read_bytes(), many.read_bytes()
    few_footer, many_footer = (int.from_bytes(part[-8:-4], "little") + 8 for part in (data, lie))
    liar = tmp_path / "liar.parquet"
    liar.write_bytes(data[:-few_footer] + lie[-many_footer:])
    with pytest.raises(InputError, match=r"liar\.parquet"):
        open_soar(liar)


@pytest.mark.parametrize("path", ["nowhere.parquet", "empty", "*.nothing"])
def test_nothing_there_is_said(tmp_path: Path, path: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no such file|no \*\.parquet file"):
        open_soar(tmp_path / path)


def test_an_address_that_cannot_be_read_here_is_said() -> None:
    with pytest.raises(InputError, match=r"s3://bucket/x.parquet"):
        open_soar("s3://bucket/x.parquet")


def test_an_address_of_a_file_system_that_is_there_is_read(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    raw = write(tmp_path / "raw.parquet", rows())
    memory = fsspec.filesystem("memory")
    memory.pipe("/soar/train-0.parquet", raw.read_bytes())
    try:
        for address in ("memory://soar/train-0.parquet", "memory://soar", "memory://soar/*.parquet"):
            assert open_soar(address).identity == open_soar(raw).identity
            assert len(list(open_soar(address).stream())) == 12
    finally:
        memory.rm("/soar", recursive=True)


def test_the_schema_of_the_tests_is_soars() -> None:
    assert SCHEMA.names[0] == "code"
