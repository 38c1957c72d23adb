"""What the documentation tells people to type, works.

A code block whose info string says `run` (```bash run, ```python run) is executed; `exit=3` names the exit code
where it is not 0. The blocks of one page run in one directory, in order, as a reader would type them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The Korean pages show the same blocks, which another test says: once is enough.
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    language: str
    body: str
    exit_code: int


def runnable(page: Path) -> list[Block]:
    blocks = []
    for found in FENCE.finditer(page.read_text()):
        language, *words = found["info"].split() or [""]
        if "run" in words:
            codes = [int(word.removeprefix("exit=")) for word in words if word.startswith("exit=")]
            blocks.append(Block(language, found["body"], codes[0] if codes else 0))
    return blocks


def command(block: Block) -> list[str]:
    if block.language == "python":
        return [sys.executable, "-W", "ignore::ResourceWarning", "-c", block.body]
    return ["bash", "-euo", "pipefail", "-c", block.body]


def pages_that_run() -> list[Path]:
    return [page for page in PAGES if runnable(page)]


@pytest.mark.parametrize("page", pages_that_run(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_block_works(page: Path, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "COLUMNS": "100", "SOAR2COT_WORKERS": "1"}
    for block in runnable(page):
        done = subprocess.run(
            command(block), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == block.exit_code, f"{block.body}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr


def test_readme_has_commands_that_are_tested():
    assert runnable(ROOT / "README.md"), "the first page must not be the one that nobody tries"
