"""What a run is started with: frozen, checked whole, read once at the edge.

Every field of `RunConfig` is marked `RESULT` or `RUN`: a changed `RESULT` field would mix results in one run
directory and is refused there. A test fails where a field is not classified.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, cast

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from soar2cot.errors import ConfigError


class Affects(Enum):
    """What a setting can change: the records themselves, or only how, where and when they are made."""

    RESULT = "result"
    RUN = "run"


RESULT, RUN = Affects.RESULT, Affects.RUN


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Frozen):
    """Write instructions from scratch.

    `times` texts are written; each is followed on every training input.
    `include_base64` adds pictures of the grids to the prompt.
    """

    kind: Literal["write"] = "write"
    times: int = Field(default=1, ge=1, le=64)
    instruction_model: str = ""
    follow_model: str = ""
    include_base64: bool = False


class StepRevision(_Frozen):
    """Revise the best texts so far with what they got wrong.

    The `top_scores_used` best are each revised `times_per_top_score` times; `use_diffs` shows the wrong
    cells, otherwise the whole wrong grid.
    """

    kind: Literal["revise"] = "revise"
    top_scores_used: int = Field(default=2, ge=1, le=64)
    times_per_top_score: int = Field(default=1, ge=1, le=64)
    use_diffs: bool = True
    instruction_model: str = ""
    follow_model: str = ""
    include_base64: bool = False


class StepRevisionPool(_Frozen):
    """Write one text from the `top_scores_used` best texts and their results, `times` times."""

    kind: Literal["pool"] = "pool"
    top_scores_used: int = Field(default=4, ge=1, le=64)
    times: int = Field(default=1, ge=1, le=64)
    use_diffs: bool = True
    instruction_model: str = ""
    follow_model: str = ""
    include_base64: bool = False


AnyStep: TypeAlias = Annotated[Step | StepRevision | StepRevisionPool, Field(discriminator="kind")]


class Endpoint(_Frozen):
    """One OpenAI-compatible server. The key is never part of the configuration: it comes from the environment.

    An answer that is cut off is asked for again with up to `max_output_tokens_cap` tokens. `token_field` is the name
    under which the server takes that number. `structured`: how the server is told the answer's schema; `prompt` is for
    servers that refuse `response_format`. `extra_body` is sent as it is. `patience_s`: how long a server that nobody
    can reach is waited for.
    """

    base_url: str = "http://localhost:8000/v1"
    model: str = ""
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_output_tokens: int = Field(default=16_384, ge=1)
    max_output_tokens_cap: int = Field(default=65_536, ge=1)
    token_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    structured: Literal["json_schema", "json_object", "prompt"] = "json_schema"
    reasoning_effort: str | None = None
    extra_body: dict[str, Any] = Field(default_factory=dict[str, Any])
    connect_timeout_s: Annotated[float, RUN] = Field(default=10, gt=0)
    first_byte_timeout_s: Annotated[float, RUN] = Field(default=600, gt=0)
    total_timeout_s: Annotated[float, RUN] = Field(default=1_800, gt=0)
    patience_s: Annotated[float, RUN] = Field(default=86_400, ge=0)


class ProgramLimits(_Frozen):
    """What one SOAR program may use, for all grids of its sample together.

    CPU time decides; wall time is only the loose net for programs that sleep.
    """

    cpu_s: float = Field(default=10.0, gt=0)
    wall_s: float = Field(default=60.0, gt=0)
    memory_bytes: int = Field(default=1 << 30, ge=1 << 26)
    output_bytes: int = Field(default=1 << 20, ge=1 << 12)


class Selection(_Frozen):
    """Which rows of the data are taken; by default all."""

    rounds: tuple[int, int | None] | None = None
    task_ids: tuple[str, ...] = ()
    data_type: Literal["original", "hindsight"] | None = None
    models: tuple[str, ...] = ()
    generations: tuple[int, ...] = ()
    per_task: int | None = Field(default=None, ge=1)
    limit: int | None = Field(default=None, ge=0)
    where: str | None = None
    deduplicate: bool = False
    drop_trivial: bool = False


class Cluster(_Frozen):
    """The Ray cluster that `executor = "ray"` works on, and what one worker takes of it.

    `address`: None: the cluster that RAY_ADDRESS names or that this machine belongs to, else one on this machine alone.
    A worker of the symbolic engine has as many processes as it has CPUs. `worker_resources` are custom ones that nodes
    were started with. `runtime_env` goes to Ray as it is; keep secrets out of it: it is written to config.toml.
    """

    address: str | None = None
    worker_cpus: float = Field(default=1, gt=0)
    worker_gpus: float = Field(default=0, ge=0)
    worker_memory_bytes: int | None = Field(default=None, ge=1)
    worker_resources: dict[str, float] = Field(default_factory=dict[str, float])
    runtime_env: dict[str, Any] = Field(default_factory=dict[str, Any])


OF_MODELS = ("writer", "follower", "final_follow_times")  # settings that mean nothing to the symbolic engine


class RunConfig(_Frozen):
    """Everything that a run is started with. Defaults need no model, no server and no network."""

    # what the records are made of
    engine: Annotated[Literal["symbolic", "llm"], RESULT] = "symbolic"
    steps: Annotated[tuple[AnyStep, ...], RESULT] = Field(default=(Step(),), min_length=1)
    final_follow_times: Annotated[int, RESULT] = Field(default=2, ge=1, le=64)
    writer: Annotated[Endpoint, RESULT] = Endpoint()
    follower: Annotated[Endpoint | None, RESULT] = None  # None: the writer follows too
    lift: Annotated[bool, RESULT] = False
    chain_of_thought: Annotated[Literal["short", "medium", "full"], RESULT] = "medium"
    program_limits: Annotated[ProgramLimits, RESULT] = ProgramLimits()
    sandbox: Annotated[Literal["full", "weak", "none"], RESULT] = "full"

    # what is taken from where, and how it is worked off
    data: Annotated[str | None, RUN] = None  # None: the sample that ships; told apart by content, not by name
    arc: Annotated[Path | None, RUN] = None  # None: the ARC tasks of the library
    run_dir: Annotated[Path, RUN] = Path("runs/default")
    ledger: Annotated[str | None, RUN] = None  # None: sqlite in the run directory
    replay: Annotated[Path | None, RUN] = None  # None: models answer; else the journal of this run directory
    progress_file: Annotated[Path | None, RUN] = None  # None: progress.json in the run directory
    select: Annotated[Selection, RUN] = Selection()
    executor: Annotated[Literal["local", "ray"], RUN] = "local"
    cluster: Annotated[Cluster, RUN] = Cluster()
    workers: Annotated[int | Literal["auto"], RUN] = "auto"
    max_concurrency: Annotated[int | Literal["auto"], RUN] = "auto"
    max_attempts: Annotated[int, RUN] = Field(default=3, ge=1)
    grace_s: Annotated[float, RUN] = Field(default=30, ge=0)
    lease_s: Annotated[float, RUN] = Field(default=120, gt=0)
    budget_usd: Annotated[float | None, RUN] = Field(default=None, gt=0)
    budget_tokens: Annotated[int | None, RUN] = Field(default=None, gt=0)
    prices: Annotated[Path | None, RUN] = None  # None: the price table that ships

    @model_validator(mode="before")
    @classmethod
    def _follower_like_writer(cls, values: Any) -> Any:
        """What the follower's table does not say is as the writer's: `--follow-model` alone keeps the server."""
        if not isinstance(values, dict):
            return values  # pyright: ignore[reportUnknownVariableType]
        given = cast("dict[str, Any]", values)
        writer, follower = given.get("writer"), given.get("follower")
        if isinstance(follower, dict) and isinstance(writer, dict):
            return given | {"follower": cast("dict[str, Any]", writer) | cast("dict[str, Any]", follower)}
        return given

    @classmethod
    def affecting(cls, what: Affects) -> tuple[str, ...]:
        """The names of the fields that affect `what`, in order of definition."""
        return tuple(name for name, field in cls.model_fields.items() if what in field.metadata)

    @property
    def progress_path(self) -> Path:
        """Where progress.json lies."""
        return self.progress_file or self.run_dir / "progress.json"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the settings that can change a result: one run directory holds one fingerprint."""
        return hashlib.sha256(orjson.dumps(self.result_settings(), option=orjson.OPT_SORT_KEYS)).hexdigest()

    def result_settings(self) -> dict[str, Any]:
        """The settings that can change a result, as plain JSON values. Where no model is asked, none of a model's."""
        names = set(self.affecting(RESULT)) - (set(OF_MODELS) if self.engine == "symbolic" else set())
        settings = self.model_dump(mode="json", include=names)
        run_only = {name for name, field in Endpoint.model_fields.items() if RUN in field.metadata}
        for role in ("writer", "follower"):
            if settings.get(role) is not None:
                settings[role] = {name: value for name, value in settings[role].items() if name not in run_only}
        return settings


