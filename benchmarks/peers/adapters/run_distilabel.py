"""distilabel: a pipeline of one text generation, with its cache on; the same command resumes from it.

The answer's form is asked for with a JSON response format, the only one that its client takes; structured output
through instructor would cost it more. A row whose generation failed comes out as None: that row is lost.
"""

from __future__ import annotations

from distilabel.models.llms import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import TextGeneration
from job import MAX_TOKENS, MODEL, given


def main() -> None:
    job = given()
    data = [{"id": row["id"], "instruction": row["user"], "system_prompt": row["system"]} for row in job.rows]
    llm = OpenAILLM(
        model=MODEL,
        base_url=job.url,
        api_key="none",
        generation_kwargs={"max_new_tokens": MAX_TOKENS, "response_format": {"type": "json_object"}},
    )
    with Pipeline(name="rows", cache_dir=str(job.out / "cache")) as pipeline:
        load = LoadDataFromDicts(data=data, batch_size=job.in_flight)
        load >> TextGeneration(llm=llm, input_batch_size=job.in_flight, use_system_prompt=True)
    found = pipeline.run(use_cache=True)["default"]["train"]
    job.deliver((row["id"], row["generation"]) for row in found if row["generation"])


if __name__ == "__main__":
    main()
