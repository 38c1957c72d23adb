"""A run through a server that others wrote: litellm's proxy in front of the scripted one.

pip install 'litellm[proxy]'        # anywhere; `litellm` on the PATH is what counts
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import urllib.request
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from soar2cot.config import ApiKeys, parse_config
from soar2cot.run import RunOptions, execute
from soar2cot.testing import Oracle, ScriptedServer

KEY = "sk-only-for-this-test"
PROXY = """
model_list:
  - model_name: tiny
    litellm_params: {{model: openai/scripted, api_base: "{base_url}", api_key: none}}
general_settings: {{master_key: {key}}}
"""

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@asynccontextmanager
async def proxied(server: ScriptedServer, folder: Path) -> AsyncGenerator[str]:
    """The proxy's address; it is there when the block begins."""
    program, port = shutil.which("litellm"), free_port()
    if program is None:
        pytest.skip("litellm is not on the PATH: pip install 'litellm[proxy]'")
    (folder / "proxy.yaml").write_text(PROXY.format(base_url=server.base_url, key=KEY))
    with (folder / "proxy.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(program, "--config", str(folder / "proxy.yaml"), "--host", "127.0.0.1", "--port", str(port)),
            env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
            stdout=log,
            stderr=log,
        )
    try:
        async with asyncio.timeout(180):
            while not await asyncio.to_thread(is_up, f"http://127.0.0.1:{port}/health/liveliness"):
                assert process.returncode is None, (folder / "proxy.log").read_text()[-2000:]
                await asyncio.sleep(0.5)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_run_through_litellms_proxy_ends_cleanly(tmp_path: Path) -> None:
    async with ScriptedServer(Oracle(wrong=0.3)) as server, proxied(server, tmp_path) as base_url:
        config = parse_config(
            {
                "engine": "llm",
                "run_dir": tmp_path / "run",
                "writer": {"base_url": base_url, "model": "tiny"},
                "steps": [{"kind": "write", "times": 2}, {"kind": "revise"}, {"kind": "pool"}],
                "select": {"limit": 5},
                "max_concurrency": 4,
            },
            source="the test",
        )
        summary = await execute(config, RunOptions(keys=ApiKeys(KEY)))
    assert (summary.completed, summary.failed) == (5, {})
    assert server.counts.answered.total() >= 5 * 2 * 3
