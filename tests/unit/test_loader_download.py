"""`download` against a stand-in of the hub on this machine: pinned, resumed, checked."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from soar2cot.errors import ConfigError, InputError
from soar2cot.soar_loader import download, open_soar
from tests.loader_files import rows, write

pytest.importorskip("huggingface_hub")

REPOSITORY = "somebody/soar"
COMMIT, LATER_COMMIT = "a" * 40, "b" * 40


@dataclass
class Hub:
    """What the stand-in holds, what it was asked, and how it misbehaves."""

    files: dict[str, bytes]
    newest: str = COMMIT
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    damaged: dict[str, int] = field(default_factory=dict)
    cut_after: dict[str, int] = field(default_factory=dict)
    gone: bool = False

    def info(self) -> dict[str, Any]:
        siblings = [
            {
                "rfilename": name,
                "size": len(content),
                "lfs": {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 100},
            }
            for name, content in self.files.items()
        ]
        return {
            "id": REPOSITORY,
            "sha": self.newest,
            "siblings": siblings,
            "private": False,
            "tags": [],
            "downloads": 0,
        }

    def fetched(self, name: str) -> list[str | None]:
        return [range_ for method, path, range_ in self.asked if method == "GET" and path.endswith(name)]


def handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            hub.asked.append((self.command, self.path, self.headers.get("Range")))
            path = self.path.partition("?")[0]
            if hub.gone:
                self._send(503, b"", {})
            elif path.startswith(f"/api/datasets/{REPOSITORY}"):
                revision = path.partition("/revision/")[2] or hub.newest
                found = json.dumps(hub.info() | {"sha": revision if len(revision) == 40 else hub.newest}).encode()
                self._send(200, found, {"Content-Type": "application/json"})
            elif path.startswith(f"/datasets/{REPOSITORY}/resolve/"):
                commit, _, name = path.removeprefix(f"/datasets/{REPOSITORY}/resolve/").partition("/")
                self._file(commit, name, with_body=with_body)
            else:
                self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})

        def _file(self, commit: str, name: str, *, with_body: bool) -> None:
            content = hub.files[name]
            headers = {
                "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
                "X-Repo-Commit": commit,
                "Accept-Ranges": "bytes",
            }
            if not with_body:
                self._send(200, content, headers, body=b"")
                return
            if hub.damaged.get(name, 0) > 0:
                hub.damaged[name] -= 1
                content = b"X" * len(content)
            range_ = self.headers.get("Range")
            start = int(range_.removeprefix("bytes=").split("-")[0]) if range_ else 0
            part = content[start:]
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            cut = hub.cut_after.pop(name, None)
            self._send(206 if range_ else 200, part, headers, body=part if cut is None else part[:cut])
            if cut is not None:
                self.close_connection = True

        def _send(self, status: int, content: bytes, headers: dict[str, str], *, body: bytes | None = None) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content if body is None else body)

    return Handler


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    names = [f"data/train-0000{i}-of-00002.parquet" for i in range(2)]
    files = {name: write(tmp_path / "made" / name, rows(3 + i)).read_bytes() for i, name in enumerate(names)}
    return Hub(files | {"README.md": b"a card"})


@pytest.fixture
def endpoint(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(hub))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


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
