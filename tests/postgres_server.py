"""A real PostgreSQL server for the tests: the machine's own binaries, a temporary folder, an unprivileged user."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from itertools import count
from pathlib import Path

import pytest

_NUMBERS = count(1)
_EMPTY = """
DO $$ DECLARE names text; BEGIN
    SELECT string_agg(format('%I', tablename), ', ') INTO names
    FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'migrations';
    IF names IS NOT NULL THEN EXECUTE 'TRUNCATE ' || names || ' RESTART IDENTITY'; END IF;
END $$"""


def find_binary(name: str) -> str | None:
    """A program of the PostgreSQL server: of the folder that POSTGRES_BIN names, else the distribution's newest."""
    if folder := os.environ.get("POSTGRES_BIN"):
        return shutil.which(name, path=folder)
    found = [str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    for folder in ("/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"):
        found += [str(path) for path in Path("/").glob(f"{folder[1:]}/{name}")]
    return max(found, key=_major, default=None) or shutil.which(name)


def _major(path: str) -> int:
    digits = "".join(letter for letter in path.split("/bin/")[0].rpartition("/")[2] if letter.isdigit())
    return int(digits or 0)


class Server:
    """One server, listening on a socket in its own folder; it ends with the process that started it."""

    def __init__(self, *, durable: bool = False) -> None:
        self.free: list[str] = []
        self.folder = Path(tempfile.mkdtemp(prefix="soar2cot-pg-", dir="/tmp"))
        self._owner = pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else os.getuid()
        if os.getuid() == 0:
            os.chown(self.folder, self._owner, -1)
        self._run("initdb", "-D", "data", "-U", "soar", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        self._fsync = "on" if durable else "off"
        self.start()
        atexit.register(self.remove)

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c fsync={self._fsync} -c max_connections=60"
        self._run("pg_ctl", "-D", "data", "-w", "-t", "60", "-l", "log", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """`immediate` is a crash: nothing is written down before it ends."""
        self._run("pg_ctl", "-D", "data", "-w", "-t", "60", "-m", mode, "stop")

    def kill(self) -> None:
        """SIGKILL to the server's main process."""
        pid = int((self.folder / "data/postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, signal.SIGKILL)

    def remove(self) -> None:
        atexit.unregister(self.remove)
        try:
            self.stop("immediate")
        except subprocess.CalledProcessError:
            pass
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, schema: str = "public") -> str:
        return f"postgresql://soar@/postgres?host={self.folder}&search_path={schema}"

    def _run(self, name: str, *arguments: str) -> None:
        binary = find_binary(name)
        assert binary is not None
        user = {"user": self._owner} if os.getuid() == 0 else {}
        subprocess.run(
            [binary, *arguments], cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, **user,
        )  # fmt: skip


def need_server() -> None:
    """Skips, loudly, where there is no server; in CI that is a failure."""
    if find_binary("initdb") is None:
        reason = "no PostgreSQL server on this machine: apt-get install postgresql; its ledger is NOT TESTED here"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@cache
def shared_server() -> Server:
    """The server of this test process."""
    need_server()
    return Server()


@asynccontextmanager
async def fresh_database(server: Server | None = None, *, bare: bool = False) -> AsyncIterator[tuple[str, object]]:
    """An empty ledger's address (`bare`: without its tables), and what lets time pass there: leases grow older."""
    import asyncpg

    need_server()
    server = server or shared_server()
    schema = server.free.pop() if server.free and not bare else f"t{os.getpid()}_{next(_NUMBERS)}"
    connection = await asyncpg.connect(server.url(schema))
    await connection.execute(f"SET client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS {schema}; {_EMPTY}")
    await connection.close()

    async def pass_time(seconds: float) -> None:
        other = await asyncpg.connect(server.url(schema))
        await other.execute("UPDATE claims SET expires_at = expires_at - make_interval(secs => $1)", seconds)
        await other.close()

    yield server.url(schema), pass_time
    server.free.append(schema)
