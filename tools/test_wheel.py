"""Runs the tests against the built wheel instead of the checkout: what is missing from the wheel fails here.

    python tools/test_wheel.py                         the unit, contract and property tests
    python tools/test_wheel.py --python 3.13 -- tests/unit -x

Builds the wheel, makes an environment with the locked dependencies for that Python and the wheel, copies the checkout
beside it and runs pytest there: some tests read sources, none imports them, the wheel is what is installed. Needs uv.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_COPIED = {"out", "runs", "dist", "build", "site"}
SKIPPED = shutil.ignore_patterns("__pycache__", "*.db", "results")


def uv() -> str:
    """Where uv is. Raises: SystemExit."""
    found = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if found is None:
        raise SystemExit("uv is needed to make the environment; pip install uv")
    return found


def make(folder: Path, python: str) -> Path:
    """The environment's interpreter."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    wheel = next(folder.glob("*.whl"))
    subprocess.run([uv(), "venv", "--quiet", "--python", python, str(folder / "env")], check=True)
    inside = folder / "env" / "bin" / "python"
    install = [uv(), "pip", "install", "--quiet", "--python", str(inside)]
    subprocess.run(
        [*install, "--no-deps", "--require-hashes", "-r", str(ROOT / "requirements" / "dev.lock")], check=True
    )
    subprocess.run([*install, "--no-deps", str(wheel)], check=True)
    return inside


def copy_tests(to: Path) -> None:
    """The checkout, without what was built in it."""
    to.mkdir()
    for source in ROOT.iterdir():
        if source.name in NOT_COPIED or (source.name.startswith(".") and source.is_dir()):
            continue
        if source.is_dir():
            shutil.copytree(source, to / source.name, ignore=SKIPPED)
        else:
            shutil.copy(source, to / source.name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="a version or an interpreter, as uv takes it")
    arguments = sys.argv[1:]
    at = arguments.index("--") if "--" in arguments else len(arguments)
    given = parser.parse_args(arguments[:at])
    pytest = arguments[at + 1 :] or ["tests/unit", "tests/contract", "tests/property"]
    with tempfile.TemporaryDirectory(prefix="soar2cot-wheel-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # some tests run as another user, who must be able to read what is installed
        inside = make(folder, given.python)
        copy_tests(folder / "tree")
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [str(inside), "-m", "pytest", "-q", "-p", "no:cacheprovider", *pytest]
        return subprocess.run(command, cwd=folder / "tree", env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
