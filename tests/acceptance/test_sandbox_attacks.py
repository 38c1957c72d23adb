"""Every attack program, judged from outside, each followed by three victims in the same sandbox."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from soar2cot.sandbox import open_sandbox
from soar2cot.sandbox.linux import LinuxSandbox
from tests.acceptance.sandbox_arena import ATTACKS, LIMITS, Arena

PROGRAMS = sorted(ATTACKS.glob("*.py"))
# what a locked child is prevented from and an unlocked one is not: without it, the judge would be blind
CAUGHT_WITHOUT_LOCK = (
    *("file_open", "file_write", "file_stat", "net_tcp", "net_udp", "net_abstract", "net_listen", "process_fork"),
    *("process_command", "call_memfd", "call_executable"),
)
NEIGHBOURS = ("tamper_builtins", "tamper_numpy", "tamper_runner", "output_forged_frames", "forge_exit", "limit_loop")


@pytest.fixture(scope="module")
def arena() -> Iterator[Arena]:
    with tempfile.TemporaryDirectory() as folder, open_sandbox("full", LIMITS, workers=1) as sandbox:
        arena = Arena(Path(folder), sandbox)
        yield arena
        arena.close()


def test_there_are_enough_of_them() -> None:
    assert len(PROGRAMS) >= 60


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_no_attack_is_through(arena: Arena, path: Path) -> None:
    assert arena.attack(path) is None


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_no_attack_reaches_programs_of_the_same_batch(arena: Arena, name: str) -> None:
    assert arena.share(ATTACKS / f"{name}.py") is None


@pytest.mark.parametrize("name", CAUGHT_WITHOUT_LOCK)
def test_the_judge_sees_an_attack_that_is_through(tmp_path: Path, name: str) -> None:
    with LinuxSandbox("none", LIMITS, workers=1) as sandbox:
        arena = Arena(tmp_path, sandbox)
        try:
            assert arena.attack(ATTACKS / f"{name}.py") is not None
        finally:
            arena.close()


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the filter is written for x86-64")
def test_none_is_through_under_docker_s_default_filter() -> None:
    assert arena_in_a_process("--like-docker") == {}


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_none_is_through_for_an_ordinary_user() -> None:
    become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all,+dac_read_search"]
    assert arena_in_a_process(prefix=[*become, "--ambient-caps=+dac_read_search"]) == {}


def arena_in_a_process(*options: str, prefix: list[str] | None = None) -> dict[str, str]:
    """Runs the arena as a command of its own."""
    command = [*(prefix or []), sys.executable, "-m", "tests.acceptance.sandbox_arena", *options]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=600, check=True)
    return json.loads(done.stdout)
