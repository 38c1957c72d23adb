"""How long `soar2cot --help` takes with the core alone: the wheel in an environment without any extra.

    python benchmarks/bench_help.py

Builds the wheel, installs it beside the core's dependencies, runs it once to have the files in memory, then as often
as `--times` says; the least wall time counts, other work on the machine only adds to it. Beside it the start of the
same interpreter that does nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def core_environment(folder: Path) -> Path:
    """An environment with the wheel and what it requires, nothing else; gives its `bin`."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wheel = next(folder.glob("*.whl"))
    home = folder / "core"
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(home)], check=True)
        install = [uv, "pip", "install", "-q", "--python", str(home / "bin" / "python"), str(wheel)]
    else:
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        install = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", str(wheel)]
    subprocess.run(install, check=True)
    return home / "bin"


def seconds(command: list[str], times: int) -> tuple[float, float]:
    """Least wall and least CPU time, after one run that does not count."""
    wall, cpu = [], []
    for _ in range(times + 1):
        started, before = time.perf_counter(), os.times()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        wall.append(time.perf_counter() - started)
        after = os.times()
        cpu.append(after.children_user - before.children_user + after.children_system - before.children_system)
    return min(wall[1:]), min(cpu[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soar2cot-help-") as folder:
        bin_ = core_environment(Path(folder))
        idle = seconds([str(bin_ / "python"), "-c", ""], given.times)
        taken = seconds([str(bin_ / "soar2cot"), "--help"], given.times)
    for what, (wall, cpu) in {"soar2cot --help": taken, "the interpreter alone": idle}.items():
        print(f"{what}: {wall:.3f} s, of them {cpu:.2f} s of CPU (least of {given.times})")
    print(f"FIGURE package.help_s {taken[0]:.4f}\nFIGURE package.help_cpu_s {taken[1]:.4f}")


if __name__ == "__main__":
    main()
