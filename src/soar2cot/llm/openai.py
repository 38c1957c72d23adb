"""One exchange with an OpenAI-compatible server, over aiohttp.

An HTTP library with the few lines that one endpoint needs costs a tenth of the CPU of an SDK
(`benchmarks/bench_llm.py` measures it). Waiting, trying again and counting are `client.py`'s.
"""

from __future__ import annotations

import time
from typing import Any

import aiohttp
import orjson

from soar2cot.config import Endpoint
from soar2cot.errors import ModelError, ModelSetupError, ModelUnavailableError
from soar2cot.llm.base import Answer, Request
from soar2cot.llm.wire import error_for, public_address, read_answer, scrub

_MAX_ANSWER_BYTES = 16 << 20


class OpenAITransport:
    """Connections to one server. The key is sent to this address alone and stands in nothing that is returned.

    Redirects are not followed: they would carry the key elsewhere.
    """

    def __init__(self, endpoint: Endpoint, api_key: str | None) -> None:
        self._endpoint = endpoint
        self._api_key = (api_key or "").strip() or None
        self._url = endpoint.base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self.address = public_address(endpoint.base_url)

    async def exchange(self, request: Request) -> Answer:
        """Sends once, waits for the whole answer.

        Raises: ModelError: by class; no retry was made.
        """
        started = time.perf_counter()
        where = f"{self.address}, model {request.model}"
        status, raw, headers = await self._post(request.body, where)
        try:
            if status != 200:
                raise error_for(status, raw, headers, where=where)
            return read_answer(raw, where=where, latency_s=time.perf_counter() - started)
        except ModelError as error:
            error.args = (scrub(str(error), self._api_key),)
            raise

    async def models(self) -> list[str]:
        """The names that the server lists, empty where it lists none. Raises as `exchange` does."""
        try:
            async with self._open().get(f"{self._url}/models", allow_redirects=False) as response:
                raw = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._away(error, self.address) from error
        if response.status != 200:
            raise error_for(response.status, raw, response.headers, where=self.address)
        try:
            return [str(item["id"]) for item in orjson.loads(raw)["data"]]
        except (ValueError, KeyError, TypeError):
            return []

    async def aclose(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, body: bytes, where: str) -> tuple[int, bytes, Any]:
        try:
            async with self._open().post(f"{self._url}/chat/completions", data=body, allow_redirects=False) as response:
                return response.status, await _read(response), response.headers
        except aiohttp.InvalidURL as error:
            raise ModelSetupError(f"{where}: this is no address; give --base-url as http://host:port/v1") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._away(error, where) from error

    def _away(self, error: Exception, where: str) -> ModelUnavailableError:
        gone = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
        reason = scrub(str(error), self._api_key) or type(error).__name__
        return ModelUnavailableError(f"{where}: {reason}", gone=gone)

    def _open(self) -> aiohttp.ClientSession:
        """The session, opened in the running loop at first use."""
        if self._session is None:
            headers = {"Content-Type": "application/json"}
            if self._api_key:
                headers["Authorization"] = f"Bearer {self._api_key}"
            settings = self._endpoint
            self._session = aiohttp.ClientSession(
                headers=headers,
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
                timeout=aiohttp.ClientTimeout(
                    total=settings.total_timeout_s,
                    sock_connect=settings.connect_timeout_s,
                    sock_read=settings.first_byte_timeout_s,
                ),
                auto_decompress=True,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The whole body; of one whose length nobody announced at most `_MAX_ANSWER_BYTES`."""
    if response.content_length is not None:
        return await response.read()
    chunks: list[bytes] = []
    size_bytes = 0
    async for chunk in response.content.iter_any():
        chunks.append(chunk)
        size_bytes += len(chunk)
        if size_bytes > _MAX_ANSWER_BYTES:
            raise aiohttp.ClientPayloadError(f"the answer is longer than {_MAX_ANSWER_BYTES} bytes")
    return b"".join(chunks)
