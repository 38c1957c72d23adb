"""The model engine against a model on a GPU, with nothing downloaded: a tiny random model, made and served on the spot.

    python benchmarks/gpu_run.py --out OUT            needs torch and transformers; soar2cot[llm] on the path

A random model writes noise: it is held to letters while it decodes, and the server puts them into the form that the
schema asks for. Requests that come within a few milliseconds are generated together. What is measured is the path,
not the model: calls and tokens/s. Where vllm is installed, `--server vllm --model DIRECTORY` serves that instead.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

LAYERS, WIDTH, HEADS = 4, 256, 4
BATCH, WAIT_S = 64, 0.02
PREFIX = {
    "write": '{"input_output_analysis": "',
    "revise": '{"reasoning_for_why_old_instructions_are_wrong": "',
    "pool": '{"reasoning_for_why_old_instructions_are_wrong": "',
}
MIDDLE = {
    "write": '", "transformation_method": "',
    "revise": '", "revised_instructions": "',
    "pool": '", "revised_instructions": "',
}
LETTERS = "abcdefghijklmnopqrstuvwxyz ,."


class TinyModel:
    """A random Llama over characters: token n is the character with code n, up to 128."""

    def __init__(self, device: str) -> None:
        import torch
        from transformers import LlamaConfig, LlamaForCausalLM

        self.torch = torch
        torch.manual_seed(0)
        shape = LlamaConfig(
            vocab_size=128,
            hidden_size=WIDTH,
            intermediate_size=4 * WIDTH,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            max_position_embeddings=16_384,
            pad_token_id=0,
            bos_token_id=1,
            eos_token_id=2,
        )
        self.model = LlamaForCausalLM(shape).to(device).eval()
        if device != "cpu":
            self.model = self.model.to(torch.bfloat16)
        self.device = device
        self.n_tokens = 0
        self.busy_s = 0.0

    def letters(self, prompts: list[str], n_new: int) -> list[str]:
        """`n_new` letters for each prompt, sampled together."""
        torch = self.torch
        codes = [[min(ord(char), 127) for char in prompt[-6_000:]] for prompt in prompts]
        width = max(map(len, codes))
        ids = torch.tensor([[0] * (width - len(code)) + code for code in codes], device=self.device)
        mask = torch.tensor([[0] * (width - len(code)) + [1] * len(code) for code in codes], device=self.device)
        allowed = torch.tensor([ord(char) for char in LETTERS])
        started = time.perf_counter()
        with torch.inference_mode():
            made = self.model.generate(
                input_ids=ids,
                attention_mask=mask,
                max_new_tokens=n_new,
                min_new_tokens=n_new,
                do_sample=True,
                suppress_tokens=sorted(set(range(128)) - set(allowed.tolist())),
            )
        self.busy_s += time.perf_counter() - started
        self.n_tokens += n_new * len(prompts)
        return ["".join(chr(code) for code in row[width:].tolist()) for row in made]


class Server:
    """An OpenAI-compatible endpoint over aiohttp, in this process, that batches what comes together."""

    def __init__(self, model: TinyModel, n_new: int) -> None:
        self.model, self.n_new = model, n_new
        self.queue: asyncio.Queue[tuple[str, asyncio.Future[str]]] = asyncio.Queue()
        self.batches: list[int] = []

    async def start(self) -> str:
        from aiohttp import web

        app = web.Application(client_max_size=1 << 24)
        app.router.add_get("/v1/models", self.models)
        app.router.add_post("/v1/chat/completions", self.complete)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.work = asyncio.ensure_future(self.generate())
        port = self.runner.addresses[0][1]
        return f"http://127.0.0.1:{port}/v1"

    async def stop(self) -> None:
        self.work.cancel()
        await self.runner.cleanup()

    async def models(self, _: Any) -> Any:
        from aiohttp import web

        return web.json_response({"object": "list", "data": [{"id": "tiny-random", "object": "model"}]})

    async def complete(self, request: Any) -> Any:
        from aiohttp import web

        body = await request.json()
        prompt = "\n\n".join(message["content"] for message in body["messages"])
        name = body["response_format"]["json_schema"]["name"]
        coming = asyncio.get_running_loop().create_future()
        await self.queue.put((prompt, coming))
        letters = await coming
        content = self.content(name, prompt, letters)
        usage = {
            "prompt_tokens": len(prompt),
            "completion_tokens": self.n_new,
            "total_tokens": len(prompt) + self.n_new,
        }
        message = {"role": "assistant", "content": content}
        return web.json_response(
            {
                "object": "chat.completion",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": usage,
            }
        )

    def content(self, name: str, prompt: str, letters: str) -> str:
        """The letters in the form of the schema; a follower's letters become colours in the shape of the input."""
        if name != "follow":
            half = len(letters) // 2
            return PREFIX[name] + letters[:half] + "." + MIDDLE[name] + letters[half:] + '."}'
        rows = prompt.rsplit(":\n", 1)[1].splitlines()
        width = len(rows[0].split())
        cells = [ord(char) % 10 for char in letters] or [0]
        grid = [[cells[(r * width + c) % len(cells)] for c in range(width)] for r in range(len(rows))]
        return json.dumps({"grid": grid})

    async def generate(self) -> None:
        while True:
            batch = [await self.queue.get()]
            await asyncio.sleep(WAIT_S)
            while len(batch) < BATCH and not self.queue.empty():
                batch.append(self.queue.get_nowait())
            self.batches.append(len(batch))
            letters = await asyncio.to_thread(self.model.letters, [prompt for prompt, _ in batch], self.n_new)
            for (_, coming), made in zip(batch, letters, strict=True):
                if not coming.done():
                    coming.set_result(made)


