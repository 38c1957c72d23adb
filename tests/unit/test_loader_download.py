"""`download` against a stand-in of the hub on this machine: pinned, resumed, checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from soar2cot.errors import ConfigError, InputError
from soar2cot.soar_loader import download, open_soar
from tests.hub_server import COMMIT, LATER_COMMIT, REPOSITORY, Hub, serving
from tests.loader_files import rows, write

pytest.importorskip("huggingface_hub")


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    names = [f"data/train-0000{i}-of-00002.parquet" for i in range(2)]
    files = {name: write(tmp_path / "made" / name, rows(3 + i)).read_bytes() for i, name in enumerate(names)}
    return Hub(files | {"README.md": b"a card"})


@pytest.fixture
def endpoint(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    with serving(hub) as address:
        yield address


def test_the_parquet_files_of_the_newest_commit_arrive_and_can_be_opened(
    hub: Hub, endpoint: str, tmp_path: Path
) -> None:
    report = download(tmp_path / "soar", repository=REPOSITORY, endpoint=endpoint)
    assert (report.n_files, report.n_fetched, report.revision) == (2, 2, COMMIT)
    for name in list(hub.files)[:2]:
        assert (tmp_path / "soar" / name).read_bytes() == hub.files[name]
    assert not (tmp_path / "soar" / "README.md").exists()
    assert open_soar(tmp_path / "soar").n_rows == 28


def test_what_is_there_is_not_fetched_again(hub: Hub, endpoint: str, tmp_path: Path) -> None:
    download(tmp_path / "soar", repository=REPOSITORY, endpoint=endpoint)
    hub.asked.clear()
    assert download(tmp_path / "soar", repository=REPOSITORY, endpoint=endpoint).n_fetched == 0
    assert hub.fetched(".parquet") == []


def test_a_file_that_was_damaged_on_disk_is_fetched_again(hub: Hub, endpoint: str, tmp_path: Path) -> None:
    download(tmp_path / "soar", repository=REPOSITORY, endpoint=endpoint)
    name = next(iter(hub.files))
    (tmp_path / "soar" / name).write_bytes(b"X" * len(hub.files[name]))
    assert download(tmp_path / "soar", repository=REPOSITORY, endpoint=endpoint).n_fetched == 1
    assert (tmp_path / "soar" / name).read_bytes() == hub.files[name]


def test_the_folder_stays_with_its_commit(hub: Hub, endpoint: str, tmp_path: Path) -> None:
    download(tmp_path / "soar", repository=REPOSITORY, endpoint=endpoint)
    hub.newest = LATER_COMMIT
    (tmp_path / "soar" / next(iter(hub.files))).unlink()
    assert download(tmp_path / "soar", repository=REPOSITORY, endpoint=endpoint).revision == COMMIT
    assert all(LATER_COMMIT not in path for _, path, _ in hub.asked)
    with pytest.raises(
        ConfigError, match=r"holds somebody/soar at aaaaaaaaaaaa, asked is somebody/soar at bbbb.*take another folder"
    ):
        download(tmp_path / "soar", repository=REPOSITORY, revision=LATER_COMMIT, endpoint=endpoint)
    assert download(tmp_path / "new", repository=REPOSITORY, endpoint=endpoint).revision == LATER_COMMIT


def test_a_file_that_arrives_damaged_is_fetched_again(hub: Hub, endpoint: str, tmp_path: Path) -> None:
    name = next(iter(hub.files))
    hub.damaged[name] = 1
    download(tmp_path / "soar", repository=REPOSITORY, endpoint=endpoint)
    assert (tmp_path / "soar" / name).read_bytes() == hub.files[name]
    assert len(hub.fetched(name)) == 2


def test_a_file_that_always_arrives_damaged_is_not_kept(hub: Hub, endpoint: str, tmp_path: Path) -> None:
    name = next(iter(hub.files))
    hub.damaged[name] = 99
    with pytest.raises(InputError, match="arrived damaged 3 times: its SHA-256 is another"):
        download(tmp_path / "soar", repository=REPOSITORY, endpoint=endpoint)
    assert not (tmp_path / "soar" / name).exists()


def test_a_broken_line_goes_on_within_the_file(
    hub: Hub, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 256)
    name = next(iter(hub.files))
    hub.cut_after[name] = 1000
    try:
        download(tmp_path / "soar", repository=REPOSITORY, endpoint=endpoint)
    except InputError:
        download(tmp_path / "soar", repository=REPOSITORY, endpoint=endpoint)
    assert (tmp_path / "soar" / name).read_bytes() == hub.files[name]
    assert hub.fetched(name)[1:] != []
    assert all(range_ and int(range_[6:].split("-")[0]) >= 512 for range_ in hub.fetched(name)[1:])


def test_a_repository_that_is_not_there_is_said(endpoint: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nobody/nothing: http://127.* did not give it: .*start it again"):
        download(tmp_path / "soar", repository="nobody/nothing", endpoint=endpoint)
    assert not (tmp_path / "soar").exists()


def test_no_file_of_the_kind_is_said(endpoint: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file matches '\*\.csv'"):
        download(tmp_path / "soar", repository=REPOSITORY, pattern="*.csv", endpoint=endpoint)
