"""A model server for tests, benchmarks and users: OpenAI-compatible, with a capacity, and every fault on order.

    async with ScriptedServer() as server:          # in your own event loop
        ... server.base_url ...
        server.order("429", times=3, retry_after_s=1)

    python -m soar2cot.testing --port 8000          # as a process; POST /_order, GET /_stats

The same request gets the same answer, always: so a run that was stopped and resumed can be compared with one that was
not. `server.counts` says how often each request came and how often its answer went out.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import orjson

from soar2cot.concurrency import Slots
from soar2cot.testing.faulty import FAULTS, Order, bent_content
from soar2cot.testing.http import Connection, HttpRequest, HttpResponse
from soar2cot.testing.oracle import Oracle, prompt_of

Model = Callable[[str, str], str]


@dataclass(slots=True)
class Capacity:
    """How much a server can do at once.

    `slots` calls are served at the same time (None: any number), each for `service_s` seconds, spread evenly by up to
    `spread` of it; up to `queue` more wait in line (None: any number), the rest is refused with 429.
    """

    slots: int | None = None
    service_s: float = 0.0
    spread: float = 0.0
    queue: int | None = None


@dataclass
class Counts:
    """What the server saw. Keys of `started` and `answered` are SHA-256 of the request's body, in hex."""

    started: Counter[str] = field(default_factory=Counter[str])
    answered: Counter[str] = field(default_factory=Counter[str])
    refused: int = 0
    faults: Counter[str] = field(default_factory=Counter[str])
    in_flight: int = 0
    most_in_flight: int = 0

    def summary(self) -> dict[str, Any]:
        """Sums, as plain JSON values."""
        return {
            "started": self.started.total(),
            "answered": self.answered.total(),
            "different": len(self.started),
            "refused": self.refused,
            "faults": dict(self.faults),
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
        }


class ScriptedServer:
    """See the module.

    Args: model: gives the content for (schema name, prompt); an `Oracle` by default.
          api_key: where given, other keys get 401. models: where given, other names get 404.
          prefix_cache: reports cached tokens as a server with a prefix cache of that many blocks would.
          think_tokens: reported for each answer beside its own tokens.
    """

    def __init__(
        self,
        model: Model | None = None,
        *,
        capacity: Capacity | None = None,
        api_key: str | None = None,
        models: tuple[str, ...] = (),
        prefix_cache: int = 0,
        think_tokens: int = 0,
        port: int = 0,
    ) -> None:
        self._model = model or Oracle()
        self._api_key = api_key
        self._models = models
        self._cache: OrderedDict[bytes, None] = OrderedDict()
        self._cache_blocks = prefix_cache
        self._think_tokens = think_tokens
        self._port = port
        self._orders: list[Order] = []
        self._random = random.Random(0)
        self._open: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self.capacity = capacity or Capacity()
        self._slots = Slots(self.capacity.slots or 1)
        self.counts = Counts()
        self.latencies_s: deque[tuple[float, float]] = deque(maxlen=100_000)  # (when it ended, how long it took)

    @property
    def base_url(self) -> str:
        """What to give as `--base-url`."""
        return f"http://127.0.0.1:{self._port}/v1"

    async def __aenter__(self) -> ScriptedServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listens; on the same port again after a `stop`."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._handle, self._open), "127.0.0.1", self._port, backlog=4_096
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Is gone: nobody is answered, connections are reset."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._open):
            if connection.transport is not None:
                connection.transport.abort()
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    def order(self, fault: str, **how: Any) -> None:
        """Orders a fault: see `faulty.Order` for how often, and `FAULTS` for what there is."""
        if fault not in FAULTS:
            raise KeyError(f"no fault {fault!r}; there are: {', '.join(FAULTS)}")
        self._orders.append(Order(fault, **how))

    def set_slots(self, slots: int) -> None:
        """Changes the capacity while in use."""
        self.capacity = replace(self.capacity, slots=slots)
        self._slots.limit = slots

    def heal(self) -> None:
        """Takes all orders back."""
        self._orders.clear()

    # --- answering

    def _handle(self, request: HttpRequest) -> Any:
        if request.path.endswith("/chat/completions") and request.method == "POST":
            return self._complete(request)
        if request.path.endswith("/models"):
            listed = [{"id": name, "object": "model"} for name in self._models or ("scripted",)]
            return _json({"object": "list", "data": listed})
        if request.path == "/_stats":
            return _json(self.counts.summary())
        if request.path == "/_order":
            return self._ordered(orjson.loads(request.body))
        return _error(404, f"no such path {request.path}")

    def _ordered(self, wanted: dict[str, Any]) -> HttpResponse:
        if "slots" in wanted:
            self.set_slots(int(wanted["slots"]))
        elif wanted.get("fault") is None:
            self.heal()
        else:
            self.order(wanted.pop("fault"), **wanted)
        return _json({"ok": True})

    def _complete(self, request: HttpRequest) -> Any:
        if self._api_key is not None and request.headers.get("authorization") != f"Bearer {self._api_key}":
            return _error(401, "Incorrect API key provided", code="invalid_api_key")
        body = cast("dict[str, Any]", orjson.loads(request.body))
        if self._models and body.get("model") not in self._models:
            return _error(404, f"The model {body.get('model')!r} does not exist", code="model_not_found")
        name = hashlib.sha256(request.body).hexdigest()
        order = next((order for order in self._orders if order.strikes(name)), None)
        if order is not None and order.fault in _BEFORE_WORK:
            self.counts.faults[order.fault] += 1
            return _BEFORE_WORK[order.fault](order)
        return self._serve(body, name, order)

    def _serve(self, body: dict[str, Any], name: str, order: Order | None) -> Any:
        capacity = self.capacity
        if capacity.slots is None and not capacity.service_s:
            self._begin(name)
            return self._finished(body, name, order)
        if (
            capacity.slots is not None
            and capacity.queue is not None
            and self._slots.in_use + self._slots.waiting >= capacity.slots + capacity.queue
        ):
            self.counts.refused += 1
            return _error(429, "Too many requests at once", code="rate_limit_exceeded")
        self._begin(name)
        return self._serve_later(body, name, order)

    async def _serve_later(self, body: dict[str, Any], name: str, order: Order | None) -> HttpResponse:
        came = time.monotonic()
        limited = self.capacity.slots is not None
        try:
            if limited:
                await self._slots.acquire()
            try:
                spread = self.capacity.spread * self._random.uniform(-1, 1)
                await asyncio.sleep(self.capacity.service_s * (1 + spread))
            finally:
                if limited:
                    self._slots.release()
        except asyncio.CancelledError:
            self.counts.in_flight -= 1
            raise
        now = time.monotonic()
        self.latencies_s.append((now, now - came))
        return self._finished(body, name, order)

    def _begin(self, name: str) -> None:
        counts = self.counts
        counts.started[name] += 1
        counts.in_flight += 1
        counts.most_in_flight = max(counts.most_in_flight, counts.in_flight)

    def _finished(self, body: dict[str, Any], name: str, order: Order | None) -> HttpResponse:
        self.counts.in_flight -= 1
        self.counts.answered[name] += 1
        if order is not None:
            self.counts.faults[order.fault] += 1
        return self._answer(body, order)

    def _answer(self, body: dict[str, Any], order: Order | None) -> HttpResponse:
        prompt = prompt_of(body)
        content = self._model(_schema_name(body), prompt)
        message: dict[str, Any] = {"role": "assistant", "content": content}
        finish_reason = "stop"
        if order is not None:
            message, finish_reason = bent_content(order.fault, message)
        answer = _json(self._completion(body, prompt, message, finish_reason))
        return _AFTER_WORK[order.fault](answer) if order is not None and order.fault in _AFTER_WORK else answer

    def _completion(self, body: dict[str, Any], prompt: str, message: dict[str, Any], reason: str) -> dict[str, Any]:
        prompt_tokens = len(prompt) // 3
        completion_tokens = len(message.get("content") or "") // 3 + self._think_tokens
        return {
            "id": "chatcmpl-scripted",
            "object": "chat.completion",
            "created": 0,
            "model": body.get("model"),
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": {
                "prompt_tokens": prompt_tokens,
                "completion_tokens": completion_tokens,
                "total_tokens": prompt_tokens + completion_tokens,
                "prompt_tokens_details": {"cached_tokens": self._cached(prompt) if self._cache_blocks else 0},
            },
        }

    def _cached(self, prompt: str) -> int:
        """Tokens of the longest prefix, in blocks of 16 tokens, that was seen before."""
        state, hits, hitting = hashlib.sha256(), 0, True
        for start in range(0, len(prompt) - 47, 48):
            state.update(prompt[start : start + 48].encode())
            block = state.digest()
            hitting = hitting and block in self._cache
            hits += hitting
            self._cache[block] = None
            self._cache.move_to_end(block)
        while len(self._cache) > self._cache_blocks:
            self._cache.popitem(last=False)
        return hits * 16


