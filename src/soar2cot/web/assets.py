"""The page's own files: style and script. The colours of grids and of highlighted code are made here."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, cast

from pygments.formatters.html import HtmlFormatter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from soar2cot.display.theme import PALETTES, ink

_TYPES = {"style.css": "text/css", "live.js": "text/javascript", "icon.svg": "image/svg+xml"}


async def static_file(request: Request) -> Response:
    """One of the files by name; nothing else of the disk can be reached."""
    name = request.path_params["name"]
    if name not in _TYPES:
        raise HTTPException(404, "There is no such file.")
    return Response(_content(name), media_type=_TYPES[name])


@cache
def _content(name: str) -> str:
    text = (resources.files("soar2cot.web") / "static" / name).read_text(encoding="utf-8")
    return text + colours_css() + _code_css() if name == "style.css" else text


@cache
def colours_css() -> str:
    """A class for each of the ten colours, per theme."""
    lines: list[str] = []
    for theme, palette in PALETTES.items():
        for n, colour in enumerate(palette):
            lines.append(f".theme-{theme} .c{n}{{fill:{colour}}}.theme-{theme} .t{n}{{fill:{ink(colour)}}}")
    return "\n".join(lines) + "\n"


def _code_css() -> str:
    light, dark = (_formatter(style).get_style_defs(".code") for style in ("default", "github-dark"))
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n.code{{background:none}}\n"


def _formatter(style: str) -> Any:
    formatter: Any = cast("Any", HtmlFormatter)
    return formatter(style=style)
