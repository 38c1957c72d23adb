"""One exchange with an OpenAI-compatible server, over aiohttp.

An HTTP library with the few lines that one endpoint needs costs a tenth of the CPU of an SDK
(`benchmarks/bench_llm.py` measures it). Waiting, trying again and counting are `client.py`'s.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import orjson

from soar2cot.config import Endpoint
from soar2cot.errors import ModelError, ModelSetupError, ModelUnavailableError
from soar2cot.llm.base import Answer, Request
from soar2cot.llm.wire import error_for, public_address, read_answer, scrub

_MAX_ANSWER_BYTES = 16 << 20
_TOO_LATE = "no whole answer within first_byte_timeout_s (of silence) and total_timeout_s"


class OpenAITransport:
    """Connections to one server. The key is sent to this address alone and stands in nothing that is returned.

    How long an answer may take is watched here: aiohttp's own two timers cost a twentieth of a whole row.

    Redirects are not followed: they would carry the key elsewhere.
    """

    def __init__(self, endpoint: Endpoint, api_key: str | None) -> None:
        self._endpoint = endpoint
        self._api_key = (api_key or "").strip() or None
        self._url = endpoint.base_url.rstrip("/")
        self._silence_s = min(endpoint.first_byte_timeout_s, endpoint.total_timeout_s)
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
            async with (
                asyncio.timeout(self._silence_s),
                self._open().get(f"{self._url}/models", allow_redirects=False) as response,
            ):
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
        end = asyncio.get_running_loop().time() + self._endpoint.total_timeout_s
        try:
            async with (
                asyncio.timeout(self._silence_s) as limit,
                self._open().post(f"{self._url}/chat/completions", data=body, allow_redirects=False) as response,
            ):
                return response.status, await self._read(response, limit, end), response.headers
        except aiohttp.InvalidURL as error:
            raise ModelSetupError(f"{where}: this is no address; give --base-url as http://host:port/v1") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._away(error, where) from error

    async def _read(self, response: aiohttp.ClientResponse, limit: asyncio.Timeout, end: float) -> bytes:
        """The whole body, at most `_MAX_ANSWER_BYTES`; each part that comes moves `limit` on, up to `end`."""
        content = response.content
        chunks: list[bytes] = []
        size_bytes = 0
        while not content.at_eof():
            if not content.is_eof():  # more of it is on its way
                limit.reschedule(min(end, asyncio.get_running_loop().time() + self._silence_s))
            chunk = await content.readany()
            chunks.append(chunk)
            size_bytes += len(chunk)
            if size_bytes > _MAX_ANSWER_BYTES:
                raise aiohttp.ClientPayloadError(f"the answer is longer than {_MAX_ANSWER_BYTES} bytes")
        return b"".join(chunks)

    def _away(self, error: Exception, where: str) -> ModelUnavailableError:
        gone = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
        unsaid = _TOO_LATE if type(error) is TimeoutError else type(error).__name__
        reason = scrub(str(error), self._api_key) or unsaid
        return ModelUnavailableError(f"{where}: {reason}", gone=gone)

    def _open(self) -> aiohttp.ClientSession:
        """The session, opened in the running loop at first use."""
        if self._session is None:
            headers = {"Content-Type": "application/json"}
            if self._api_key:
                headers["Authorization"] = f"Bearer {self._api_key}"
            self._session = aiohttp.ClientSession(
                headers=headers,
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._endpoint.connect_timeout_s),
                auto_decompress=True,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session
