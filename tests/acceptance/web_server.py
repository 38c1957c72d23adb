"""The page on a port of its own, and a headless Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from soar2cot.challenge import Example
from soar2cot.config import ProgramLimits
from soar2cot.ledger import Ledger, open_ledger
from soar2cot.ledger.browse import Browse
from soar2cot.ledger.readers import open_browse
from soar2cot.sandbox import Sandbox, open_sandbox
from soar2cot.soar_loader import ArcTask
from soar2cot.web.app import PageSettings, create_app
from soar2cot.web.tracing import Tracer
from tests.unit.export_samples import Task

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def browser_or_skip(found: str) -> str:
    """The browser that was found. Skips, loudly, where there is none; in CI that is a failure."""
    if not found and os.environ.get("CI"):
        pytest.fail("no Chromium here, and CI must test the page in a browser: apt-get install chromium")
    if not found:
        pytest.skip("NO CHROMIUM: THE PAGE WAS NOT TESTED IN A BROWSER; install it (apt-get install chromium)")
    return found


def app_for(url: str, tasks: Mapping[str, Task], *, steps: bool = True) -> Any:
    async def opened() -> tuple[Browse, Ledger]:
        return await open_browse(url), await open_ledger(url, read_only=True)

    arc = {
        name: ArcTask(name, tuple(map(copy, task.train)), tuple(map(copy, task.test))) for name, task in tasks.items()
    }
    return create_app(opened, arc, Tracer(traced if steps else None), PageSettings(title="runs/test"))


def copy(pair: Example) -> Example:
    return Example(pair.input, pair.output)


def traced() -> Sandbox:
    return open_sandbox("weak", ProgramLimits())


@contextmanager
def serving(url: str, tasks: Mapping[str, Task]) -> Generator[str]:
    """Serves the ledger at `url`; gives the page's address."""
    server = uvicorn.Server(uvicorn.Config(app_for(url, tasks), port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
