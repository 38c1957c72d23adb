"""Takes the pictures of the page and of the report in docs/img, from a run on the sample that ships.

    python tools/make_screenshots.py

Runs `soar2cot run`, `report` and `view` in a folder of their own and looks at them with headless Chromium, which has
to be installed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

IMAGES = Path(__file__).parents[1] / "docs" / "img"
COMMAND = str(Path(sys.executable).with_name("soar2cot"))
SAMPLE = "/samples/bdad9b1f/1/original"
WIDE = 1100


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("no Chromium here; install it: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        done = subprocess.run([COMMAND, "run", "--quiet"], cwd=folder, check=False)
        assert done.returncode in {0, 3}, "the run did not finish"
        subprocess.run([COMMAND, "report", "--out", "report.html"], cwd=folder, check=True)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        with viewing(folder) as home:
            take(browser, home, Path(folder) / "report.html")
        browser.close()


@contextmanager
def viewing(folder: str) -> Generator[str]:
    """The page over the run, at the address that `view` says."""
    server = subprocess.Popen([COMMAND, "view"], cwd=folder, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        yield server.stderr.readline().split("/ ")[0].strip()
    finally:
        server.terminate()
        server.wait()


def take(browser: Browser, home: str, report: Path) -> None:
    page = browser.new_page(base_url=home, viewport={"width": WIDE, "height": 760})
    reach(page, home)
    keep(page, "view-overview")
    page.goto("/samples?max=0.99")
    keep(page, "view-samples")
    page.goto(f"{SAMPLE}?steps=train0")
    page.locator(".code .line", has_text="= 2").last.hover()
    keep(page, "view-sample")
    page.set_viewport_size({"width": WIDE, "height": 1080})
    page.goto(report.as_uri())
    page.screenshot(path=IMAGES / "report.png")
    phone = browser.new_page(base_url=home, viewport={"width": 360, "height": 740})
    phone.goto(SAMPLE)
    phone.get_by_text("Colour-blind colours").click()
    phone.get_by_text("Numbers on").click()
    phone.get_by_text("Numbers off").wait_for()
    phone.screenshot(path=IMAGES / "view-narrow-colour-blind.png")


def reach(page: Page, home: str) -> None:
    """The first page, once the server listens."""
    assert re.fullmatch(r"http://[\d.]+:\d+", home), home
    for _ in range(100):
        try:
            page.goto("/")
        except PlaywrightError as error:
            if "ERR_CONNECTION_REFUSED" not in str(error):
                raise
            page.wait_for_timeout(200)
        else:
            return
    sys.exit(f"{home} did not answer")


def keep(page: Page, name: str) -> None:
    """All of the page; at most what two screens of a laptop show."""
    page.wait_for_load_state("networkidle")
    high = min(1900, page.evaluate("scrollY + document.querySelector('main').getBoundingClientRect().bottom") + 16)
    page.screenshot(path=IMAGES / f"{name}.png", full_page=True, clip={"x": 0, "y": 0, "width": WIDE, "height": high})


if __name__ == "__main__":
    main()
