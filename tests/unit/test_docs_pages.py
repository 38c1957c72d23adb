"""The pages hang together: links lead somewhere, translations keep step, nothing is left out."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
FENCE = re.compile(r"^```[^\n`]*\n.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TRANSLATED = [("README.md", "README.ko.md"), ("docs/resume.md", "docs/ko/resume.md")]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """As GitHub makes them: lower case, spaces to hyphens, punctuation dropped."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path):
    for link in LINK.findall(FENCE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), f"{name(page)} links to {link}, which is not there"
        if anchor:
            assert anchor in anchors(found), f"{name(page)} links to {link}, no such heading"


def test_every_page_is_reached_from_the_readme():
    found, to_read = set(), [ROOT / "README.md"]
    while to_read:
        page = to_read.pop()
        found.add(page)
        links = (link.partition("#")[0] for link in LINK.findall(FENCE.sub("", page.read_text())))
        targets = {(page.parent / link).resolve() for link in links if link.endswith(".md") and "://" not in link}
        to_read += [target for target in targets - found if target.exists()]
    assert set(PAGES) <= found


def code_blocks(page: Path) -> list[str]:
    """The blocks without comments: these are what is translated."""
    return [re.sub(r"\s*#[^\n]*", "", block) for block in FENCE.findall(page.read_text())]


@pytest.mark.parametrize(("english", "korean"), TRANSLATED)
def test_translations_show_the_same_commands(english: str, korean: str):
    assert code_blocks(ROOT / english) == code_blocks(ROOT / korean)


@pytest.mark.parametrize(("english", "korean"), TRANSLATED)
def test_translations_have_the_same_sections(english: str, korean: str):
    levels = [
        re.findall(r"^(#+) ", FENCE.sub("", (ROOT / page).read_text()), re.MULTILINE) for page in (english, korean)
    ]
    assert levels[0] == levels[1]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_page_names_somebodys_machine(page: Path):
    assert not re.search(r"(?<![\w.])/(home|root|Users|work|data)/\w", page.read_text())


# --- docs/reference.md


@pytest.fixture(scope="module")
def make_reference():
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "tools" / "make_reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def reference() -> str:
    return (ROOT / "docs" / "reference.md").read_text()


def test_the_reference_is_what_the_code_says(make_reference, reference: str):
    assert reference == make_reference.make_reference(), "run: python tools/make_reference.py"


def test_every_command_stands_in_the_reference(reference: str):
    from soar2cot.cli import COMMANDS

    for command in COMMANDS:
        assert f"### soar2cot {command}\n" in reference


def test_every_error_class_stands_in_the_reference(reference: str):
    from soar2cot import errors

    classes = [item for item in vars(errors).values() if isinstance(item, type) and issubclass(item, Exception)]
    assert len(classes) > 10
    for item in classes:
        assert f"| `{item.__name__}` |" in reference


@pytest.mark.parametrize("page", ["docs/reference.md", "README.md", "README.ko.md"])
@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 130, 143])
def test_every_exit_code_stands_in_the_docs(page: str, code: int):
    assert re.search(rf"^\| {code} \|", (ROOT / page).read_text(), re.MULTILINE)
