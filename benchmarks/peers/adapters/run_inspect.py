"""inspect-ai: a task of one generation per sample, as an eval set; the same command goes on where the last stopped."""

# ruff: noqa: E402 - the environment is set first
from __future__ import annotations

import os

from job import MAX_TOKENS, MODEL, SCHEMA, checked, given

job = given()
os.environ |= {"HERE_API_KEY": "none", "HERE_BASE_URL": job.url, "INSPECT_DISPLAY": "none"}

from inspect_ai import Task, eval_set, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import read_eval_log
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig, ResponseSchema
from inspect_ai.solver import generate
from inspect_ai.util import JSONSchema


@task
def rows() -> Task:
    samples = [
        Sample(
            id=row["id"],
            input=[ChatMessageSystem(content=row["system"]), ChatMessageUser(content=row["user"])],
        )
        for row in job.rows
    ]
    return Task(dataset=MemoryDataset(samples), solver=[generate()])


def main() -> None:
    schema = ResponseSchema(name="write", json_schema=JSONSchema.model_validate(SCHEMA), strict=True)
    config = GenerateConfig(max_connections=job.in_flight, max_tokens=MAX_TOKENS, response_schema=schema)
    success, logs = eval_set(
        tasks=rows(),
        log_dir=str(job.out / "logs"),
        model=f"openai-api/here/{MODEL}",
        max_samples=job.in_flight,
        log_dir_allow_dirty=True,
        **config.model_dump(exclude_none=True, exclude={"response_schema"}),
        response_schema=schema,
    )
    if not success:
        raise SystemExit("the eval set did not succeed")
    samples = [sample for log in logs for sample in read_eval_log(log.location).samples or []]
    job.deliver((str(sample.id), checked(sample.output.completion)) for sample in samples)


if __name__ == "__main__":
    main()
