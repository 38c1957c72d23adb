"""`--push`: the hub's real client against a stand-in that keeps what it is given."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from soar2cot.errors import ConfigError
from soar2cot.export import ExportOptions, export
from soar2cot.export.push import push
from tests.unit.export_samples import TASK_IDS, entry, ledger, sandbox, tasks


class Hub:
    """As much of the hub as an upload asks for. `files` maps paths to contents."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.created: list[dict[str, Any]] = []
        self.commits: list[str] = []
        self.url = ""

    async def create(self, request: Request) -> JSONResponse:
        self.created.append(await request.json())
        return JSONResponse({"url": f"{self.url}/datasets/somebody/arc"})

    async def info(self, request: Request) -> JSONResponse:
        siblings = [{"rfilename": name} for name in self.files]
        return JSONResponse({"id": "somebody/arc", "sha": "0" * 40, "private": True, "siblings": siblings})

    async def tree(self, request: Request) -> JSONResponse:
        return JSONResponse(
            [{"type": "file", "path": n, "oid": "0" * 40, "size": len(b)} for n, b in self.files.items()]
        )

    async def validate(self, request: Request) -> JSONResponse:
        return JSONResponse({"errors": [], "warnings": []})

    async def preupload(self, request: Request) -> JSONResponse:
        wanted = (await request.json())["files"]
        return JSONResponse(
            {"files": [{"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in wanted]}
        )

    async def commit(self, request: Request) -> JSONResponse:
        for line in (await request.body()).splitlines():
            item = orjson.loads(line)
            if item["key"] == "header":
                self.commits.append(item["value"]["summary"])
            elif item["key"] == "file":
                self.files[item["value"]["path"]] = base64.b64decode(item["value"]["content"])
            elif item["key"] == "deletedFile":
                del self.files[item["value"]["path"]]
        oid = f"{len(self.commits):040}"
        return JSONResponse({"commitUrl": f"{self.url}/datasets/somebody/arc/commit/{oid}", "commitOid": oid})

    def app(self) -> Starlette:
        base = "/api/datasets/somebody/arc"
        return Starlette(
            routes=[
                Route("/api/repos/create", self.create, methods=["POST"]),
                Route("/api/validate-yaml", self.validate, methods=["POST"]),
                Route(f"{base}/preupload/main", self.preupload, methods=["POST"]),
                Route(f"{base}/commit/main", self.commit, methods=["POST"]),
                Route(f"{base}/tree/main", self.tree),
                Route(f"{base}/tree/main/{{path:path}}", self.tree),
                Route(f"{base}/revision/main", self.info),
                Route(base, self.info),
            ]
        )


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("HF_TOKEN", "hf_notreal")
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    stand_in = Hub()
    server = uvicorn.Server(uvicorn.Config(stand_in.app(), port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    stand_in.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield stand_in
    server.should_exit = True
    thread.join()


async def test_the_data_set_is_uploaded_and_what_is_gone_goes(hub: Hub, tmp_path: Path) -> None:
    out = tmp_path / "out"
    hub.files["data/messages/train-00007-of-00008.parquet"] = b"of an earlier export"
    hub.files["NOTES.md"] = b"written there by hand"
    await export(ledger([entry(TASK_IDS[0])]), sandbox(), tasks(), out, options=ExportOptions(test_share=0))
    assert push(out, "somebody/arc", endpoint=hub.url) == f"{hub.url}/datasets/somebody/arc"
    mine = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file() and p.parent.name != "meta"}
    assert hub.files == mine | {"NOTES.md": b"written there by hand"}
    assert hub.commits == ["soar2cot export"] and hub.created[0].get("visibility") == "private"


async def test_a_hub_that_does_not_answer_is_named(hub: Hub, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await export(ledger([entry(TASK_IDS[0])]), sandbox(), tasks(), out)
    with pytest.raises(ConfigError, match=r"--push other/name: .*lies in .*out as before"):
        push(out, "other/name", endpoint=hub.url)
