"""bespokelabs-curator with a response format; the same command resumes from its cache folder."""

# ruff: noqa: E402 - the environment and the path are set first
from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from job import MAX_TOKENS, MODEL, given, messages

litellm = Path((find_spec("litellm") or exit("litellm is missing")).origin or "").parent
os.environ |= {
    "TIKTOKEN_CACHE_DIR": str(litellm / "litellm_core_utils" / "tokenizers"),  # else fetched from the network
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
