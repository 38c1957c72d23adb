"""A Ray cluster of several nodes on this machine, on loopback alone, for tests and benchmarks."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # Ray's name for: addresses are 127.0.0.1
    "RAY_prestart_worker_first_driver": "0",
    "RAY_enable_worker_prestart": "0",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_failure_threshold": "3",
}
STORE_BYTES = 80 << 20
TRIES = 5


class RayNodes:
    """A head without CPUs and `n` nodes with `cpus` each; they end with the block."""

    def __init__(self, n: int, *, cpus: int = 1) -> None:
        os.environ.update(SETTINGS)
        self._n = n
        self._cpus = cpus

    def __enter__(self) -> RayNodes:
        import ray._private.utils
        from ray.cluster_utils import Cluster

        ray._private.utils.set_sigterm_handler = lambda _: None  # nodes are started in threads, where it cannot be set
        head = {
            "num_cpus": 0,
            "object_store_memory": STORE_BYTES,
            "include_dashboard": False,
            "include_log_monitor": False,
        }
        self._cluster: Any = _tried_again(lambda: Cluster(initialize_head=True, head_node_args=head))
        self._nodes = [self._node() for _ in range(self._n)]
        return self

    def __exit__(self, *_: object) -> None:
        self._cluster.shutdown()

    @property
    def address(self) -> str:
        return self._cluster.address

    def replace_node(self, chance: random.Random) -> None:
        """Kills a node with all that runs there; another one comes."""
        node = self._nodes.pop(chance.randrange(len(self._nodes)))
        self._cluster.remove_node(node, allow_graceful=False)
        self._nodes.append(self._node())

    def actors(self) -> list[int]:
        """The processes of this cluster's actors."""
        raylets = set(self._raylets())
        return [pid for pid, parent, name in _processes() if parent in raylets and name.startswith("ray::RemoteWorker")]

    def daemons(self) -> list[int]:
        """The processes of Ray itself: raylets with their agents, the head's store."""
        raylets = set(self._raylets())
        mine = {pid for pid, parent, name in _processes() if parent in raylets and not name.startswith("ray::")}
        others = {info.process.pid for kind in self._cluster.head_node.all_processes.values() for info in kind}
        return sorted(raylets | mine | others)

    def _raylets(self) -> list[int]:
        nodes = [self._cluster.head_node, *self._nodes]
        return [info.process.pid for node in nodes for info in node.all_processes.get("raylet", [])]

    def _node(self) -> Any:
        return _tried_again(lambda: self._cluster.add_node(num_cpus=self._cpus, object_store_memory=STORE_BYTES))


def _tried_again(start: Callable[[], Any]) -> Any:
    """Ray gives a node half a minute to start, which a busy machine does not always keep."""
    for _ in range(TRIES - 1):
        try:
            return start()
        except Exception as error:  # noqa: BLE001 - Ray raises no other class than this
            print(f"a node did not start in time, once more: {error}", file=sys.stderr)
    return start()


def _processes() -> list[tuple[int, int, str]]:
    """(pid, parent, command line) of all processes."""
    found: list[tuple[int, int, str]] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        found.append((int(folder.name), parent, name))
    return found
