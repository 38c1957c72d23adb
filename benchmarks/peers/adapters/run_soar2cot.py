"""This project: what `soar2cot run --engine llm` does, with the one difference that a text is not followed.

So a row is one call, as it is for the peers. Loader, claims, journal, client, ledger and progress.json are those of
the command; the prompt is built here, the peers get it built. The rows come from the SOAR file beside ROWS.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from job import FIELDS, MODEL, given

from soar2cot.concurrency import quick_loop
from soar2cot.config import ApiKeys, Endpoint, RunConfig, Step
from soar2cot.engines.base import Question
from soar2cot.events import Events
from soar2cot.executor.base import Executor
from soar2cot.journal import Journal
from soar2cot.ledger.base import Claim, Ledger
from soar2cot.logs import configure_logs
from soar2cot.pipeline import Pipeline, Settings, Shows, Stop, Summary
from soar2cot.records import InstructionRecord, Outcome, Sample
from soar2cot.run import RunOptions, execute, opened_ledger
from soar2cot.soar_loader import BadRow, load_arc_tasks, shared_challenge
from soar2cot.solve import opened_engine, record_id


@dataclass(frozen=True)
class OneCall:
    """The local executor with a `solve` that writes and does not follow."""

    config: RunConfig
    run_id: str
    ledger: Ledger
    journal: Journal
    events: Events
    shows: Shows
    keys: ApiKeys

    async def run(self, samples: Iterator[Sample | BadRow], stop: Stop) -> Summary:
        """As `Executor.run`."""
        tasks, step = load_arc_tasks(self.config.arc), Step()
        async with opened_engine(self.config, journal=self.journal, keys=self.keys) as engine:

            async def solve(sample: Sample, claim: Claim) -> Outcome:
                challenge, _ = shared_challenge(sample, tasks)
                async with self.journal.opened(claim):
                    text = await engine.write(Question(sample.key, challenge, sample.code, step, "0.write.1"))
                record = InstructionRecord(
                    id=record_id(sample.key),
                    key=sample.key,
                    task_hash=challenge.task_hash,
                    instructions=f"{text.input_output_analysis}\n\n{text.transformation_method}",
                    input_output_analysis=text.input_output_analysis,
                    transformation_method=text.transformation_method,
                    chain_of_thought=text.chain_of_thought,
                    model=engine.writer_model(step),
                    example_scores=(),
                    score=0.0,
                    step=step.model_dump_json(),
                    soar_code=sample.code,
                    soar_source_model=sample.source_model,
                    soar_generation=sample.generation,
                    is_hindsight=sample.key.data_type == "hindsight",
                )
                return Outcome(sample.key, record, ())

            in_flight = self.config.max_concurrency
            settings = Settings(self.run_id, in_flight if isinstance(in_flight, int) else 256)
            pipeline = Pipeline(self.ledger, solve, events=self.events, settings=settings, shows=self.shows)
            return await pipeline.run(samples, stop)


def one_call(config: RunConfig, **rooms: Any) -> Executor:
    """Opens it, as `open_executor` does the others."""
    return OneCall(config, **{name: rooms[name] for name in OneCall.__dataclass_fields__ if name != "config"})


async def main() -> None:
    job = given()
    config = RunConfig(
        engine="llm",
        writer=Endpoint(base_url=job.url, model=MODEL),
        data=str(job.rows_path.with_suffix(".parquet")),
        run_dir=job.out,
        max_concurrency=job.in_flight,
    )
    configure_logs(directory=config.run_dir / "logs")
    await execute(config, RunOptions(executor=one_call))
    async with opened_ledger(config, read_only=True) as ledger:
        job.deliver(
            [
                (str(record.key), {name: getattr(record, name) for name in FIELDS})
                async for record, _ in ledger.records()
            ]
        )


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=quick_loop()) as runner:  # as the command does
        runner.run(main())
