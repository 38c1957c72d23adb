"""The pages without a browser: what they say, what they refuse, what they never let through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from starlette.testclient import TestClient

from soar2cot.ledger.browse import Browse
from soar2cot.web.sample import sentences
from tests.acceptance.web_server import app_for
from tests.unit.export_samples import TASK_IDS, entry, fill, tampered, tasks

EVIL = (
    "<script>alert(1)</script>\"><img src=x onerror=alert(2)> ' onmouseover='alert(3) {{ 7*7 }} "
    "\u202eright to left\u202c "
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    import asyncio

    folder = tmp_path_factory.mktemp("web")
    entries = [entry(task_id, n, score=(n % 5) / 4, right=n % 2 == 0) for n in range(30) for task_id in TASK_IDS]
    evil = tampered(entry(TASK_IDS[0], 77, text=EVIL + "x" * 100_000), soar_source_model=EVIL, soar_code=f"# {EVIL}\n")
    evil = tampered(evil, input_output_analysis=EVIL, chain_of_thought=(EVIL,), model=EVIL)
    url = asyncio.run(fill(folder / "ledger.db", [*entries, evil]))
    with TestClient(app_for(url, tasks()), base_url="http://localhost") as client:
        yield client


def links(html: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'<a href="(/samples/[^"]*)"', html)]


def test_the_overview_says_how_it_stands(client: TestClient) -> None:
    html = client.get("/").text
    assert ">151<" in html and "stopped" in html and "<svg" in html and "runs/test" in html


def test_lists_go_on_to_the_end(client: TestClient) -> None:
    found: list[str] = []
    address: str | None = "/samples"
    while address:
        html = client.get(address).text
        found += links(html)
        match = re.search(r'<a rel="next" href="([^"]*)"', html)
        address = unescape(match[1]) if match else None
    assert len(found) == len(set(found)) == 151


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("task=05269061", 30),
        ("task=05269061&min=1", 6),
        ("rounds=3", 5),
        ("rounds=3-4&type=original", 10),
        ("type=hindsight", 0),
        ("words=swap+ROUND+7", 15),
        ("words=nothing-of-the-kind", 0),
        ("min=nonsense&max=7&rounds=x&before=y&engine=z&type=q", 50),
        ("rounds=" + "9" * 40, 50),
    ],
)
def test_filters(query: str, n: int, client: TestClient) -> None:
    answer = client.get(f"/samples?{query}")
    assert answer.status_code == 200 and len(links(answer.text)) == n


def test_a_sample_page_shows_all_that_is_known(client: TestClient) -> None:
    html = client.get(f"/samples/{TASK_IDS[1]}/4/original").text
    for text in ("Training pairs", "followed exactly", "guess 1", "Two colours change places.", "Blue becomes red."):
        assert text in html
    assert html.count('<svg class="grid') == 2 * 2 + 4 and 'data-line="2"' in html
    wrong = client.get(f"/samples/{TASK_IDS[1]}/3/original").text
    assert "followed 75.0%" in wrong and "0.0%" in wrong


def test_what_is_not_there_is_said(client: TestClient) -> None:
    for address in (
        "/samples/00000000/0/original",
        "/samples/x/0/poem",
        "/nothing",
        "/static/../app.py",
        "/static/app.py",
    ):
        answer = client.get(address)
        assert answer.status_code == 404 and "soar2cot" in answer.text


def test_only_reading_is_possible(client: TestClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, "/").status_code == 405


def test_evil_texts_stay_texts(client: TestClient) -> None:
    for address in (
        "/samples",
        f"/samples/{TASK_IDS[0]}/77/original",
        "/samples?words=%22%3E%3Cscript%3E&task='%22%3E",
    ):
        html = client.get(address).text
        assert "<script>alert" not in html and "<img" not in html and not re.search(r"<[^>]+ onmouseover=", html)
        assert "49" not in re.findall(r"alert\(3\)(.{0,20})", html)
        assert re.findall(r"<script[^>]*>", html) == ['<script src="/static/live.js" defer>']
    assert "x" * 100_000 in client.get(f"/samples/{TASK_IDS[0]}/77/original").text


def test_every_answer_forbids_everything_from_elsewhere(client: TestClient) -> None:
    for address in ("/", "/samples", "/nothing", "/static/style.css", f"/samples/{TASK_IDS[0]}/0/original"):
        headers = client.get(address).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_nothing_inline_and_nothing_from_another_host(client: TestClient) -> None:
    for address in (
        "/",
        "/samples",
        f"/samples/{TASK_IDS[0]}/0/original?steps=train0",
        "/static/style.css",
        "/static/live.js",
    ):
        text = client.get(address).text
        assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"'(]?(?:https?:)?//", text), address
        assert " style=" not in text and "<style" not in text


def test_other_host_names_are_refused(client: TestClient) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_looks_are_remembered_and_lead_back_here_only(client: TestClient) -> None:
    answer = client.get("/look?theme=colour-blind&back=/samples", follow_redirects=False)
    assert answer.headers["location"] == "/samples" and "theme=colour-blind" in answer.headers["set-cookie"]
    assert 'class="theme-colour-blind"' in client.get("/").text
    client.cookies.clear()
    for back in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert client.get("/look", params={"back": back}, follow_redirects=False).headers["location"] == "/"


def test_numbers_stand_in_cells_on_demand(client: TestClient) -> None:
    page = f"/samples/{TASK_IDS[0]}/0/original"
    assert "<text" not in client.get(page).text
    client.cookies.set("symbols", "on")
    assert client.get(page).text.count("<text") > 100
    client.cookies.clear()


def test_a_ledger_that_cannot_be_read_is_said(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from soar2cot.errors import LedgerError

    async def broken(self: Browse) -> list[str]:
        raise LedgerError("ledger x: cannot be read: disk")

    monkeypatch.setattr(Browse, "runs", broken)
    answer = client.get("/")
    assert answer.status_code == 503 and "cannot be read: disk" in answer.text


NESTED = "Two things.\n1. Mirror it.\n2. For each row:\n   2.1. Put black to the left.\n3. That is all."


@pytest.mark.parametrize(
    ("noted", "linked"),
    [
        ([[1, 1], [2, 4], [3, 4], [5, 5]], ["1. Mirror it.", "2. For each row:", "2.1. Put", "3. That is"]),
        ([[1, 1], [2, 4], None], ["1. Mirror it.", "2. For each row:\n   2.1. Put"]),
        ([[1, 1], [2, 4]], []),
        ([["x", None], [4, 2], [0, 1]], []),
        ("3", []),
        (None, []),
    ],
)
def test_sentences_are_linked_where_the_engine_noted_lines_and_nowhere_else(noted: object, linked: list[str]) -> None:
    found = sentences(NESTED, {"step_lines": noted} if noted is not None else {})
    assert "".join(part.text for part in found).replace("\n", "") == NESTED.replace("\n", "")
    texts = [part.text.strip() for part in found if part.lines]
    assert len(texts) == len(linked) and all(text.startswith(head) for text, head in zip(texts, linked, strict=True))
