"""Records sorted by task on disk, so that a ledger of millions never has to fit in memory."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import BinaryIO

from soar2cot.export.canonical import Stored
from soar2cot.records import GuessRecord, InstructionRecord

N_BUCKETS = 256
RECORDS_PER_SHARD = 20_000


class Spool:
    """The ledger's records in buckets; a task lies in exactly one, whatever else the ledger holds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.n_records = 0

    async def fill(self, records: AsyncIterator[tuple[InstructionRecord, tuple[GuessRecord, ...]]]) -> None:
        """Takes all records; the stream is read once."""
        self._folder.mkdir(parents=True)
        files: dict[int, BinaryIO] = {}
        try:
            async for record, guesses in records:
                bucket = bucket_of(record.key.task_id)
                if bucket not in files:
                    files[bucket] = (self._folder / f"{bucket:03}").open("wb")
                files[bucket].write(Stored.of(record, guesses).to_line() + b"\n")
                self.n_records += 1
        finally:
            for file in files.values():
                file.close()

    def remove(self) -> None:
        """Takes its files away."""
        shutil.rmtree(self._folder)

    @property
    def n_shards(self) -> int:
        """A power of two, such that a shard holds about 20,000 records; it depends on their number alone."""
        shards = 1
        while shards < N_BUCKETS and shards * RECORDS_PER_SHARD < self.n_records:
            shards *= 2
        return shards

    def shard(self, index: int) -> list[Stored]:
        """The records of one shard by sample key."""
        buckets = range(index, N_BUCKETS, self.n_shards)
        return sorted((record for bucket in buckets for record in self._read(bucket)), key=lambda item: item.sort_key)

    def _read(self, bucket: int) -> list[Stored]:
        path = self._folder / f"{bucket:03}"
        return [Stored.from_line(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def bucket_of(task_id: str) -> int:
    """0 to 255, the same for ever."""
    return hashlib.sha256(task_id.encode()).digest()[0]


def split_of(task_id: str, test_share: float) -> str:
    """`train` or `test`: a task is in one of them, the same in every export with this share."""
    place = int.from_bytes(hashlib.sha256(f"split {task_id}".encode()).digest()[:8]) / 2**64
    return "test" if place < test_share else "train"


def digest_of(records: Sequence[Stored], settings: str) -> str:
    """What a shard's files depend on, as SHA-256."""
    digest = hashlib.sha256(settings.encode())
    for record in records:
        digest.update(record.digest().encode())
    return digest.hexdigest()
