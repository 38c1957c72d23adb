"""The model engine: four verbs, each a call through the journal, with a bounded number of ways to get an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from soar2cot.config import AnyStep, Endpoint, RunConfig
from soar2cot.engines.base import Attempt, Followed, FollowQuestion, Question
from soar2cot.engines.llm.answers import MisfitError, read_grid, read_texts
from soar2cot.engines.llm.prompts import (
    PROMPT_VERSION,
    Prompt,
    follow_prompt,
    pool_prompt,
    revise_prompt,
    write_prompt,
)
from soar2cot.engines.llm.requests import Asking, ladder
from soar2cot.errors import ConfigError, ModelRefusedError, NoInstructionError
from soar2cot.events import CallsUnderWay, Events
from soar2cot.journal import Journal, answered_call, describe_call
from soar2cot.llm.base import ModelClient, Request
from soar2cot.llm.client import Patience, PatientClient
from soar2cot.llm.cost import Meter, load_prices
from soar2cot.llm.health import Health
from soar2cot.llm.limit import Limiter, MaxConcurrency
from soar2cot.llm.wire import public_address
from soar2cot.records import Call, Instructions, SampleKey

T = TypeVar("T")

_REFUSALS = frozenset({"refusal", "content_filter"})


@dataclass
class _Tally:
    """What became of the calls for one answer."""

    place: str
    n_calls: int = 0
    problems: list[str] = field(default_factory=list[str])

    def told(self) -> str:
        return f"{self.place}: no usable answer in {self.n_calls} calls ({', '.join(self.problems)})"


class NoAnswerError(Exception):
    """Every way to ask was tried; the message says how often and what came."""


class LlmEngine:
    """Writes and follows with models. Implements `engines.base.Engine`.

    Args: clients: one for each address of the configuration's endpoints.
          journal: None sends every call and keeps none; for single calls of `solve_challenge`.
    """

    name = "llm"
    version = f"prompts {PROMPT_VERSION}"
    deterministic = False

    def __init__(self, config: RunConfig, journal: Journal | None, clients: Mapping[str, ModelClient]) -> None:
        self._writer = config.writer
        self._follower = config.follower or config.writer
        self._journal = journal
        self._clients = clients
        self._limit: MaxConcurrency = config.max_concurrency

    def writer_model(self, step: AnyStep) -> str:
        """The step's own model, else the writer's."""
        return step.instruction_model or self._writer.model

    def follower_model(self, step: AnyStep) -> str:
        """The step's own model, else the follower's."""
        return step.follow_model or self._follower.model

    def limit_calls(self, limit: MaxConcurrency) -> None:
        """So many calls may be out at each endpoint from now on; what is out stays out. The same again changes nothing,
        so that a number that found itself is not lost."""
        if limit != self._limit:
            self._limit = limit
            for client in self._clients.values():
                client.set_limit(limit)

    async def write(self, question: Question) -> Instructions:
        """Analysis and method from pairs and program. Raises: NoInstructionError."""
        texts = await self._author(question, write_prompt(question))
        return Instructions(texts["input_output_analysis"], texts["transformation_method"])

    async def revise(self, question: Question, attempt: Attempt, *, use_diffs: bool) -> Instructions:
        """The method anew; the analysis of the pairs stays. Raises: NoInstructionError."""
        texts = await self._author(question, revise_prompt(question, attempt, use_diffs=use_diffs))
        return Instructions(attempt.instructions.input_output_analysis, texts["revised_instructions"])

    async def pool(self, question: Question, attempts: tuple[Attempt, ...], *, use_diffs: bool) -> Instructions:
        """One method from several; the analysis is the best one's. Raises: NoInstructionError."""
        texts = await self._author(question, pool_prompt(question, attempts, use_diffs=use_diffs))
        return Instructions(attempts[0].instructions.input_output_analysis, texts["revised_instructions"])

    async def follow(self, question: FollowQuestion) -> Followed:
        """The grid that the text leads to, or why there is none."""
        asking = Asking(self._follower, self.follower_model(question.step))
        try:
            grid, call = await self._ask(
                question.key, question.place, asking, follow_prompt(question), read_grid, question.step
            )
        except NoAnswerError as error:
            return Followed(None, error=str(error))
        return Followed(grid, thoughts=call.reasoning)

    async def aclose(self) -> None:
        """Closes the connections."""
        for client in self._clients.values():
            await client.aclose()

    # --- asking

    async def _author(self, question: Question, prompt: Prompt) -> dict[str, str]:
        asking = Asking(self._writer, self.writer_model(question.step))
        try:
            texts, _ = await self._ask(
                question.key,
                question.place,
                asking,
                prompt,
                lambda content: read_texts(prompt.verb, content),
                question.step,
            )
        except NoAnswerError as error:
            raise NoInstructionError(str(error)) from error
        return texts

    async def _ask(
        self,
        key: SampleKey,
        place: str,
        asking: Asking,
        prompt: Prompt,
        read: Callable[[str], T],
        step: AnyStep,
    ) -> tuple[T, Call]:
        """Asks; climbs the ladder where the answer is cut off; gives one correction round where it does not fit.

        Raises: NoAnswerError: nothing usable came. ModelUnavailableError and others: as `Journal.call`.
        """
        tally = _Tally(place)
        for rung in ladder(asking.endpoint):
            correction: tuple[str, str] | None = None
            for suffix in ("", ".again"):
                request = asking.request(prompt, rung, pictures=step.include_base64, correction=correction)
                call = await self._send(key, f"{place}{rung.name}{suffix}", request, tally)
                try:
                    return read(call.answer or ""), call
                except MisfitError as error:
                    if call.finish_reason == "length":
                        tally.problems.append(f"cut off at {rung.max_tokens:,} tokens")
                        break
                    tally.problems.append(str(error))
                    correction = (call.answer or "", str(error))
            else:
                break
        raise NoAnswerError(tally.told())

    async def _send(self, key: SampleKey, place: str, request: Request, tally: _Tally) -> Call:
        tally.n_calls += 1
        try:
            call = await self._call(key, place, request)
        except ModelRefusedError as error:
            tally.problems.append(str(error))
            raise NoAnswerError(tally.told()) from error
        if call.finish_reason in _REFUSALS:
            tally.problems.append("refused by the model")
            raise NoAnswerError(tally.told())
        return call

    async def _call(self, key: SampleKey, place: str, request: Request) -> Call:
        client = self._clients[request.endpoint]
        if self._journal is not None:
            return await self._journal.call(key, place, request, client)
        answer = await client.send(request, turn=key.turn)
        return answered_call(describe_call(key, place, request), answer)