def _schema_name(body: dict[str, Any]) -> str:
    """The schema's name; where the server was told none, what the prompt's form names."""
    wanted = cast("dict[str, Any]", body.get("response_format") or {}).get("json_schema")
    if isinstance(wanted, dict):
        return str(cast("dict[str, Any]", wanted).get("name"))
    prompt = prompt_of(body)
    if '"grid":' in prompt:
        return "follow"
    return "revise" if "revised_instructions" in prompt else "write"


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(status, orjson.dumps(value), headers=headers or {})


def _error(status: int, message: str, *, code: str | None = None, headers: dict[str, str] | None = None) -> Any:
    return _json({"error": {"message": message, "type": "error", "param": None, "code": code}}, status, headers)


def _refused(order: Order) -> HttpResponse:
    wait = order.retry_after_s
    return _error(
        429,
        "Too many requests",
        code="rate_limit_exceeded",
        headers={} if wait is None else {"Retry-After": f"{wait:g}"},
    )


_BEFORE_WORK: dict[str, Callable[[Order], HttpResponse]] = {
    "429": _refused,
    "500": lambda _: _error(500, "Internal error"),
    "502": lambda _: HttpResponse(502, b"<html><h1>Bad gateway</h1></html>", "text/html"),
    "503": lambda _: _error(503, "Overloaded"),
    "400": lambda _: _error(400, "This cannot be done"),
    "expired_key": lambda _: _error(401, "Incorrect API key provided: sk-live-1234567890", code="invalid_api_key"),
    "too_long": lambda _: _error(400, "This model's maximum context is 10 tokens", code="context_length_exceeded"),
    "reset": lambda _: HttpResponse(reset=True),
    "silence": lambda _: HttpResponse(silent=True),
    "html": lambda _: HttpResponse(200, b"<html>Welcome</html>", "text/html"),
}
_AFTER_WORK: dict[str, Callable[[HttpResponse], HttpResponse]] = {
    "half": lambda answer: replace(answer, cut=0.5),
    "drip": lambda answer: replace(answer, byte_s=1.0),
    "lost": lambda answer: replace(answer, reset=True),
}
