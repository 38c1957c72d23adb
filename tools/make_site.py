"""Builds the site of docs/ into site/: `make docs`. A link that leads nowhere ends it.

The pages link to files beside docs/ as they are read in the repository. The site takes the pages among those (README,
ARCHITECTURE …) along under `project/`; a link into the code stays a file name.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SITE = ROOT / "site"
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]*)(#[^)\s]*)?\)")
SETTINGS = """[project]
site_name = "soar2cot"
site_description = "SOAR programs into checked instructions and chain of thought; stopped anywhere, it goes on"
docs_dir = "pages"
site_dir = "site"
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder)
        stage(build / "pages")
        (build / "zensical.toml").write_text(SETTINGS, encoding="utf-8")
        command = [str(Path(sys.executable).with_name("zensical")), "build", "--strict", "--clean"]
        done = subprocess.run(command, cwd=build, check=False, env={**os.environ, "NO_COLOR": "1"})
        if done.returncode:
            sys.exit(done.returncode)
        shutil.rmtree(SITE, ignore_errors=True)
        shutil.copytree(build / "site", SITE)
    sys.stdout.write(f"The site is in {SITE}; open {SITE / 'index.html'}\n")


def stage(target: Path) -> None:
    """Copies the pages, each link made to fit its new place."""
    places = places_of_pages()
    for source, place in places.items():
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            (target / place).write_text(fitted(source, place, places), encoding="utf-8")
        else:
            shutil.copyfile(source, target / place)


def places_of_pages() -> dict[Path, Path]:
    """Where each file of the repository that belongs to the site stands in it."""
    docs = {path: path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*") if path.is_file()}
    return docs | {path: Path("project") / path.name for path in ROOT.glob("*.md")}


def fitted(source: Path, place: Path, places: dict[Path, Path]) -> str:
    """The page's text with links as they must be at `place`."""

    def fit(link: re.Match[str]) -> str:
        picture, words, address, anchor = link[1], link[2], link[3], link[4] or ""
        if not address or ":" in address:
            return link[0]
        found = (source.parent / address).resolve()
        if found in places:
            return f"{picture}[{words}]({os.path.relpath(places[found], place.parent)}{anchor})"
        return words if found.exists() else link[0]

    return LINK.sub(fit, source.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
