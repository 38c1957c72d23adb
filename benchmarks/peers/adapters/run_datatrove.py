"""datatrove's inference runner against an endpoint, with checkpoints; the same command resumes from them."""

from __future__ import annotations

import json
from typing import Any

from datatrove.data import Document
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.inference.run_inference import InferenceConfig, InferenceRunner
from datatrove.pipeline.writers import JsonlWriter
from job import MAX_TOKENS, MODEL, RESPONSE_FORMAT, checked, given, messages

job = given()


async def rollout(document: Document, generate: Any) -> Any:
    payload = {
        "messages": messages({"system": document.metadata["system"], "user": document.text}),
        "response_format": RESPONSE_FORMAT,
        "max_tokens": MAX_TOKENS,
    }
    return checked((await generate(payload)).text)


def main() -> None:
    documents = [Document(text=row["user"], id=row["id"], metadata={"system": row["system"]}) for row in job.rows]
    config = InferenceConfig(
        server_type="endpoint",
        model_name_or_path=MODEL,
        endpoint_url=job.url.removesuffix("/v1"),
        max_concurrent_generations=job.in_flight,
        rollouts_per_document=1,
    )
    folder = job.out / "data"
    runner = InferenceRunner(
        rollout_fn=rollout,
        config=config,
        checkpoints_local_dir=str(job.out / "checkpoints"),
        records_per_chunk=500,
        output_writer=JsonlWriter(str(folder), output_filename="${rank}_chunk_${chunk_index}.jsonl", compression=None),
    )
    LocalPipelineExecutor(pipeline=[documents, runner], logging_dir=str(job.out / "logs"), tasks=1).run()
    lines = [line for path in sorted(folder.rglob("*.jsonl")) for line in path.read_text().splitlines()]
    job.deliver((item["id"], item["metadata"]["rollout_results"][0]) for item in map(json.loads, lines))


if __name__ == "__main__":
    main()
