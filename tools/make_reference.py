"""Makes docs/reference.md from the code: commands, settings, exit codes, errors, tables.

python tools/make_reference.py            writes the file
python tools/make_reference.py --check    exit code 1 where it is not up to date
"""

from __future__ import annotations

import inspect
import re
import sqlite3
import sys
import tempfile
import types
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from soar2cot import errors
from soar2cot.cli import cli
from soar2cot.cli.settings import FLAGS
from soar2cot.config import RESULT, RunConfig, Step, StepRevision, StepRevisionPool

TARGET = Path(__file__).parents[1] / "docs" / "reference.md"

HEAD = """# Reference

Made from the code by `tools/make_reference.py`; a test holds it to that. For a first look, begin with the
[README](../README.md) and the [tutorial](tutorial.md).

[Commands](#commands) · [Exit codes](#exit-codes) · [Settings](#settings) · [Errors](#errors) · [Tables](#tables)
"""

EXIT_CODES = """## Exit codes

| code | meaning |
| ---: | --- |
| 0 | All done. |
| 1 | It could not run; the message says why and what to do. |
| 2 | The command was used wrongly: an unknown option, a value of the wrong type. |
| 3 | Finished, but some samples failed. They are tried again in the next run. |
| 4 | The budget is spent. The same command with a higher one goes on where it was. |
| 130 | Stopped by Ctrl+C (SIGINT). The same command goes on where it was. |
| 143 | Stopped by SIGTERM. The same command goes on where it was. |
"""


def main() -> None:
    text = make_reference()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text() != text:
            sys.exit("docs/reference.md is not what the code says; run: python tools/make_reference.py")
        return
    TARGET.write_text(text)


def make_reference() -> str:
    parts = [HEAD, "## Commands\n", *commands(), EXIT_CODES, *settings(), *error_classes(), *tables()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).strip() + "\n"


def cell(text: object) -> str:
    """Text that may stand in a cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def first_paragraph(text: str | None) -> str:
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


# --- commands


def commands() -> Iterator[str]:
    context = click.Context(cli, info_name="soar2cot")
    found = [(name, command) for name in cli.list_commands(context) if (command := cli.get_command(context, name))]
    yield "| command | what it does |\n| --- | --- |"
    for name, command in found:
        yield f"| [`{name}`](#soar2cot-{name}) | {cell(first_paragraph(command.help))} |"
    yield ""
    for name, command in found:
        yield from describe_command(command, f"soar2cot {name}", context)


def describe_command(command: click.Command, path: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=path.rpartition(" ")[2], parent=parent)
    yield f"### {path}\n"
    yield help_text(command) + "\n"
    yield "```\n" + command.get_usage(context).replace("Usage: ", "") + "\n```\n"
    yield from describe_options(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from describe_command(inner, f"{path} {name}", context)


def help_text(command: click.Command) -> str:
    """The help as click would show it, examples (behind \\b) kept as blocks."""
    text = inspect.cleandoc(command.help or "").split("\f")[0]
    paragraphs = [block_or_text(paragraph) for paragraph in text.split("\n\n")]
    return "\n\n".join(paragraphs)


def block_or_text(paragraph: str) -> str:
    if paragraph.startswith("\b"):
        return "```\n" + inspect.cleandoc(paragraph.removeprefix("\b")).strip() + "\n```"
    return " ".join(paragraph.split())


def describe_options(command: click.Command, context: click.Context) -> Iterator[str]:
    shown = [p for p in command.get_params(context) if not is_help(p) and not getattr(p, "hidden", False)]
    if not shown:
        return
    yield "| option | default | what it is |\n| --- | --- | --- |"
    for parameter in shown:
        yield describe_option(parameter, context)
    yield ""


def is_help(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and "--help" in parameter.opts


def describe_option(parameter: click.Parameter, context: click.Context) -> str:
    if not isinstance(parameter, click.Option):
        return f"| `{cell(parameter.make_metavar(context))}` | | |"
    names = ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])
    metavar = "" if parameter.is_flag or parameter.count else f" `{cell(parameter.make_metavar(context))}`"
    words = [cell(parameter.help or "").rstrip(".") + "."] if parameter.help else []
    return f"| {names}{metavar} | {default_of(parameter)} | {' '.join([*words, *variables_of(parameter)])} |"


def default_of(parameter: click.Option) -> str:
    default = parameter.default
    unset = default is None or callable(default) or type(default).__name__ == "Sentinel" or default in ((), "")
    if unset or repr(default).startswith("Sentinel"):
        return ""
    if parameter.is_flag:
        return "" if default is False else "on"
    return f"`{cell(default.value if isinstance(default, Enum) else default)}`"


def variables_of(parameter: click.Option) -> list[str]:
    names = [parameter.envvar] if isinstance(parameter.envvar, str) else list(parameter.envvar or [])
    return [f"From the environment: {', '.join(f'`{name}`' for name in names)}."] if names else []


# --- settings


def settings() -> Iterator[str]:
    yield "## Settings\n"
    yield (
        "What a run is started with, as it stands in `config.toml` of the run directory. A setting marked **result** "
        "changes the records: a run directory holds records of one such configuration, and starting it with another "
        "one is refused with the difference shown, unless `--accept-config-change` is given. All others change "
        "only how, where and when the records are made.\n"
    )
    yield "| setting | type | default | changes | what it is |\n| --- | --- | --- | --- | --- |"
    for name, field in RunConfig.model_fields.items():
        affects = "**result**" if RESULT in field.metadata else "run"
        yield from setting_rows(name, field, affects)
    yield "\nThe stages, `[[steps]]` in TOML, told apart by `kind`:\n"
    for step in (Step, StepRevision, StepRevisionPool):
        kind = step.model_fields["kind"].default
        yield f'**`kind = "{kind}"`** {" ".join(inspect.cleandoc(step.__doc__ or "").split())}\n'
        yield "| setting | type | default |\n| --- | --- | --- |"
        for name, field in step.model_fields.items():
            if name != "kind":
                yield f"| `{name}` | {type_name(field)} | {default_name(field)} |"
        yield ""


def setting_rows(name: str, field: FieldInfo, affects: str) -> Iterator[str]:
    inner = group_of(field.annotation)
    if inner is None:
        yield f"| `{name}` | {type_name(field)} | {default_name(field)} | {affects} | {meaning(name)} |"
        return
    yield f"| `{name}` | group | {default_name(field)} | {affects} | {cell(first_paragraph(inner.__doc__))} |"
    if name != "follower":  # has the same fields as writer
        for inner_name, inner_field in inner.model_fields.items():
            yield from setting_rows(f"{name}.{inner_name}", inner_field, affects)


def meaning(setting: str) -> str:
    """In the words of the option of `run` that sets it; empty where only the file can."""
    flag = next((flag for flag in FLAGS if flag.path == setting), None)
    return f"{cell(flag.help)} (`{flag.name}`)" if flag else ""


def group_of(annotation: Any) -> type[BaseModel] | None:
    """The group of settings that a field holds, None where it is a plain value."""
    for candidate in [annotation, *typing.get_args(annotation)]:
        if inspect.isclass(candidate) and issubclass(candidate, BaseModel):
            return candidate
    return None


def type_name(field: FieldInfo) -> str:
    return cell(f"{spell(field.annotation)}{bounds(field)}")


def spell(annotation: Any) -> str:
    """A type as a user would write it in TOML."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return " or ".join(f'"{arg}"' for arg in args)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(spell(arg) for arg in args if arg is not type(None))
    if origin is tuple:
        listed = ", ".join(dict.fromkeys(spell(arg) for arg in args if arg is not Ellipsis))
        return f"list of {listed}" if Ellipsis in args else f"[{', '.join(spell(arg) for arg in args)}]"
    if origin is typing.Annotated:
        return "stage" if len(typing.get_args(args[0])) > 1 else spell(args[0])
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", Path: "path"}
    return names.get(annotation, getattr(annotation, "__name__", str(annotation)))


