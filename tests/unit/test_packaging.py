"""What is published can be made of what is here. There is no Docker in the tests: the files are read, not built."""

from __future__ import annotations

import fnmatch
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from soar2cot.cli import cli
from soar2cot.cli.view import view

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())


def instructions() -> list[tuple[str, str]]:
    """(word, rest) of each instruction of the Dockerfile, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def understood(arguments: list[str]) -> None:
    """Fails where `soar2cot ARGUMENTS` is no command with these options."""
    name, command, rest = cli.resolve_command(click.Context(cli), arguments)
    assert command is not None
    command.make_context(name, list(rest), resilient_parsing=False).close()


def commands() -> list[list[str]]:
    """What the image and the services run."""
    image = [json.loads(rest) for word, rest in instructions() if word == "CMD"]
    return [*image, *(service["command"] for service in COMPOSE["services"].values() if "command" in service)]


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_every_command_of_image_and_services_is_one(arguments: list[str]) -> None:
    understood(arguments)


def test_what_is_no_command_is_told_apart() -> None:
    with pytest.raises(click.UsageError):
        understood(["view", "--no-such-option"])


def test_the_image_runs_the_command_of_the_package() -> None:
    entry = [json.loads(rest) for word, rest in instructions() if word == "ENTRYPOINT"]
    assert entry == [["soar2cot"]] and "soar2cot" in PROJECT["scripts"]


def test_all_that_is_copied_into_the_image_is_there_and_not_ignored() -> None:
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for word, rest in instructions():
        if word == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                path = source.removeprefix("./")
                assert (ROOT / path).exists(), source
                assert any(fnmatch.fnmatch(path, pattern) for pattern in let_in), f"{source} is ignored"


def test_the_image_installs_extras_that_exist_on_a_python_that_is_supported() -> None:
    text = (ROOT / "Dockerfile").read_text()
    extras = re.search(r"\$WHEEL\[([a-z,]+)\]", text)
    assert extras is not None and set(extras[1].split(",")) <= set(PROJECT["optional-dependencies"])
    listed = {item.rpartition(" :: ")[2] for item in PROJECT["classifiers"] if "Python :: 3." in item}
    assert set(re.findall(r"FROM python:([0-9.]+)-slim", text)) <= listed


def test_the_image_does_not_run_as_root() -> None:
    words = [word for word, _ in instructions()]
    assert words.index("ENTRYPOINT") > words.index("USER")


def test_the_page_is_published_on_loopback_where_it_listens() -> None:
    port = next(option.default for option in view.params if option.name == "port")
    assert COMPOSE["services"]["view"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert ("EXPOSE", str(port)) in instructions()


def test_the_services_know_each_other() -> None:
    services: dict[str, Any] = COMPOSE["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        named = {volume.partition(":")[0] for volume in service.get("volumes", ())}
        assert named <= set(COMPOSE["volumes"])
    hosts = {service["environment"]["SOAR2COT_LEDGER"].rpartition("@")[2].partition("/")[0] for service in
             services.values() if "build" in service}  # fmt: skip
    assert hosts <= set(services)


def test_no_password_stands_in_the_files() -> None:
    passwords = [
        value
        for service in COMPOSE["services"].values()
        for name, value in service["environment"].items()
        if "PASSWORD" in name
    ]
    assert passwords and all(value.startswith("${") and ":?" in value for value in passwords)
