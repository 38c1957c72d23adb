"""Environments of the peers: each its own, with pinned versions, in a cache folder; never the product's.

    python benchmarks/peers/envs.py            makes all of them now (minutes, once)

`requirements/PEER.txt` pins everything that is installed. The folder is named after the file's content, so a changed
pin makes a new environment. `SOAR2COT_BENCH_CACHE` says where; `~/.cache/soar2cot-bench` without it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


class NoEnvironmentError(Exception):
    """It cannot be made here; the message is the installer's last line."""


def requirements(name: str) -> Path:
    """The pins of that environment."""
    return HERE / "requirements" / f"{name}.txt"


def version_of(name: str, package: str) -> str:
    """The pinned version."""
    for line in requirements(name).read_text().splitlines():
        found, _, version = line.partition("==")
        if found.lower() == package.lower():
            return version
    raise KeyError(f"{package} is not pinned in {requirements(name)}")


def python_of(name: str) -> Path:
    """The environment's interpreter; makes the environment where there is none yet.

    Raises: NoEnvironmentError.
    Crash:  a folder ending in `.new`, replaced by the next try.
    """
    pins = requirements(name)
    root = Path(os.environ.get("SOAR2COT_BENCH_CACHE") or Path.home() / ".cache" / "soar2cot-bench")
    tag = f"{sys.version_info[0]}.{sys.version_info[1]}-{hashlib.sha256(pins.read_bytes()).hexdigest()[:12]}"
    folder = root / f"{name}-{tag}"
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"installing the pinned versions of {name} (once) …", file=sys.stderr, flush=True)
        _make(folder, pins)
        (folder / "made").touch()
    return folder / "bin" / "python"


def _make(folder: Path, pins: Path) -> None:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    python = str(folder / "bin" / "python")
    if uv:
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
        _run([uv, "pip", "install", "--quiet", "--no-deps", "--python", python, "-r", str(pins)])
    else:
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([python, "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(pins)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise NoEnvironmentError((done.stdout.strip().splitlines() or ["no message"])[-1])


def main() -> None:
    for path in sorted((HERE / "requirements").glob("*.txt")):
        print(python_of(path.stem))


if __name__ == "__main__":
    main()
