"""The scripted server of `soar2cot.testing` for rows alone: what a peer asks beside them is answered, not counted.

    python benchmarks/peers/server.py SERVICE_S        prints {"base_url": …}

Some peers ask a question of their own at each start, to see whether the model is there and holds to a schema.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from soar2cot.engines.llm.prompts import AUTHOR
from soar2cot.testing import Capacity, ScriptedServer
from soar2cot.testing.oracle import fixed_answers, prompt_of

ROW = AUTHOR[:60]  # how the prompt of every row begins


def answers(schema_name: str, prompt: str) -> str:
    """The fixed answer to a row; to anything else one that fits curator's trial of structured output."""
    return fixed_answers("write", prompt) if ROW in prompt else '{"name": "Jason", "age": 25}'


class RowServer(ScriptedServer):
    """Counts rows alone."""

    def _serve(self, body: dict[str, Any], name: str, order: Any) -> Any:
        return super()._serve(body, name, order) if ROW in prompt_of(body) else self._answer(body, order)


async def main() -> None:
    async with RowServer(answers, capacity=Capacity(service_s=float(sys.argv[1]))) as server:
        print(json.dumps({"base_url": server.base_url}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
