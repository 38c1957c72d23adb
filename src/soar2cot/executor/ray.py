"""A Ray cluster: each worker is an actor with its own engine, sandbox and connection to the PostgreSQL ledger.

The only file that imports ray. What is said to workers and what becomes of their samples is `crew.py`'s and
`remote.py`'s business; here is how actors are got, reached and ended. Actors belong to this run: when its process
dies, Ray ends them.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import signal
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import structlog

from soar2cot.config import ApiKeys, Cluster, RunConfig
from soar2cot.control import obey
from soar2cot.errors import ConfigError
from soar2cot.events import Events
from soar2cot.executor.crew import Crew, WorkerLostError
from soar2cot.executor.parcel import packed, unpacked
from soar2cot.executor.remote import Order, Packed, RemoteWorker, Report, Task
from soar2cot.feed import Item
from soar2cot.ledger.base import Ledger
from soar2cot.pipeline import Shows, Stop, Summary

SILENCE_S = 60.0  # beyond its patience: a worker that says nothing for so long is taken for dead
FAREWELL_S = 10.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RayExecutor:
    """Runs the pipeline in actors; see the module."""

    config: RunConfig
    run_id: str
    ledger: Ledger
    events: Events
    shows: Shows
    keys: ApiKeys = field(default_factory=ApiKeys)

    async def run(self, samples: Iterator[Item], stop: Stop) -> Summary:
        """As `Executor.run`."""
        with connected(self.config.cluster) as ray:
            crew = Crew(
                Actors(ray, self._task(), self.config.workers),
                ledger=self.ledger,
                run_id=self.run_id,
                events=self.events,
                shows=self.shows,
                grace_s=self.config.grace_s,
                max_deaths=self.config.max_attempts,
                budget=(_or_infinite(self.config.budget_tokens), _or_infinite(self.config.budget_usd)),
            )
            steering = asyncio.create_task(obey(self.config.run_dir, crew.steer))
            try:
                return await crew.run(samples, stop)
            finally:
                steering.cancel()

    def _task(self) -> Task:
        processes = max(1, int(self.config.cluster.worker_cpus))
        return Task(self.config.model_copy(update={"workers": processes}), self.run_id, self.keys)


@contextmanager
def connected(cluster: Cluster) -> Generator[Any]:
    """Ray, connected to the cluster for the length of the block.

    Raises: ConfigError: ray is not installed, or no cluster answers at the address.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reads it when it starts: nothing is sent anywhere
    with _signals_kept():
        ray = _imported()
        _join(ray, cluster)
    try:
        yield ray
    finally:
        ray.shutdown()


