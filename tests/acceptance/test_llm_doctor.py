"""`soar2cot doctor --endpoint`, as a user types it."""

from __future__ import annotations

import orjson
from click.testing import CliRunner

from soar2cot.cli import cli
from tests.llm_kit import served


def test_a_server_that_can_be_used() -> None:
    with served(models=("tiny", "large")) as server:
        result = CliRunner().invoke(cli, ["doctor", "--endpoint", server.base_url, "--json"])
    report = orjson.loads(result.stdout)
    assert result.exit_code == 0
    assert (report["usable"], report["model"], report["structured"]) == (True, "tiny", "json_schema")
    assert report["models"] == ["tiny", "large"]


def test_a_server_that_refuses_schemas_is_told_how_to_be_used() -> None:
    with served(("400", {"times": 2})) as server:
        result = CliRunner().invoke(cli, ["doctor", "--endpoint", server.base_url])
    assert result.exit_code == 0
    assert 'set structured = "prompt" under [writer]' in result.stdout


def test_a_wrong_key_and_an_address_where_nobody_is() -> None:
    with served(api_key="right") as server:
        result = CliRunner().invoke(cli, ["doctor", "--endpoint", server.base_url], env={"OPENAI_API_KEY": "wrong-key"})
        assert result.exit_code == 1
        assert "invalid_api_key" in result.stdout and "wrong-key" not in result.stdout
    result = CliRunner().invoke(cli, ["doctor", "--endpoint", server.base_url])
    assert result.exit_code == 1
    assert "cannot be used" in result.stdout
