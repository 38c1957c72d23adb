"""NVIDIA NeMo Data Designer: a structured column over a seed data set; the same command resumes (ResumeMode)."""

from __future__ import annotations

import os

os.environ |= {"NEMO_TELEMETRY_ENABLED": "false", "DATA_DESIGNER_TELEMETRY": "false"}

import data_designer.config as dd
import pandas as pd
from data_designer.engine.storage.artifact_storage import ResumeMode
from data_designer.interface import DataDesigner
from job import MAX_TOKENS, MODEL, SCHEMA, given


def main() -> None:
    job = given()
    rows = job.rows
    seed = job.out / "seed.parquet"
    if not seed.exists():
        pd.DataFrame(rows).to_parquet(seed)
    parameters = dd.ChatCompletionInferenceParams(max_parallel_requests=job.in_flight, max_tokens=MAX_TOKENS)
    model = dd.ModelConfig(alias="writer", model=MODEL, provider="here", inference_parameters=parameters)
    provider = dd.ModelProvider(name="here", endpoint=job.url, provider_type="openai", api_key="none")
    builder = dd.DataDesignerConfigBuilder(model_configs=[model])
    builder.with_seed_dataset(dd.LocalFileSeedSource(path=str(seed)), sampling_strategy=dd.SamplingStrategy.ORDERED)
    builder.add_column(
        dd.LLMStructuredColumnConfig(
            name="answer",
            model_alias="writer",
            system_prompt="{{ system }}",
            prompt="{{ user }}",
            output_format=SCHEMA,
        )
    )
    designer = DataDesigner(artifact_path=job.out / "artifacts", model_providers=[provider])
    designer.set_run_config(dd.RunConfig(otel_metrics_port=None))
    found = designer.create(builder, num_records=len(rows), dataset_name="rows", resume=ResumeMode.IF_POSSIBLE)
    frame = found.load_dataset()
    job.deliver(zip(frame["id"], frame["answer"], strict=True))


if __name__ == "__main__":
    main()
