"""`download`: the published data set, one revision of it, whole and checked, however often it is interrupted."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, cast

import orjson

from soar2cot import atomic
from soar2cot.errors import ConfigError, InputError

REPOSITORY = "julien31/soar_arc_train_5M"
MANIFEST = ".soar2cot-download.json"
_TRIES = 3
_HTTP_CLIENTS = ("httpx", "httpx2")  # which one huggingface_hub uses is its own affair

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of the repository. `sha256` is None where the hub keeps none (small files)."""

    name: str
    size_bytes: int
    sha256: str | None


@dataclass(frozen=True, slots=True)
class DownloadReport:
    """What lies in the folder now. `n_fetched` counts the files that this call had to fetch."""

    out: Path
    repository: str
    revision: str
    n_files: int
    n_fetched: int
    size_bytes: int


def download(
    out: Path,
    *,
    repository: str = REPOSITORY,
    revision: str | None = None,
    pattern: str = "*.parquet",
    endpoint: str | None = None,
    on_progress: Progress | None = None,
) -> DownloadReport:
    """Fetches the parquet files of one commit into the folder `out`.

    A branch or tag is resolved to its commit once; the folder remembers it, so that what is fetched after an
    interruption belongs to what was fetched before. A file counts when its length and SHA-256 are right.

    Args:   revision: a commit, tag or branch. None: the folder's own commit, else the newest.
            endpoint: another hub than the public one.
    Raises: InputError: no such repository or revision, the hub is away, a file arrives damaged three times.
            ConfigError: `huggingface_hub` is not installed, or the folder holds another revision.
    Crash:  what was fetched stays; the next call goes on from there, within a file too.
    """
    hub = _hub()
    pinned = _pinned(out)
    _check_same(out, pinned, repository, revision)
    with _wrapped(repository, endpoint):
        info = hub.HfApi(endpoint=endpoint).repo_info(
            repository, revision=_commit(pinned, revision), repo_type="dataset", files_metadata=True
        )
    files = [file for file in _files(info) if fnmatch(file.name, pattern)]
    if not files:
        raise InputError(f"{repository} at {info.sha[:12]}: no file matches {pattern!r}")
    _pin(out, repository, info.sha, revision)
    told: Progress = on_progress or _nobody
    n_fetched = 0
    for number, file in enumerate(files, 1):
        n_fetched += _ensure(hub, out, file, repository=repository, commit=info.sha, endpoint=endpoint)
        told("fetched", number, len(files))
    return DownloadReport(out, repository, info.sha, len(files), n_fetched, sum(file.size_bytes for file in files))


def _hub() -> Any:
    try:
        import huggingface_hub
    except ImportError as error:
        raise ConfigError("download needs huggingface_hub: pip install 'soar2cot[hub]'") from error
    return huggingface_hub


def _pinned(out: Path) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", orjson.loads((out / MANIFEST).read_bytes()))
    except FileNotFoundError:
        return {}
    except orjson.JSONDecodeError as error:
        raise InputError(
            f"{out / MANIFEST}: cannot be read: {error}; remove it, files that are right are kept"
        ) from error


def _check_same(out: Path, pinned: dict[str, Any], repository: str, revision: str | None) -> None:
    asked = (repository, revision or pinned.get("asked"))
    if pinned and asked not in {(pinned["repository"], pinned["asked"]), (pinned["repository"], pinned["revision"])}:
        raise ConfigError(
            f"{out} holds {pinned['repository']} at {pinned['revision'][:12]}, asked is {repository} at "
            f"{revision or 'the newest'}; take another folder"
        )


def _commit(pinned: dict[str, Any], revision: str | None) -> str | None:
    return pinned["revision"] if pinned else revision


def _pin(out: Path, repository: str, commit: str, asked: str | None) -> None:
    if not (out / MANIFEST).exists():
        note = {"repository": repository, "revision": commit, "asked": asked}
        atomic.write_bytes(out / MANIFEST, orjson.dumps(note, option=orjson.OPT_INDENT_2))


def _files(info: Any) -> list[RemoteFile]:
    return [
        RemoteFile(item.rfilename, item.size or 0, item.lfs.sha256 if item.lfs else None)
        for item in info.siblings or ()
    ]


def _ensure(hub: Any, out: Path, file: RemoteFile, *, repository: str, commit: str, endpoint: str | None) -> bool:
    """Fetches the file unless it is there and right; whether it had to."""
    if _problem(out / file.name, file) is None:
        return False
    problem: str | None = None
    for attempt in range(_TRIES):
        with _wrapped(f"{repository}/{file.name}", endpoint):
            hub.hf_hub_download(
                repository,
                file.name,
                repo_type="dataset",
                revision=commit,
                local_dir=out,
                endpoint=endpoint,
                force_download=attempt > 0,
            )
        problem = _problem(out / file.name, file)
        if problem is None:
            return True
    (out / file.name).unlink(missing_ok=True)
    raise InputError(f"{repository}/{file.name}: arrived damaged {_TRIES} times: {problem}; try again later")


def _problem(path: Path, file: RemoteFile) -> str | None:
    """What is wrong with the local file; None where nothing is."""
    if not path.is_file():
        return "it is not there"
    size = path.stat().st_size
    if size != file.size_bytes:
        return f"{size:,} bytes, it should be {file.size_bytes:,}"
    if file.sha256 is not None and _sha256(path) != file.sha256:
        return "its SHA-256 is another"
    return None


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def _wrapped(what: str, endpoint: str | None) -> Generator[None]:
    """Foreign errors in our own words."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    clients = [sys.modules[name].HTTPError for name in _HTTP_CLIENTS if name in sys.modules]
    try:
        yield
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError, *clients) as error:
        reason = str(error).strip().split("\n")[0][:300] or type(error).__name__
        where = endpoint or "the hub"
        raise InputError(
            f"{what}: {where} did not give it: {reason}; what was fetched stays, start it again"
        ) from error


def _nobody(stage: str, done: int, total: int) -> None:
    """Tells nobody."""
