"""Settings: each classified, all problems at once, layers in their order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from soar2cot.cli.settings import FLAGS, load_config, preset_names
from soar2cot.config import RESULT, RUN, Endpoint, RunConfig, changed_settings, parse_config
from soar2cot.errors import ConfigError


@pytest.mark.parametrize("name", list(RunConfig.model_fields))
def test_every_setting_says_what_it_affects(name: str) -> None:
    marks = [mark for mark in RunConfig.model_fields[name].metadata if mark in (RESULT, RUN)]
    assert len(marks) == 1, f"mark {name} with RESULT or RUN"


def test_a_run_setting_changes_no_fingerprint_and_a_result_setting_does() -> None:
    base = RunConfig()
    assert RunConfig(max_concurrency=7, run_dir=Path("elsewhere")).fingerprint == base.fingerprint
    assert RunConfig(lift=True).fingerprint != base.fingerprint
    asks = RunConfig(engine="llm")
    assert RunConfig(engine="llm", writer=Endpoint(total_timeout_s=5)).fingerprint == asks.fingerprint
    assert RunConfig(engine="llm", writer=Endpoint(model="other")).fingerprint != asks.fingerprint
    assert RunConfig(writer=Endpoint(model="other")).fingerprint == base.fingerprint, "no model is asked"


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        parse_config({"engine": "magic", "grace_s": -1, "nonsense": 1}, source="x.toml")
    text = str(error.value)
    assert "x.toml cannot be used" in text
    assert all(name in text for name in ("engine", "grace_s", "nonsense"))


def test_changes_are_named_old_to_new() -> None:
    assert changed_settings({"a": {"b": 1}, "c": [1]}, {"a": {"b": 2}, "c": [1, 2]}) == [
        "a.b: 1 → 2",
        "c.1: '(unset)' → 2",
    ]


def load(tmp_path: Path, *, toml: str = "", preset: str | None = None, **given: Any) -> RunConfig:
    file = tmp_path / "settings.toml"
    file.write_text(toml)
    return load_config(tmp_path / "run", config_file=file, preset=preset, given=given)


def test_flags_go_before_toml(tmp_path: Path) -> None:
    assert load(tmp_path, toml="grace_s = 5\nlease_s = 60", grace=7.0).grace_s == 7
    assert load(tmp_path, toml="grace_s = 5\nlease_s = 60", grace=7.0).lease_s == 60


def test_what_is_not_said_of_the_follower_is_as_with_the_writer(tmp_path: Path) -> None:
    config = load(tmp_path, base_url="http://one/v1", model="big", follow_model="small")
    assert config.follower is not None
    assert (config.follower.base_url, config.follower.model) == ("http://one/v1", "small")


def test_a_run_directory_remembers_its_results_settings_but_not_the_selection(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.toml").write_text('engine = "llm"\ndata = "x.parquet"\n[select]\nlimit = 3\n')
    config = load(tmp_path)
    assert (config.engine, config.data, config.select.limit) == ("llm", "x.parquet", None)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_can_be_loaded(tmp_path: Path, name: str) -> None:
    assert load(tmp_path, preset=name).engine == "llm"


def test_an_unknown_preset_is_told_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no preset 'nope'; there are: "):
        load(tmp_path, preset="nope")


def test_every_flag_leads_to_a_setting() -> None:
    for flag in FLAGS:
        model: Any = RunConfig
        for part in flag.path.split(".")[:-1]:
            model = {"writer": Endpoint, "follower": Endpoint}.get(part) or model.model_fields[part].annotation
        assert flag.path.split(".")[-1] in model.model_fields, flag.name
