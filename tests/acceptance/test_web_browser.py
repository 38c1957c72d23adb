"""The page in a real browser: headless Chromium, which must not complain and must not ask anybody else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect, sync_playwright

from tests.acceptance.web_server import ARGUMENTS, CHROMIUM, browser_or_skip, serving
from tests.unit.export_samples import TASK_IDS, entry, fill, tampered, tasks, with_lines

pytestmark = pytest.mark.browser
EVIL = "<script>window.harm=1</script>\"><img src=x onerror='window.harm=2'> \u202eright to left "
TWO_STEPS = "def transform(grid):\n    grid = [row[::-1] for row in grid]\n    return [[0, *row] for row in grid]\n"
SAMPLE = f"/samples/{TASK_IDS[1]}/3/original"


@pytest.fixture(scope="module")
def ledger_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("browser") / "ledger.db"
    entries = [entry(task_id, n, score=(n % 5) / 4) for n in range(20) for task_id in TASK_IDS if n != 3]
    text = "1. Mirror the grid left to right.\n2. Put a black column to the left."
    entries += [with_lines(entry(task_id, 3, code=TWO_STEPS, text=text), [[2, 2], [3, 3]]) for task_id in TASK_IDS]
    evil = tampered(entry(TASK_IDS[0], 77, text=EVIL + "x" * 100_000), soar_source_model=EVIL, soar_code=f"# {EVIL}\n")
    commit(path, [*entries, tampered(evil, input_output_analysis=EVIL, chain_of_thought=(EVIL,), model=EVIL)])
    return path


@pytest.fixture(scope="module")
def home(ledger_file: Path) -> Iterator[str]:
    with serving(f"sqlite:///{ledger_file}", tasks()) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    executable = browser_or_skip(CHROMIUM)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, home: str) -> Generator[Page]:
    """A page whose complaints and whose requests to others fail the test."""
    complaints: list[str] = []
    context = browser.new_context(base_url=home, viewport={"width": 1200, "height": 900})
    page: Page = context.new_page()
    page.on("console", lambda message: complaints.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (complaints.append("a dialog"), dialog.dismiss()))

    def seen(request: Request) -> None:
        if not request.url.startswith(f"{home}/"):
            complaints.append(f"asked {request.url}")

    page.on("request", seen)
    yield page
    context.close()
    assert complaints == []


def test_without_a_browser_ci_fails_and_a_laptop_says_what_it_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        browser_or_skip("")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED"):
        browser_or_skip("")


def test_filters_by_form(page: Page) -> None:
    page.goto("/samples")
    page.get_by_label("Task").fill(TASK_IDS[2])
    page.get_by_label("Score from").fill("1")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("[data-item]")).to_have_count(5)
    assert {item.inner_text() for item in page.locator("[data-item]").all()} == {TASK_IDS[2]}
    expect(page.get_by_label("Task")).to_have_value(TASK_IDS[2])


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.goto("/samples")
    page.keyboard.press("/")
    expect(page.get_by_label("Words")).to_be_focused()
    page.keyboard.type("mirror column")
    page.keyboard.press("Enter")
    expect(page.locator("[data-item]")).to_have_count(5)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-item]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/samples/*/3/original")
    here = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != here)
    page.keyboard.press("k")
    page.wait_for_url(here)


def test_a_sentence_its_lines_and_its_grids_light_up_together(page: Page) -> None:
    page.goto(f"{SAMPLE}?steps=train0")
    expect(page.locator(".step")).to_have_count(2)
    page.locator(".sentence").nth(1).hover()
    expect(page.locator(".code .line.lit")).to_have_count(1)
    expect(page.locator(".code .line.lit")).to_have_attribute("data-line", "3")
    expect(page.locator(".step.lit")).to_have_count(1)
    page.locator(".code .line").nth(1).hover()
    expect(page.locator(".sentence.lit")).to_have_text("1. Mirror the grid left to right.")
    page.mouse.move(0, 0)
    expect(page.locator(".lit")).to_have_count(0)
    page.locator(".step").nth(1).focus()
    expect(page.locator(".sentence.lit")).to_have_text("2. Put a black column to the left.")


def test_steps_ring_the_changed_cells(page: Page) -> None:
    page.goto(SAMPLE)
    page.get_by_role("link", name="pair 2").click()
    expect(page.locator(".step")).to_have_count(2)
    assert page.locator(".step").first.locator(".ring").count() == 1
    expect(page.locator(".step").nth(1)).to_contain_text("another size")


def test_the_overview_follows_a_run_without_reloading(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    commit(path, [entry(TASK_IDS[0])])
    with serving(f"sqlite:///{path}", tasks()) as address:
        page = browser.new_page()
        page.goto(address)
        page.evaluate("window.kept = true")
        expect(page.locator(".facts dd").first).to_have_text("1")
        commit(path, [entry(task_id, 1) for task_id in TASK_IDS])
        expect(page.locator(".facts dd").first).to_have_text("6", timeout=8_000)
        assert page.evaluate("window.kept") is True
        page.close()


def commit(path: Path, entries: list[Any]) -> None:
    """In a thread: this one belongs to the browser's loop."""
    thread = threading.Thread(target=lambda: asyncio.run(fill(path, entries)))
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    "address", ["/", "/samples", "/failures", f"{SAMPLE}?steps=train0", f"/samples/{TASK_IDS[0]}/77/original"]
)
def test_nothing_sticks_out_of_a_narrow_screen(address: str, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_colour_blind_theme_changes_the_grids_and_stays(page: Page) -> None:
    red = page.locator(".grid .c2").first
    page.goto(SAMPLE)
    expect(red).to_have_css("fill", "rgb(255, 65, 54)")
    page.get_by_role("link", name="Colour-blind colours").click()
    expect(red).to_have_css("fill", "rgb(175, 18, 0)")
    assert page.url.endswith(SAMPLE)
    page.goto("/samples")
    page.go_back()
    expect(red).to_have_css("fill", "rgb(175, 18, 0)")
    page.get_by_role("link", name="Numbers on").click()
    expect(page.locator(".grid text").first).to_be_visible()


@pytest.mark.parametrize(
    "address", [f"/samples/{TASK_IDS[0]}/77/original", "/samples?words=right", f"/samples?task={EVIL}"]
)
def test_evil_texts_do_no_harm(address: str, page: Page) -> None:
    page.goto(address)
    assert page.evaluate("window.harm") is None and page.locator("img").count() == 0
    box = page.locator("main").bounding_box()
    assert box is not None and box["width"] <= 1200


def test_a_long_text_scrolls_in_its_own_box(page: Page) -> None:
    page.goto(f"/samples/{TASK_IDS[0]}/77/original")
    method = page.locator(".method")
    assert "x" * 100_000 in method.inner_text()
    assert method.evaluate("e => e.clientHeight < 700 && e.scrollHeight > e.clientHeight")
