"""`soar2cot doctor --endpoint URL`: reachable? which models? does it hold to a schema? what does one answer cost?"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from soar2cot.challenge import Challenge, Example, Input
from soar2cot.config import Endpoint, Step
from soar2cot.engines.base import FollowQuestion
from soar2cot.engines.llm.answers import MisfitError, read_grid
from soar2cot.engines.llm.prompts import follow_prompt
from soar2cot.engines.llm.requests import Asking, ladder
from soar2cot.errors import ModelError
from soar2cot.llm.base import Answer
from soar2cot.llm.cost import load_prices
from soar2cot.llm.openai import OpenAITransport
from soar2cot.records import Instructions, SampleKey

_PUZZLE = Challenge(
    "doctor", (Example([[1, 0], [0, 2]], [[0, 1], [2, 0]]), Example([[3, 4]], [[4, 3]])), (Input([[5, 6, 7]]),)
)
_TEXT = Instructions("The output is the input seen in a mirror.", "1. Reverse the order of the cells in each row.")


@dataclass(frozen=True, slots=True)
class EndpointReport:
    """What one look and one question showed. `structured` is the setting that worked, None where none did."""

    address: str
    reachable: bool
    models: tuple[str, ...] = ()
    model: str = ""
    structured: str | None = None
    right: bool = False
    latency_s: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None
    problems: tuple[str, ...] = field(default_factory=tuple)

    @property
    def usable(self) -> bool:
        """Whether a run can use it."""
        return self.reachable and self.structured is not None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"usable": self.usable}


def report_endpoint(base_url: str, *, model: str = "", api_key: str | None = None) -> EndpointReport:
    """Looks, then asks one small question, of the model named or the first that is listed."""
    return asyncio.run(_report(Endpoint(base_url=base_url, model=model, first_byte_timeout_s=120), api_key))


def endpoint_lines(report: EndpointReport) -> list[str]:
    """The report for people."""
    if not report.reachable:
        return [f"endpoint {report.address}: cannot be used", *[f"  {problem}" for problem in report.problems]]
    listed = ", ".join(report.models[:8]) + (" …" if len(report.models) > 8 else "")
    lines = [f"endpoint {report.address}: reachable", f"  models: {listed or 'it lists none'}"]
    if report.structured is not None:
        hint = "" if report.structured == "json_schema" else f'; set structured = "{report.structured}" under [writer]'
        cost = "price not known" if report.cost_usd is None else f"${report.cost_usd:.6f}"
        lines += [
            f"  answers of {report.model} can be used, told by {report.structured}{hint}",
            f"  one question: {'right' if report.right else 'wrong'}, {report.latency_s:.2f} s, "
            f"{report.prompt_tokens} + {report.completion_tokens} tokens, {cost}",
        ]
    return [*lines, *[f"  {problem}" for problem in report.problems]]


async def _report(endpoint: Endpoint, api_key: str | None) -> EndpointReport:
    transport = OpenAITransport(endpoint, api_key)
    problems: list[str] = []
    try:
        try:
            models = tuple(await transport.models())
        except ModelError as error:
            return EndpointReport(transport.address, False, problems=(str(error),))
        endpoint = endpoint.model_copy(update={"model": endpoint.model or (models[0] if models else "")})
        found = EndpointReport(transport.address, True, models, endpoint.model)
        for structured in ("json_schema", "json_object", "prompt"):
            try:
                answer = await _ask(transport, endpoint.model_copy(update={"structured": structured}))
                return replace(_with_answer(found, answer), structured=structured, problems=tuple(problems))
            except (ModelError, MisfitError) as error:
                problems.append(f"{structured}: {error}")
        return replace(found, problems=tuple(problems))
    finally:
        await transport.aclose()


async def _ask(transport: OpenAITransport, endpoint: Endpoint) -> Answer:
    """One answer that holds a grid. Raises: ModelError, MisfitError."""
    question = FollowQuestion(
        SampleKey("doctor", 0, "original"), _TEXT, _PUZZLE.train, _PUZZLE.test[0].input, Step(), "doctor"
    )
    request = Asking(endpoint, endpoint.model).request(
        follow_prompt(question), ladder(endpoint)[0], pictures=False, correction=None
    )
    answer = await transport.exchange(request)
    read_grid(answer.content)
    return answer


def _with_answer(found: EndpointReport, answer: Answer) -> EndpointReport:
    return replace(
        found,
        right=read_grid(answer.content) == [[7, 6, 5]],
        latency_s=answer.latency_s,
        prompt_tokens=answer.prompt_tokens,
        completion_tokens=answer.completion_tokens,
        cost_usd=load_prices().cost(found.model, answer),
    )