async def run_engine(base_url: str, model: str, out: Path, limit: int) -> tuple[int, float]:
    """`soar2cot run` as a user starts it. Gives its exit code and seconds."""
    config = out / "steps.toml"
    config.write_text(
        '[[steps]]\nkind = "write"\ntimes = 2\n\n[[steps]]\nkind = "revise"\n\n[[steps]]\nkind = "pool"\n'
    )
    command = [
        *(sys.executable, "-m", "soar2cot", "run", "--run-dir", str(out / "run"), "--engine", "llm", "--yes"),
        *("--base-url", base_url, "--model", model, "--config", str(config), "--limit", str(limit)),
        *("--sandbox", "weak", "--display", "plain"),
    ]
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*command)
    return await process.wait(), time.perf_counter() - started


async def with_tiny(given: argparse.Namespace) -> dict[str, Any]:
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = TinyModel(device)
    server = Server(model, given.new_tokens)
    base_url = await server.start()
    code, seconds = await run_engine(base_url, "tiny-random", given.out, given.limit)
    await server.stop()
    return {
        "server": "transformers, tiny random Llama",
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
        "exit_code": code,
        "seconds": round(seconds, 1),
        "calls": sum(server.batches),
        "mean_batch": round(sum(server.batches) / max(1, len(server.batches)), 1),
        "new_tokens_per_s_while_generating": round(model.n_tokens / max(1e-9, model.busy_s)),
        "new_tokens_per_s_whole_run": round(model.n_tokens / seconds),
    }


async def with_vllm(given: argparse.Namespace) -> dict[str, Any]:
    """Serves a model that is on this machine with vLLM, and runs against it."""
    import aiohttp

    server = subprocess.Popen(  # noqa: ASYNC220 - nothing else goes on yet
        ["vllm", "serve", given.model, "--port", "8123", "--max-model-len", "16384"]
    )
    try:
        async with aiohttp.ClientSession() as session:
            for _ in range(300):
                await asyncio.sleep(2)
                try:
                    async with session.get("http://127.0.0.1:8123/v1/models") as response:
                        if response.status == 200:
                            break
                except aiohttp.ClientError:
                    continue
        code, seconds = await run_engine("http://127.0.0.1:8123/v1", given.model, given.out, given.limit)
    finally:
        server.terminate()
        server.wait()
    return {"server": "vllm", "model": given.model, "exit_code": code, "seconds": round(seconds, 1)}


def spent(run_dir: Path) -> dict[str, Any]:
    """What the journal says: calls and tokens."""
    import sqlite3

    with closing(sqlite3.connect(run_dir / "ledger.db")) as connection, connection:
        query = "SELECT count(*), sum(answer IS NULL), sum(prompt_tokens), sum(completion_tokens) FROM calls"
        calls, unanswered, prompt, completion = connection.execute(query).fetchone()
    return {"journal_calls": calls, "unanswered": unanswered, "prompt_tokens": prompt, "completion_tokens": completion}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=40, help="samples")
    parser.add_argument("--new-tokens", type=int, default=128, help="of each answer")
    parser.add_argument("--server", choices=["tiny", "vllm"], default="tiny")
    parser.add_argument("--model", default="", help="for vllm: a directory with a model")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    report = asyncio.run(with_vllm(given) if given.server == "vllm" else with_tiny(given))
    report |= spent(given.out / "run")
    (given.out / "report.json").write_text(json.dumps(report, indent=2))
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