def parse_config(values: dict[str, Any], *, source: str) -> RunConfig:
    """Checks all of `values` at once.

    Raises: ConfigError: a line for each problem, with its name as it stands in TOML.
    """
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        lines = [
            f"  {'.'.join(map(str, item['loc']))}: {item['msg']} (given: {item['input']!r})" for item in error.errors()
        ]
        raise ConfigError(f"{source} cannot be used:\n" + "\n".join(lines)) from error


def changed_settings(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What differs between two `result_settings()`, a line each: `name: old → new`."""
    flat_old, flat_new = dict(_flatten(old)), dict(_flatten(new))
    names = sorted(flat_old.keys() | flat_new.keys())
    return [
        f"{name}: {flat_old.get(name, '(unset)')!r} → {flat_new.get(name, '(unset)')!r}"
        for name in names
        if flat_old.get(name) != flat_new.get(name)
    ]


def _flatten(value: Any, prefix: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in _flatten(item, f"{prefix}{key}.")]  # pyright: ignore
    if isinstance(value, list):
        return [pair for index, item in enumerate(value) for pair in _flatten(item, f"{prefix}{index}.")]  # pyright: ignore
    return [(prefix.rstrip("."), value)]


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """The keys for the models' servers. Read from the environment at the edge; never stored, logged or shown."""

    writer: str | None = field(default=None, repr=False)
    follower: str | None = field(default=None, repr=False)