def bounds(field: FieldInfo) -> str:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    found = [
        f"{sign} {getattr(item, name)}"
        for item in field.metadata
        for name, sign in signs.items()
        if getattr(item, name, None) is not None
    ]
    return f" ({', '.join(found)})" if found else ""


def default_name(field: FieldInfo) -> str:
    default: Any = field.get_default(call_default_factory=True)  # pyright: ignore
    if default is None:
        return "(not set)"
    if isinstance(default, BaseModel):
        return ""
    if isinstance(default, tuple) and any(isinstance(item, BaseModel) for item in default):
        return 'one `kind = "write"`'
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{cell(list(default) if isinstance(default, tuple) else default)}`" if default != "" else "(empty)"


# --- errors


def error_classes() -> Iterator[str]:
    yield "## Errors\n"
    yield (
        "What soar2cot raises on purpose (`soar2cot.errors`). Whether the same act may succeed later without anybody "
        "changing anything is the class's `retryable`, never the text.\n"
    )
    yield "| class | is a | may be tried again | when |\n| --- | --- | --- | --- |"
    for name, item in vars(errors).items():
        if inspect.isclass(item) and issubclass(item, errors.Soar2CotError):
            parent = "" if item is errors.Soar2CotError else f"`{item.__mro__[1].__name__}`"
            again = "yes" if item.retryable else ""
            yield f"| `{name}` | {parent} | {again} | {cell(first_paragraph(item.__doc__))} |"
    yield ""


# --- tables


def tables() -> Iterator[str]:
    yield "## Tables\n"
    yield (
        "The ledger, as SQLite sees it; PostgreSQL has the same names. Read it as you like, even while a run "
        "goes on; write to it only through the commands.\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        create_ledger(path)
        connection = sqlite3.connect(path)
        try:
            yield from describe_tables(connection)
        finally:
            connection.close()


def create_ledger(path: Path) -> None:
    import asyncio

    from soar2cot.ledger import open_ledger

    async def create() -> None:
        ledger = open_ledger(f"sqlite:///{path}")
        ledger = await ledger if inspect.isawaitable(ledger) else ledger
        await ledger.aclose()

    asyncio.run(create())


def describe_tables(connection: sqlite3.Connection) -> Iterator[str]:
    query = "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    names = [(name, kind) for name, kind in connection.execute(query) if not name.startswith("sqlite_")]
    for name, kind in names:
        yield f"### {name}{' (view)' if kind == 'view' else ''}\n"
        yield "| column | type | |\n| --- | --- | --- |"
        keys = {row[3]: f"→ `{row[2]}.{row[4]}`" for row in connection.execute(f'PRAGMA foreign_key_list("{name}")')}
        for _, column, type_, not_null, _, primary in connection.execute(f'PRAGMA table_info("{name}")'):
            notes = [
                "primary key" if primary else "",
                "" if not_null or primary else "may be null",
                keys.get(column, ""),
            ]
            yield f"| `{column}` | {type_.lower()} | {', '.join(filter(None, notes))} |"
        yield ""


if __name__ == "__main__":
    main()
