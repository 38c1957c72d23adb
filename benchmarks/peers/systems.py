"""The systems that are compared, how each is set up, and how each resumes, after its own documentation."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from envs import HERE, python_of, version_of


@dataclass(frozen=True)
class System:
    """`env`: the environment, None for the product's own. `package`: what its version is read from.

    `settings`: what was set, beside the model's address and name. `resume`: what its user types after a kill.
    `mend`: what the user must do by hand where that does not work; the files that are removed for it.
    """

    name: str
    script: str
    env: str | None
    package: str
    settings: str
    resume: str = "the same command"
    mend: tuple[str, ...] = ()

    def command(self, rows: Path, out: Path, url: str, in_flight: int) -> list[str]:
        """What is run. Raises: NoEnvironmentError."""
        python = sys.executable if self.env is None else str(python_of(self.env))
        return [python, str(HERE / "adapters" / f"{self.script}.py"), str(rows), str(out), url, str(in_flight)]

    @property
    def version(self) -> str:
        """The version that is measured; empty for code of this folder."""
        return version_of(self.env, self.package) if self.env and self.package else ""

    def start_over(self, out: Path) -> None:
        """What is left to a user whose resume does not work: remove what it kept (`mend`), and pay again."""
        for name in self.mend:
            path = out / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


SYSTEMS = [
    System("soar2cot", "run_soar2cot", None, "", "engine llm, SQLite ledger, one call a row, max_concurrency 256"),
    System("bare loop", "run_bare", None, "", "aiohttp + orjson, a flushed line per answer, no sync to disk"),
    System(
        "published design",
        "run_published",
        "published",
        "",
        "re-created: aiohttp, SQLite table without a key, progress.json rewritten per row",
        mend=("progress.json",),
    ),
    System(
        "DBOS Transact",
        "run_dbos",
        "dbos",
        "dbos",
        "SQLite, a workflow of one step per row, its id the row's, 256 at once",
        mend=("dbos.db",),
    ),
    System(
        "datatrove",
        "run_datatrove",
        "datatrove",
        "datatrove",
        "InferenceRunner, endpoint, max_concurrent_generations 256, checkpoints_local_dir, records_per_chunk 500",
        mend=("checkpoints", "data", "logs"),
    ),
    System(
        "curator",
        "run_curator",
        "curator",
        "bespokelabs-curator",
        "backend openai, response_format, max_concurrent_requests 256, rate limits lifted, working_dir",
        mend=("cache",),
    ),
    System(
        "distilabel",
        "run_distilabel",
        "distilabel",
        "distilabel",
        "OpenAILLM, TextGeneration, input_batch_size 256, JSON response format, use_cache",
        mend=("cache",),
    ),
    System(
        "data-designer",
        "run_data_designer",
        "data_designer",
        "data-designer",
        "structured column, max_parallel_requests 256, other settings default (buffer_size 1000)",
        resume="the same command, with resume=ResumeMode.IF_POSSIBLE",
        mend=("artifacts",),
    ),
    System(
        "inspect-ai",
        "run_inspect",
        "inspect",
        "inspect-ai",
        "eval_set, response_schema, max_connections 256, max_samples 256, openai-api provider",
        mend=("logs",),
    ),
]
