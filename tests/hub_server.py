"""A stand-in of the Hugging Face hub on this machine, which notes what it is asked and misbehaves on order."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REPOSITORY = "somebody/soar"
COMMIT, LATER_COMMIT = "a" * 40, "b" * 40


@dataclass
class Hub:
    """What the stand-in holds, what it was asked, and how it misbehaves."""

    files: dict[str, bytes]
    repository: str = REPOSITORY
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
            "id": self.repository,
            "sha": self.newest,
            "siblings": siblings,
            "private": False,
            "tags": [],
            "downloads": 0,
        }

    def fetched(self, name: str) -> list[str | None]:
        return [range_ for method, path, range_ in self.asked if method == "GET" and path.endswith(name)]


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
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
            elif path.startswith(f"/api/datasets/{hub.repository}"):
                revision = path.partition("/revision/")[2] or hub.newest
                found = json.dumps(hub.info() | {"sha": revision if len(revision) == 40 else hub.newest}).encode()
                self._send(200, found, {"Content-Type": "application/json"})
            elif path.startswith(f"/datasets/{hub.repository}/resolve/"):
                commit, _, name = path.removeprefix(f"/datasets/{hub.repository}/resolve/").partition("/")
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


@contextmanager
def serving(hub: Hub) -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()
