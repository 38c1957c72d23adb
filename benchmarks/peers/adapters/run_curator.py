"""bespokelabs-curator with a response format; the same command resumes from its cache folder."""

from __future__ import annotations

import os

from job import MAX_TOKENS, MODEL, given, messages

os.environ |= {
    "TELEMETRY_ENABLED": "0",
    "CURATOR_VIEWER": "0",
    "OPENAI_API_KEY": "none",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # no price list from the network at the start
}

from bespokelabs import curator
from datasets import Dataset
from pydantic import BaseModel


class write(BaseModel):  # the schema is named after it
    input_output_analysis: str
    transformation_method: str


class Writer(curator.LLM):
    response_format = write

    def prompt(self, row: dict) -> list:
        return messages(row)

    def parse(self, row: dict, response: write) -> dict:
        return {"id": row["id"], "answer": response.model_dump()}


def main() -> None:
    job = given()
    writer = Writer(
        model_name=MODEL,
        backend="openai",
        generation_params={"max_tokens": MAX_TOKENS},
        backend_params={
            "base_url": job.url,
            "api_key": "none",
            "max_concurrent_requests": job.in_flight,
            "max_requests_per_minute": 10_000_000,
            "max_tokens_per_minute": 10_000_000_000,
        },
    )
    found = writer(Dataset.from_list(job.rows), working_dir=str(job.out / "cache"))
    job.deliver((row["id"], row["answer"]) for row in found.dataset)


if __name__ == "__main__":
    main()