@contextmanager
def _signals_kept() -> Generator[None]:
    """Ray makes SIGTERM end the process at once; here it drains the run."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.siginterrupt(signal.SIGTERM, False)


def _imported() -> Any:
    try:
        return import_module("ray")
    except ImportError as error:
        raise ConfigError("--executor ray needs the extra: pip install 'soar2cot[ray]'") from error


def _join(ray: Any, cluster: Cluster) -> None:
    options = {"runtime_env": cluster.runtime_env or None, "log_to_driver": False, "logging_level": logging.WARNING}
    address = cluster.address or os.environ.get("RAY_ADDRESS")
    try:
        ray.init(address=address or "auto", **options)
    except ConnectionError as error:
        if address:
            raise ConfigError(
                f"--address {address}: no Ray cluster answers there ({error}); start its head with "
                "`ray start --head`, or leave the address out for one on this machine alone"
            ) from error
        ray.init(address="local", include_dashboard=False, **options)
    log.info("Connected to the Ray cluster", resources=_resources(ray))


def _resources(ray: Any) -> dict[str, float]:
    """All that the cluster has now, without the names of single nodes."""
    found: dict[str, float] = ray.cluster_resources()
    return {name: found[name] for name in sorted(found) if not name.startswith("node:")}


class Actors:
    """Gets actors: `crew.Hiring`. `workers`: how many, or `auto` for as many as the cluster has room for.

    `kind` is what lives in an actor; a benchmark puts in one that does nothing.
    """

    def __init__(self, ray: Any, task: Task, workers: int | str, *, kind: type[Packed] = RemoteWorker) -> None:
        self._ray = ray
        self._task = task
        self._workers = workers
        self._needs = _needs(task.config.cluster)
        self._class = ray.remote(kind)

    async def wanted(self) -> int:
        """See `crew.Hiring`."""
        if isinstance(self._workers, int):
            return self._workers
        return max(1, fitting(_needed_totals(self._needs), await asyncio.to_thread(_resources, self._ray)))

    async def hire(self) -> RayHand:
        """See `crew.Hiring`."""
        actor = self._class.options(max_restarts=0, max_concurrency=8, **self._needs).remote()
        try:
            capacity = await self._opened(actor)
        except BaseException:
            with suppress(Exception):
                self._ray.kill(actor)
            raise
        return RayHand(self._ray, actor, str(actor._actor_id.hex()[:8]), capacity)

    async def _opened(self, actor: Any) -> int:
        errors = self._ray.exceptions
        try:
            answer: int | Exception = await actor.open.remote(self._task)
        except (errors.RuntimeEnvSetupError, errors.ActorUnschedulableError) as error:
            raise ConfigError(f"no worker can be started on the cluster: {error}") from error
        except errors.RayTaskError as error:
            raise ConfigError(f"a worker could not be opened on its node: {error}") from error
        except errors.RayError as error:
            raise WorkerLostError(_brief(error)) from error
        if isinstance(answer, Exception):
            raise answer
        return answer


class RayHand:
    """One actor: `crew.Hand`."""

    def __init__(self, ray: Any, actor: Any, name: str, capacity: int) -> None:
        self.name = name
        self.capacity = capacity
        self._ray = ray
        self._actor = actor
        self._dismissed = False

    async def turn(self, order: Order) -> Report:
        """See `crew.Hand`."""
        patience_s = order.patience_s + order.gather_s + SILENCE_S
        try:
            return unpacked(await asyncio.wait_for(self._actor.packed_turn.remote(packed(order)), patience_s))
        except TimeoutError:
            raise WorkerLostError(f"it said nothing for {SILENCE_S:.0f} s") from None
        except self._ray.exceptions.RayTaskError:
            raise  # a fault of the worker's own code: every worker would have it
        except self._ray.exceptions.RayError as error:
            raise WorkerLostError(_brief(error)) from error

    async def dismiss(self) -> None:
        """See `crew.Hand`."""
        if self._dismissed:
            return
        self._dismissed = True
        with suppress(Exception):
            await asyncio.wait_for(self._actor.close.remote(), FAREWELL_S)
        with suppress(Exception):
            self._ray.kill(self._actor)


def _or_infinite(budget: float | None) -> float:
    return math.inf if budget is None else budget


def _needs(cluster: Cluster) -> dict[str, Any]:
    """What one actor asks for, as Ray's options."""
    needs: dict[str, Any] = {"num_cpus": cluster.worker_cpus, "resources": cluster.worker_resources}
    if cluster.worker_gpus:
        needs["num_gpus"] = cluster.worker_gpus
    if cluster.worker_memory_bytes:
        needs["memory"] = cluster.worker_memory_bytes
    return needs


def _needed_totals(needs: dict[str, Any]) -> dict[str, float]:
    names = {"num_cpus": "CPU", "num_gpus": "GPU", "memory": "memory"}
    return {**{names[name]: value for name, value in needs.items() if name in names}, **needs["resources"]}


def fitting(needs: dict[str, float], there: dict[str, float]) -> int:
    """How many workers with these needs there is room for, over all nodes together."""
    return min(int(there.get(name, 0.0) / need + 1e-9) for name, need in needs.items())


def _brief(error: Exception) -> str:
    return " ".join((str(error).splitlines() or [type(error).__name__])[:2])[:300]
