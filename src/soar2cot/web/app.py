"""The page: a few routes over the reading side of the ledger, rendered here, with next to no script.

Every answer carries a content-security policy that allows nothing but this server's own files; all text of models
and programs is escaped by the templates. Only GET exists.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from soar2cot.display import words
from soar2cot.display.overview import overview
from soar2cot.display.svg import bar_chart, line_chart
from soar2cot.errors import LedgerError
from soar2cot.ledger.base import Ledger
from soar2cot.ledger.browse import Browse
from soar2cot.records import SampleKey
from soar2cot.soar_loader import ArcTask
from soar2cot.web.assets import static_file
from soar2cot.web.sample import Asked, sample_page, warm_up
from soar2cot.web.search import DATA_TYPES, filter_of, next_link, whole_number, without_empty
from soar2cot.web.security import SecurityHeaders
from soar2cot.web.tracing import Tracer

COOKIES = {"theme": ("arc", "colour-blind"), "symbols": ("off", "on")}
Opener = Callable[[], Awaitable[tuple[Browse, Ledger]]]


@dataclass(frozen=True, slots=True)
class PageSettings:
    """What the page shows of what.

    Args: title: names the run, in the head of every page.
          hosts: names under which the page may be asked for; others are refused (a page elsewhere could otherwise
                 read it through the visitor's browser).
    """

    title: str
    hosts: Sequence[str] = ("localhost", "127.0.0.1", "[::1]")


def create_app(open_ledger: Opener, tasks: Mapping[str, ArcTask], tracer: Tracer, settings: PageSettings) -> Starlette:
    """The page as an ASGI application.

    Args: open_ledger: called once at start; gives the two reading sides of one ledger.
          tasks: for the inputs of a sample's pairs.
          tracer: executes a program for the picture of its steps.
    """
    pages = _Pages(tasks, tracer, settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        pages.browse, pages.ledger = await open_ledger()
        await warm_up()
        try:
            yield
        finally:
            tracer.close()
            await pages.browse.aclose()
            await pages.ledger.aclose()

    routes = [
        Route("/", pages.overview),
        Route("/live", pages.live),
        Route("/samples", pages.samples),
        Route("/failures", pages.failures),
        Route("/samples/{task_id}/{round_index}/{data_type}", pages.sample),
        Route("/look", pages.look),
        Route("/static/{name}", static_file),
    ]
    middleware = [
        Middleware(SecurityHeaders),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts), www_redirect=False),
        Middleware(GZipMiddleware, minimum_size=2_000),
    ]
    handlers: Mapping[Any, Any] = {HTTPException: pages.refusal, LedgerError: pages.ledger_trouble}
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan, exception_handlers=handlers)


class _Pages:
    """The routes; `browse` and `ledger` are open while the application runs."""

    browse: Browse
    ledger: Ledger

    def __init__(self, tasks: Mapping[str, ArcTask], tracer: Tracer, settings: PageSettings) -> None:
        self._tasks = tasks
        self._tracer = tracer
        self._settings = settings
        loader = PackageLoader("soar2cot.web", "templates")
        self._templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        self._templates.globals["words"] = cast("Any", words)
        for name in self._templates.list_templates():
            self._templates.get_template(name)  # compiled now, not while the first visitor waits

    async def overview(self, request: Request) -> Response:
        return self._render(request, "overview.html", **await self._overview())

    async def live(self, request: Request) -> Response:
        """The part of the overview that changes, for the page's own script."""
        return self._render(request, "live.html", **await self._overview())

    async def samples(self, request: Request) -> Response:
        wanted = filter_of(request.query_params)
        page = await self.browse.page(wanted, before=request.query_params.get("before") or None)
        return self._render(
            request,
            "samples.html",
            page=page,
            asked=without_empty(request.query_params),
            next_link=next_link(request.query_params, page.next_cursor),
            models=await self.browse.models(),
        )

    async def failures(self, request: Request) -> Response:
        after = _key_of(request.query_params.get("after", ""))
        rows = await self.browse.failures(after, limit=51)
        more = "/".join(map(str, rows[49][0])) if len(rows) > 50 else None
        reasons = await self.browse.failures_by_reason()
        return self._render(request, "failures.html", rows=rows[:50], more=more, reasons=reasons)

    async def sample(self, request: Request) -> Response:
        key = _key_of("/".join(request.path_params[name] for name in ("task_id", "round_index", "data_type")))
        if key is None:
            raise HTTPException(404, "There is no such sample.")
        asked = Asked(request.query_params.get("steps", ""), request.cookies.get("symbols") == "on")
        task = self._tasks.get(key.task_id)
        page = await sample_page(key, self.browse, self.ledger, task, self._tracer, asked=asked)
        if page is None:
            raise HTTPException(404, f"There is no result for sample {key}.")
        return self._render(request, "sample.html", page=page)

    async def look(self, request: Request) -> Response:
        """Sets how grids are drawn, then goes back."""
        back = request.query_params.get("back", "/")
        response = RedirectResponse(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/", 303)
        for name, allowed in COOKIES.items():
            if (value := request.query_params.get(name)) in allowed:
                response.set_cookie(name, value, max_age=31_536_000, samesite="strict", httponly=True)
        return response

    async def refusal(self, request: Request, error: HTTPException) -> Response:
        return self._render(request, "trouble.html", status=error.status_code, why=error.detail)

    async def ledger_trouble(self, request: Request, error: LedgerError) -> Response:
        return self._render(request, "trouble.html", status=503, why=str(error))

    async def _overview(self) -> dict[str, Any]:
        state = await overview(self.browse, now=time.time)
        history, scores = await self.browse.history(), await self.browse.score_sample()
        bins = [0] * 20
        for score in scores:
            bins[min(19, int(score * 20))] += 1
        ends = (_day(history[0][0]), _day(history[-1][0])) if history else ("", "")
        return {
            "state": state,
            "runs": (await self.browse.runs())[-20:],
            "history": line_chart(history, label="samples completed", x_ends=ends),
            "scores": bar_chart(bins, label="scores", x_ends=("0", "1")),
            "n_scores": len(scores),
        }

    def _render(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        look = {name: request.cookies.get(name, allowed[0]) for name, allowed in COOKIES.items()}
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        values |= {"title": self._settings.title, "look": look, "here": here}
        return HTMLResponse(self._templates.get_template(template).render(values), status_code=status)


def _key_of(text: str) -> SampleKey | None:
    """The key of `task/round/kind`; None where the text is none."""
    task_id, _, rest = text.partition("/")
    number, _, data_type = rest.partition("/")
    round_index = whole_number(number)
    return SampleKey(task_id, round_index, data_type) if round_index is not None and data_type in DATA_TYPES else None


def _day(second: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(second))