def open_llm_engine(
    config: RunConfig, *, journal: Journal | None, api_key: str | None = None, follower_api_key: str | None = None
) -> LlmEngine:
    """The engine with a patient client for each address, one budget over all of them.

    A key is sent to the writer's host alone, and to the follower's where that is the same; a follower elsewhere has
    `follower_api_key`.

    Raises: ConfigError: a model is not named, or a budget in dollars cannot be kept because a price is not known.
    """
    check_models(config)
    meter = Meter(
        load_prices(config.prices),
        budget_usd=config.budget_usd,
        budget_tokens=config.budget_tokens,
        already=journal.spent if journal is not None else None,
        share=journal.share if journal is not None else None,
    )
    events = journal.events if journal is not None else Events()
    clients: dict[str, ModelClient] = {}
    for endpoint, key in _endpoints(config, api_key, follower_api_key):
        address = public_address(endpoint.base_url)
        if address not in clients:
            clients[address] = open_client(
                endpoint, key, meter=meter, events=events, max_concurrency=config.max_concurrency
            )
    return LlmEngine(config, journal, clients)


def open_client(
    endpoint: Endpoint,
    api_key: str | None,
    *,
    meter: Meter | None = None,
    events: Events | None = None,
    max_concurrency: MaxConcurrency = "auto",
) -> PatientClient:
    """A patient client for one endpoint, over aiohttp. Raises: ConfigError: aiohttp is not installed."""
    try:
        from soar2cot.llm.openai import OpenAITransport
    except ImportError as error:
        raise ConfigError("--engine llm needs aiohttp: pip install 'soar2cot[llm]'") from error
    transport = OpenAITransport(endpoint, api_key)
    told = events or Events()
    return PatientClient(
        transport,
        limiter=Limiter(max_concurrency, watch=lambda n, limit: told.tell(CallsUnderWay(transport.address, n, limit))),
        meter=meter,
        patience=Patience(),
        health=Health(transport.address, events=told, patience_s=endpoint.patience_s),
    )


def _endpoints(
    config: RunConfig, api_key: str | None, follower_api_key: str | None
) -> list[tuple[Endpoint, str | None]]:
    follower = config.follower or config.writer
    same_host = _host(follower) == _host(config.writer)
    return [(config.writer, api_key), (follower, follower_api_key or (api_key if same_host else None))]


def _host(endpoint: Endpoint) -> str:
    return public_address(endpoint.base_url).partition("//")[2].partition("/")[0]


def check_models(config: RunConfig) -> None:
    """Raises: ConfigError: with all that is wrong with the models, at once."""
    prices = load_prices(config.prices)
    models = {step.instruction_model or config.writer.model for step in config.steps}
    models |= {step.follow_model or (config.follower or config.writer).model for step in config.steps}
    problems = ["no model is named: give --model NAME, or `model` under [writer]"] if "" in models else []
    if config.budget_usd is not None:
        problems += [
            f"--budget-usd cannot be kept: the price table does not know {model!r}; add it to a copy and give --prices"
            for model in sorted(models - {""})
            if prices.price(model) is None
        ]
    if problems:
        raise ConfigError("\n".join(problems))
