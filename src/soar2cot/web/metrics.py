"""A run's figures for Prometheus: a watcher of events, and a small server on loopback.

metrics = Metrics()
events.subscribe(metrics.watch)
with metrics.serving(port): …
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from soar2cot import events
from soar2cot.errors import ConfigError
from soar2cot.records import Call

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.999, 1.0)


class Metrics:
    """Counts a run's events. Every run has a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own: Any = {"registry": self.registry, "namespace": "soar2cot"}
        self._completed = Counter("samples_completed", "Samples made durable by this run.", **own)
        self._failed = Counter("samples_failed", "Samples parked by this run.", ["reason"], **own)
        self._in_flight = Gauge("samples_in_flight", "Samples being worked on.", **own)
        self._remaining = Gauge("samples_remaining", "Samples left when the run started, less those done since.", **own)
        self._seconds = Histogram("sample_seconds", "Wall time from claim to commit.", buckets=_SECONDS, **own)
        self._score = Histogram("sample_score", "Training scores, 0 to 1.", buckets=_SHARES, **own)
        self._calls = Counter("calls", "Calls to models.", ["model", "source"], **own)
        self._tokens = Counter("tokens", "Tokens of answered calls.", ["model", "kind"], **own)
        self._cost = Counter("cost_usd", "US dollars of priced calls.", ["model"], **own)
        self._latency = Histogram("call_seconds", "How long models took to answer.", ["model"], buckets=_SECONDS, **own)
        self._waiting = Gauge("waiting", "1 while the run stands still for a reason from outside.", **own)
        self._calls_out = Gauge("calls_in_flight", "Calls that are out.", ["endpoint"], **own)
        self._calls_limit = Gauge("calls_limit", "How many calls may be out.", ["endpoint"], **own)

    def watch(self, event: events.Event) -> None:
        """Counts one event; give this to `Events.subscribe`."""
        match event:
            case events.RunStarted():
                self._remaining.set(event.remaining or 0)
            case events.SampleStarted():
                self._in_flight.inc()
                self._waiting.set(0)
            case events.SampleCompleted():
                self._completed.inc()
                self._seconds.observe(event.seconds)
                self._score.observe(event.outcome.record.score)
                self._ended()
            case events.SampleFailed():
                self._failed.labels(event.failure.error_type).inc()
                self._ended()
            case events.SampleLeft():
                self._in_flight.dec(event.started)
            case events.CallFinished():
                self._call(event.call, from_journal=event.from_journal)
            case events.CallsUnderWay():
                self._calls_out.labels(event.address).set(event.in_flight)
                self._calls_limit.labels(event.address).set(event.limit)
            case events.Waiting():
                self._waiting.set(1)
            case events.Draining() | events.RunFinished():
                pass

    @contextmanager
    def serving(self, port: int, *, host: str = "127.0.0.1") -> Generator[int]:
        """Serves `/metrics` for the length of the block; gives the port (0 asks for a free one).

        Raises: ConfigError: the port is taken.
        """
        try:
            server, thread = start_http_server(port, addr=host, registry=self.registry)
        except OSError as error:
            raise ConfigError(f"--metrics-port {port}: cannot listen there ({error}); take another port") from error
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _ended(self) -> None:
        self._in_flight.dec()
        self._remaining.dec()

    def _call(self, call: Call, *, from_journal: bool) -> None:
        self._calls.labels(call.model, "journal" if from_journal else "server").inc()
        if from_journal:
            return
        self._tokens.labels(call.model, "prompt").inc(call.prompt_tokens)
        self._tokens.labels(call.model, "cached").inc(call.cached_tokens)
        self._tokens.labels(call.model, "completion").inc(call.completion_tokens)
        self._cost.labels(call.model).inc(call.cost_usd or 0.0)
        self._latency.labels(call.model).observe(call.latency_s)
