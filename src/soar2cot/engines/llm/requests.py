"""From a prompt to the exact bytes that are sent: canonical, so that equal questions have equal hashes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from soar2cot.config import Endpoint
from soar2cot.engines.llm.answers import SCHEMAS
from soar2cot.engines.llm.pictures import data_url
from soar2cot.engines.llm.prompts import BARE, Prompt
from soar2cot.llm.base import Request
from soar2cot.llm.wire import public_address

_LOW_EFFORTS = frozenset({"none", "minimal", "low"})


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to ask: how many tokens, how much reasoning, whether for the bare answer."""

    name: str
    max_tokens: int
    reasoning_effort: str | None
    bare: bool = False


def ladder(endpoint: Endpoint) -> tuple[Rung, ...]:
    """The ways to ask for an answer that was cut off, in order: as configured, longer, with less reasoning, bare."""
    return _ladder(endpoint.reasoning_effort, endpoint.max_output_tokens, endpoint.max_output_tokens_cap)


@lru_cache(maxsize=64)
def _ladder(effort: str | None, max_tokens: int, cap: int) -> tuple[Rung, ...]:
    longer = min(max(max_tokens, cap), 4 * max_tokens)
    rungs = [Rung("", max_tokens, effort)]
    if longer > max_tokens:
        rungs.append(Rung(".longer", longer, effort))
    if effort is not None and effort not in _LOW_EFFORTS:
        effort = "low"
        rungs.append(Rung(".brief", longer, effort))
    return (*rungs, Rung(".bare", longer, effort, bare=True))


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask, and how: one model at one endpoint."""

    endpoint: Endpoint
    model: str

    def request(self, prompt: Prompt, rung: Rung, *, pictures: bool, correction: tuple[str, str] | None) -> Request:
        """The request for one try; `correction` is the misfit answer and what was wrong with it."""
        params = self._params(rung)
        body = {
            "model": self.model,
            "messages": self._messages(prompt, rung, pictures=pictures, correction=correction),
            **({"response_format": _FORMATS[self.endpoint.structured][prompt.verb]} if self._formatted else {}),
            **{(self.endpoint.token_field if name == "max_tokens" else name): value for name, value in params.items()},
            **self.endpoint.extra_body,
        }
        return Request(
            model=self.model,
            endpoint=public_address(self.endpoint.base_url),
            schema_name=prompt.verb,
            body=orjson.dumps(body),
            params=params,
        )

    @property
    def _formatted(self) -> bool:
        return self.endpoint.structured != "prompt"

    def _params(self, rung: Rung) -> dict[str, Any]:
        wanted = {
            "max_tokens": rung.max_tokens,
            "temperature": self.endpoint.temperature,
            "top_p": self.endpoint.top_p,
            "reasoning_effort": rung.reasoning_effort,
        }
        return {name: value for name, value in wanted.items() if value is not None}

    def _messages(
        self, prompt: Prompt, rung: Rung, *, pictures: bool, correction: tuple[str, str] | None
    ) -> list[dict[str, Any]]:
        system = f"{prompt.system}\n\n{_FORM[prompt.verb]}" + (f"\n{BARE}" if rung.bare else "")
        user: Any = prompt.user
        if pictures:
            shown = [{"type": "image_url", "image_url": {"url": data_url(grid)}} for grid in prompt.grids]
            user = [{"type": "text", "text": prompt.user}, *shown]
        messages: list[dict[str, Any]] = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        if correction is not None:
            said, wrong = correction
            messages += [
                {"role": "assistant", "content": said or "(empty)"},
                {"role": "user", "content": f"That cannot be used: {wrong}. {_FORM[prompt.verb]}"},
            ]
        return messages


def _form(verb: str) -> str:
    """How the answer must look, in words: for servers and models that do not hold to a schema by themselves."""
    fields = {"grid": "[[0, 1], [2, 3]]"} if verb == "follow" else dict.fromkeys(SCHEMAS[verb]["required"], '"…"')
    shown = ", ".join(f'"{name}": {value}' for name, value in fields.items())
    return f"Answer with one JSON object and nothing else: {{{shown}}}"


_FORM = {verb: _form(verb) for verb in SCHEMAS}
_FORMATS: dict[str, dict[str, Any]] = {
    "json_schema": {
        verb: {"type": "json_schema", "json_schema": {"name": verb, "strict": True, "schema": schema}}
        for verb, schema in SCHEMAS.items()
    },
    "json_object": {verb: {"type": "json_object"} for verb in SCHEMAS},
}
