"""`soar2cot view`: a page over a ledger, for a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click

from soar2cot.cli.options import ledger_option, ledger_url, run_dir_option
from soar2cot.config import ProgramLimits
from soar2cot.errors import ConfigError
from soar2cot.ledger import Ledger, open_ledger
from soar2cot.ledger.browse import Browse
from soar2cot.ledger.readers import open_browse
from soar2cot.sandbox import Sandbox, open_sandbox
from soar2cot.soar_loader import load_arc_tasks

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@click.command()
@run_dir_option
@ledger_option
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; anything but loopback lets others read.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8400, show_default=True)
@click.option(
    "--arc",
    type=click.Path(path_type=Path, exists=True),
    help="ARC tasks in the official layout; by default the library's.",
)
@click.option(
    "--sandbox",
    "level",
    type=click.Choice(["full", "weak"]),
    default="full",
    show_default=True,
    help="How strictly programs are confined when their steps are shown.",
)
@click.option("--no-steps", is_flag=True, help="Never execute a program.")
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="A name under which the page may be asked for, besides --host.",
)
def view(
    run_dir: Path,
    ledger: str | None,
    host: str,
    port: int,
    *,
    arc: Path | None,
    level: Any,
    no_steps: bool,
    names: tuple[str, ...],
) -> None:
    """Show a run in a browser, live while it goes on. Read-only; needs no network."""
    uvicorn, app_module = _web()
    url = ledger_url(run_dir, ledger)

    async def opened() -> tuple[Browse, Ledger]:
        return await open_browse(url), await open_ledger(url, read_only=True)

    asyncio.run(_look(opened))

    def sandbox() -> Sandbox:
        return open_sandbox(level, ProgramLimits())

    tracer = app_module.Tracer(None if no_steps else sandbox)
    settings = app_module.PageSettings(
        title=str(run_dir) if ledger is None else "a shared ledger", hosts=(*LOOPBACK, host, *names)
    )
    app = app_module.create_app(opened, load_arc_tasks(arc), tracer, settings)
    click.echo(f"http://{'[' + host + ']' if ':' in host else host}:{port}/   Ctrl+C ends it", err=True)
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)


async def _look(opened: Callable[[], Awaitable[tuple[Browse, Ledger]]]) -> None:
    """Opens the ledger and closes it: what stands in the way is said before there is an address."""
    for room in await opened():
        await room.aclose()


def _web() -> tuple[Any, Any]:
    """The server and the page; both stand in the extra `web`.

    Raises: ConfigError: the extra is not installed.
    """
    try:
        import uvicorn

        from soar2cot.web import app
    except ImportError as error:
        raise ConfigError(f"view needs the extra `web` ({error}): pip install 'soar2cot[web]'") from error
    return uvicorn, app
