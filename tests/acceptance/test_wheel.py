"""The wheel and the sdist, as a user gets them: built, installed with the core alone in a fresh environment, used."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # not before Python 3.11.4
HEAVY = ("polars", "pyarrow", "duckdb", "numpy", "scipy", "rich", "aiohttp", "asyncpg", "starlette", "ray", "pydantic")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one wheel and one sdist."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_the_wheel_holds_all_that_is_no_module_too(built: Path) -> None:
    names = set(zipfile.ZipFile(next(built.glob("*.whl"))).namelist())
    sources = {
        str(path.relative_to(ROOT / "src"))
        for path in (ROOT / "src" / "soar2cot").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    tracked = subprocess.run(["git", "ls-files", "src"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    wanted = sources & {name.removeprefix("src/") for name in tracked} if tracked else sources
    assert wanted <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]


def test_the_sdist_builds_the_same_wheel(built: Path, tmp_path: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path, **SAFELY)
    tree = next(tmp_path.iterdir())
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "again")],
        cwd=tree,
        check=True,
        capture_output=True,
    )
    first, again = (
        {item.filename: item.CRC for item in zipfile.ZipFile(next(folder.glob("*.whl"))).infolist()}
        for folder in (built, tmp_path / "again")
    )
    for names in (first, again):
        for name in [name for name in names if name.endswith("/RECORD")]:
            del names[name]
    assert again == first


@pytest.fixture(scope="module")
def core(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a fresh environment with the wheel and what it requires."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        pytest.skip("NOT TESTED: uv is needed to make a fresh environment")
    home = tmp_path_factory.mktemp("core") / "env"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
    wheel = str(next(built.glob("*.whl")))
    locked = ["-c", str(ROOT / "requirements" / "demo.lock")]
    done = subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", str(home / "bin" / "python"), *locked, wheel],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"NOT TESTED: the core's dependencies cannot be installed here: {done.stderr.strip()[-300:]}")
    return home / "bin"


@pytest.mark.slow
def test_help_of_the_installed_core_loads_nothing_heavy(core: Path) -> None:
    code = (
        "import sys; from soar2cot.cli import cli\n"
        "try: cli(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    said = subprocess.run([core / "python", "-I", "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip().endswith("[]")
    helped = subprocess.run([core / "soar2cot", "--help"], capture_output=True, text=True, check=True).stdout
    assert "run" in helped and "Usage" in helped


@pytest.mark.slow
def test_the_installed_core_does_the_sample(core: Path, tmp_path: Path) -> None:
    command = [core / "soar2cot", "run", "--run-dir", tmp_path / "run", "--limit", "6", "--yes"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr
    progress = json.loads((tmp_path / "run" / "progress.json").read_text())
    assert 1 <= progress["total_completed"] == len(progress["completed"]) <= 6


@pytest.mark.slow
def test_a_missing_extra_is_named(core: Path, tmp_path: Path) -> None:
    command = [core / "soar2cot", "run", "--engine", "llm", "--base-url", "http://127.0.0.1:9/v1", "--model", "m"]
    done = subprocess.run(
        [*command, "--run-dir", tmp_path / "run"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1 and "soar2cot[llm]" in done.stderr
