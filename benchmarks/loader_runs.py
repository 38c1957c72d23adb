"""What is done before a run, and real `soar2cot run` processes: started, measured, killed with -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soar2cot.key_columns import KeyColumns

# Libraries are imported where they are needed: a process that is measured pays for its own alone.
DONE = (0, 2, 100_000, 2_500_000)  # of a smaller file: those that leave half of it
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
STOPPED = 143  # exit code of a run that was told to end
HANDED_ON = "Processing task"  # the line that a run logs with the first sample


def done_counts(data: Path) -> list[int]:
    """How many samples are done, from none to many."""
    import pyarrow.parquet as pq

    half = int(pq.read_metadata(data).num_rows) // 2  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return [n for n in DONE if n < half] + [half] * (half <= DONE[-1])


def save_done(data: Path, folder: Path, n: int) -> Path:
    """The first `n` keys in the order of work, as a ledger would hand them over: columns."""
    import numpy as np

    from soar2cot.soar_loader import open_soar

    part, path = open_soar(data).keys.part(slice(0, n)), folder / f"done-{n}.npz"
    np.savez(path, tasks=np.array(part.tasks), kinds=np.array(part.kinds),
             task=part.task, round_index=part.round_index, kind=part.kind)  # fmt: skip
    return path


def save_progress(data: Path, folder: Path, n: int) -> Path:
    """progress.json of the first `n` keys in the order of work."""
    from soar2cot import atomic
    from soar2cot.keyset import KeySet
    from soar2cot.progress_file import render_progress

    keys, path = KeySet(), folder / f"progress-{n}.json"
    keys.extend(load_done(str(save_done(data, folder, n))))
    atomic.write_bytes(path, *render_progress(keys, last_saved_to_parquet=0))
    return path


def load_done(path: str) -> KeyColumns:
    """The columns that `save_done` wrote."""
    import numpy as np

    from soar2cot.key_columns import KeyColumns

    with np.load(path, allow_pickle=False) as saved:
        return KeyColumns(tuple(saved["tasks"].tolist()), tuple(saved["kinds"].tolist()),
                          saved["task"], saved["round_index"], saved["kind"])  # fmt: skip


@dataclass(frozen=True)
class Start:
    """What a run had used when its first sample was handed to the pipeline, as the kernel counts it.

    `cpu_s`: of the run's own process; `all_cpu_s`: with the sandbox's and the workers'. `rss_mb`: the most until then.
    """

    cpu_s: float
    all_cpu_s: float
    rss_mb: float


def make_ready(data: Path, run_dir: Path, progress: Path | None) -> None:
    """A run directory in which the samples of a progress file are done: the command adopts it, then is stopped."""
    run_dir.mkdir(parents=True)
    if progress:
        (run_dir / "progress.json").write_bytes(progress.read_bytes())
    with _running(data, run_dir) as process:
        _until_first_sample(process)
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()  # type: ignore[union-attr]
        if process.wait() != STOPPED:
            raise SystemExit(f"the run did not stop as it was asked to:\n{said}")


def start_and_kill(data: Path, run_dir: Path) -> Start:
    """Starts the run as a user does, and kills it and what it started as soon as the first sample is handed on."""
    with _running(data, run_dir) as process:
        _until_first_sample(process)
        cpu = dict(_session(process.pid))
        return Start(cpu[process.pid], sum(cpu.values()), _peak_mb(process.pid))


@contextmanager
def _running(data: Path, run_dir: Path) -> Generator[subprocess.Popen[str]]:
    command = [str(Path(sys.executable).with_name("soar2cot")), "run", "--data", str(data), "--run-dir", str(run_dir)]
    process = subprocess.Popen(
        [*command, "--yes", "--display", "quiet"], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it has ended, and all that it started
        process.wait()


def _until_first_sample(process: subprocess.Popen[str]) -> None:
    said: list[str] = []
    for line in process.stderr or ():
        if HANDED_ON in line:
            return
        said.append(line)
    raise SystemExit(f"the run ended before its first sample:\n{''.join(said)}")


def _session(leader: int) -> Iterator[tuple[int, float]]:
    """(pid, CPU seconds) of every process of a session."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[3]) == leader:
            yield int(folder.name), (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def _peak_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
