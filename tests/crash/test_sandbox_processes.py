"""No process outlives its sandbox, whoever dies first; and a sandbox outlives its processes."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from soar2cot.config import ProgramLimits
from soar2cot.errors import SandboxError
from soar2cot.sandbox import Job
from soar2cot.sandbox.linux import LinuxSandbox

LIMITS = ProgramLimits(cpu_s=20.0, wall_s=30.0)
SIMPLE = Job("def transform(grid):\n    return grid", ([[1]],))
NUMPY = Job("import numpy as np\ndef transform(grid):\n    return np.array(grid)", ([[1]],))
ENDLESS = Job("def transform(grid):\n    while True:\n        pass", ([[1]],))


def alive(pid: int) -> bool:
    """Whether it runs: a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in tasks.read_text().split()] if tasks.exists() else []


def until(condition: Callable[[], object], timeout_s: float = 20.0) -> bool:
    """Waits for something another process does: there is no other sign of it."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_closing_leaves_no_process_even_in_the_middle_of_a_program() -> None:
    sandbox = LinuxSandbox("full", LIMITS, workers=1)
    sandbox.run(SIMPLE)
    (zygote,) = sandbox.pids
    running = threading.Thread(target=try_run, args=(sandbox,))
    running.start()
    assert until(lambda: children_of(zygote))
    (child,) = children_of(zygote)
    sandbox.close()
    sandbox.close()
    running.join()
    assert until(lambda: not alive(zygote) and not alive(child))
    with pytest.raises(SandboxError, match="closed"):
        sandbox.run(SIMPLE)


def try_run(sandbox: LinuxSandbox) -> None:
    try:
        sandbox.run(ENDLESS)
    except SandboxError:
        pass


OWNER = """
import sys
from soar2cot.config import ProgramLimits
from soar2cot.sandbox import Job
from soar2cot.sandbox.linux import LinuxSandbox
sandbox = LinuxSandbox("full", ProgramLimits(cpu_s=60, wall_s=60), workers=1)
sandbox.run(Job("def transform(grid):\\n    return grid", ([[1]],)))
print(*sandbox.pids, flush=True)
if sys.argv[1] == "busy":
    sandbox.run(Job("def transform(grid):\\n    while True:\\n        pass", ([[1]],)))
sys.stdin.read()
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_killing_the_owner_ends_every_process(state: str) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", OWNER, state], **pipes) as owner:  # type: ignore[call-overload]
        zygote = int(owner.stdout.readline())
        assert state == "idle" or until(lambda: children_of(zygote))
        processes = [zygote, *children_of(zygote)]
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        assert until(lambda: not any(map(alive, processes)))


ORPHAN = """
import os
import time
from soar2cot.sandbox.inside.lock import Lock
zygote = os.getpid()
lock = Lock("none", os.getppid())
if os.fork() == 0:
    print("forked", flush=True)
    while os.getppid() == zygote:
        time.sleep(0.001)
    lock.lock_child(60.0, 60.0, 1 << 30)
    print("goes on", flush=True)
"""


def test_a_child_whose_zygote_died_before_it_was_locked_ends_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("forked\n", "")


def test_the_end_of_the_thread_that_opened_it_does_not_end_it() -> None:
    with LinuxSandbox("full", LIMITS, workers=1) as sandbox:
        thread = threading.Thread(target=sandbox.run, args=(SIMPLE,))
        thread.start()
        thread.join()
        before = sandbox.pids
        assert sandbox.run(SIMPLE).grids == ([[1]],)
        assert sandbox.pids == before


def test_a_zygote_that_is_killed_is_replaced() -> None:
    with LinuxSandbox("full", LIMITS, workers=1) as sandbox:
        sandbox.run(SIMPLE)
        (first,) = sandbox.pids
        os.kill(first, signal.SIGKILL)
        assert sandbox.run(SIMPLE).grids == ([[1]],)
        assert sandbox.pids != (first,)
        assert [execution.grids for execution in sandbox.run_many([SIMPLE, NUMPY])] == [([[1]],), ([[1]],)]


def test_many_threads_may_use_one_sandbox() -> None:
    jobs = [Job(f"def transform(grid):\n    return [[{n % 10}]]", ([[1]],)) for n in range(60)]
    with LinuxSandbox("full", LIMITS, workers=2) as sandbox, ThreadPoolExecutor(8) as threads:
        assert [item.grids[0] for item in threads.map(sandbox.run, jobs)] == [[[n % 10]] for n in range(60)]
        assert len(sandbox.pids) <= 2


def test_a_fork_of_the_owner_may_not_use_it_and_does_not_end_it() -> None:
    with LinuxSandbox("full", LIMITS, workers=1) as sandbox:
        sandbox.run(SIMPLE)
        pid = os.fork()
        if pid == 0:
            try:
                sandbox.run(SIMPLE)
            except SandboxError:
                sandbox.close()
                os._exit(7)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
        assert sandbox.run(SIMPLE).grids == ([[1]],)


def test_leaving_a_stream_early_leaves_the_sandbox_usable() -> None:
    with LinuxSandbox("full", LIMITS, workers=1) as sandbox:
        stream = sandbox.run_many(SIMPLE for _ in range(500))
        next(iter(stream))
        stream.close()  # type: ignore[attr-defined]
        assert sandbox.run(SIMPLE).grids == ([[1]],)


def test_a_sandbox_that_nobody_closed_ends_with_its_last_reference() -> None:
    sandbox = LinuxSandbox("full", LIMITS, workers=1)
    sandbox.run(SIMPLE)
    (zygote,) = sandbox.pids
    del sandbox
    gc.collect()
    assert until(lambda: not alive(zygote))
