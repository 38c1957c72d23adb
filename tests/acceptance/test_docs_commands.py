"""What the documentation tells people to type, works.

A code block whose info string says `run` (```bash run, ```python run) is executed; `exit=3` names the exit code
where it is not 0. The blocks of one page run in one directory, in order, as a reader would type them.

`with=hub`, `with=model`, `with=postgres`: the block needs a server. A real one stands in for the address that the page
names, the run is kept short, and a line that starts somebody else's server is left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from soar2cot.soar_loader.downloading import REPOSITORY
from tests.hub_server import Hub, serving
from tests.llm_kit import served
from tests.loader_files import rows, write
from tests.postgres_server import Server, find_binary, need_server

ROOT = Path(__file__).parents[2]
# The Korean pages show the same blocks, which another test says: once is enough.
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    language: str
    body: str
    exit_code: int
    server: str = ""


def runnable(page: Path) -> list[Block]:
    blocks = []
    for found in FENCE.finditer(page.read_text()):
        language, *words = found["info"].split() or [""]
        of = dict(word.split("=") for word in words if "=" in word)
        if "run" in words or "with" in of:
            blocks.append(Block(language, found["body"], int(of.get("exit", 0)), of.get("with", "")))
    return blocks


def command(block: Block) -> list[str]:
    if block.language == "python":
        return [sys.executable, "-W", "ignore::ResourceWarning", "-c", block.body]
    typed = re.sub(r"^\$ ", "", block.body, flags=re.MULTILINE)
    return ["bash", "-euo", "pipefail", "-c", typed]


@contextmanager
def standing_in(block: Block, folder: Path) -> Iterator[tuple[Block, dict[str, str]]]:
    """The block with the addresses of servers that are there, and what the run is told besides."""
    short = {"SOAR2COT_LIMIT": "2"}
    if block.server == "hub":
        raw = write(folder / "published.parquet", rows(3)).read_bytes()
        with serving(Hub({"data/train-00000-of-00001.parquet": raw}, REPOSITORY)) as address:
            yield block, short | {"HF_ENDPOINT": address}
    elif block.server == "model":
        with served() as server:
            body = re.sub(r"^\$ (?!soar2cot).*\n", "", block.body, flags=re.MULTILINE)
            body = body.replace("http://localhost:8000/v1", server.base_url)
            yield replace(block, body=body), short | {"SOAR2COT_BASE_URL": server.base_url}
    elif block.server == "postgres":
        need_server()
        server = Server()
        [name] = set(re.findall(r"postgresql://user@host/(\w+)", block.body))
        body = block.body.replace(f"postgresql://user@host/{name}", f"postgresql://soar@/{name}?host={server.folder}")
        body = body if "createdb" in body else f"createdb {name}\n{body}"
        tools = str(Path(find_binary("initdb") or "").parent)
        yield replace(block, body=body), short | {"PGHOST": str(server.folder), "PGUSER": "soar", "TOOLS": tools}
        server.remove()
    else:
        assert not block.server, f"{block.server} is no server that a test has"
        yield block, {}


def pages_that_run() -> list[Path]:
    return [page for page in PAGES if runnable(page)]


@pytest.mark.parametrize("page", pages_that_run(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_block_works(page: Path, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "COLUMNS": "100", "SOAR2COT_WORKERS": "1"}
    for shown in runnable(page):
        with standing_in(shown, tmp_path) as (block, more):
            if tools := more.pop("TOOLS", None):
                more["PATH"] = f"{environment['PATH']}{os.pathsep}{tools}"
            done = subprocess.run(
                command(block),
                cwd=tmp_path,
                env=environment | more,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        assert done.returncode == block.exit_code, f"{block.body}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr


def test_readme_has_commands_that_are_tested():
    assert runnable(ROOT / "README.md"), "the first page must not be the one that nobody tries"
