"""What is written to PostgreSQL: each act runs inside the open transaction of a group.

An act that raises a LedgerError has written nothing. Commits of a group are written together (`Commit`), so that
thirty-two of them cost the round trips of one.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from soar2cot import faults
from soar2cot.errors import LeaseLostError, LedgerError
from soar2cot.ledger import rows
from soar2cot.ledger.base import Claim
from soar2cot.ledger.rows import KeyRow, key_row
from soar2cot.ledger.schema import statements
from soar2cot.records import Call, Failure, Outcome, SampleKey

SQL = statements("postgres")
_SUMS = ("completed", "scored", "score", "perfect", "calls", "tokens", "usd")


@dataclass
class Group:
    """One transaction on one connection, and what it adds to the sums."""

    connection: Any
    added: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    async def all(self, name: str, *values: Any) -> list[Any]:
        """The rows of a named statement."""
        return await self.connection.fetch(SQL[name], *values)

    async def one(self, name: str, *values: Any) -> Any:
        """The first row of a named statement, None where there is none."""
        return await self.connection.fetchrow(SQL[name], *values)

    async def many(self, name: str, values: Sequence[Sequence[Any]]) -> None:
        """Runs a named statement for each row, in one round trip."""
        if values:
            await self.connection.executemany(SQL[name], values)

    def add(self, run_id: str, **sums: int) -> None:
        """Adds to the sums of a run."""
        row = self.added.setdefault(run_id, [0] * len(_SUMS))
        for name, value in sums.items():
            row[_SUMS.index(name)] += value

    async def end(self) -> None:
        """Writes the sums, last of all: their rows are shared, and locked until the sync is over."""
        await self.many("add_totals", [(run_id, *sums) for run_id, sums in sorted(self.added.items()) if any(sums)])


@dataclass(frozen=True)
class Commit:
    """Result and completion of one sample, ready to be written."""

    claim: Claim
    row: KeyRow
    result: tuple[Any, ...]
    guesses: list[tuple[Any, ...]]
    run_id: str
    score: float


Plain: TypeAlias = Callable[[Group], Awaitable[Any]]
Act: TypeAlias = "Commit | Plain"


async def apply(group: Group, acts: Sequence[Act]) -> list[Any]:
    """Applies the acts of one group; gives for each its result or its LedgerError."""
    commits = [act for act in acts if isinstance(act, Commit)]
    committed = iter(await _commit_all(group, commits) if commits else [])
    return [next(committed) if isinstance(act, Commit) else await _plain(group, act) for act in acts]


async def _plain(group: Group, act: Plain) -> Any:
    try:
        return await act(group)
    except LedgerError as error:
        return error


def columns(found: Sequence[KeyRow]) -> tuple[list[int], list[str], list[int]]:
    """Keys as three arrays, in one order for all processes, so that their locks cannot cross."""
    ordered = sorted(found)
    return [row[0] for row in ordered], [row[1] for row in ordered], [row[2] for row in ordered]


# --- runs and settings


def start_run(values: tuple[Any, ...], *, host: str, is_alive: Callable[[int], bool]) -> Plain:
    """Opens a run; the leases of this host's dead processes end."""

    async def act(group: Group) -> str:
        dead = [run_id for run_id, pid in await group.all("claimers", host) if not is_alive(pid)]
        if dead:
            await group.all("expire_run", dead)
        return (await group.one("start_run", *values))[0]

    return act


def statement(name: str, *values: Any) -> Plain:
    """One named statement, nothing given back."""

    async def act(group: Group) -> None:
        await group.all(name, *values)

    return act


# --- the life of a sample


def claim(keys: Sequence[SampleKey], run_id: str, lease_s: float) -> Plain:
    """Takes those that are free."""
    wanted = {key_row(key): key for key in keys}

    async def act(group: Group) -> list[Claim]:
        taken = await group.all("put_claims", *columns(list(wanted)), run_id, lease_s)
        found = {(r, t, h): Claim(wanted[r, t, h], token, attempt) for r, t, h, token, attempt in taken}
        for row in await group.all("drop_claims_of_completed", *columns(list(found))) if found else []:
            del found[tuple(row)]
        return [found[row] for row in wanted if row in found]

    return act


def _with_tokens(claims: Sequence[Claim]) -> tuple[list[int], list[str], list[int], list[int]]:
    ordered = sorted((*key_row(item.key), item.token) for item in claims)
    return [r[0] for r in ordered], [r[1] for r in ordered], [r[2] for r in ordered], [r[3] for r in ordered]


def renew(claims: Sequence[Claim], lease_s: float) -> Plain:
    """Extends the leases that still run."""

    async def act(group: Group) -> list[Claim]:
        tokens = {row[0] for row in await group.all("renew", *_with_tokens(claims), lease_s)}
        return [item for item in claims if item.token in tokens]

    return act


def release(claims: Sequence[Claim]) -> Plain:
    """Gives back those that are still ours."""
    return statement("release", *_with_tokens(claims))


async def _held(group: Group, claims: Sequence[Claim]) -> set[int]:
    return {row[0] for row in await group.all("ours", *_with_tokens(claims))}


def lease_lost(claim: Claim) -> LeaseLostError:
    """The claim is dead, or somebody else has the sample."""
    return LeaseLostError(
        f"sample {claim.key}: claim {claim.token} expired or was taken over; nothing was written, claim it again"
    )


def commit(claim: Claim, outcome: Outcome, run_id: str) -> Commit:
    """Result and completion, made ready outside the transaction."""
    now_s = int(time.time())
    guesses = [rows.guess_row(guess, created_s=now_s) for guess in outcome.guesses]
    result = rows.instructions_row(outcome.record, created_s=now_s)
    return Commit(claim, key_row(claim.key), result, guesses, run_id, outcome.record.score)


async def _commit_all(group: Group, commits: Sequence[Commit]) -> list[LeaseLostError | None]:
    held = await _held(group, [item.claim for item in commits])
    await _write_results(group, list({i.claim.token: i for i in commits if i.claim.token in held}.values()))
    others = [item for item in commits if item.claim.token not in held]
    done: set[int] = set()
    if others:
        done = {row[0] for row in await group.all("completed_tokens", *columns([item.row for item in others]))}
    kept = held | done
    return [None if item.claim.token in kept else lease_lost(item.claim) for item in commits]


async def _write_results(group: Group, commits: Sequence[Commit]) -> None:
    if not commits:
        return
    keys = columns([item.row for item in commits])
    ordered = sorted(commits, key=lambda item: item.row)
    await group.many("put_instructions", [item.result for item in ordered])
    await group.many("put_guess", [guess for item in ordered for guess in item.guesses])
    await group.all("drop_claims", *keys)
    await group.all("drop_failures", *keys)
    for run_id in {item.run_id for item in ordered}:
        mine = [item for item in ordered if item.run_id == run_id]
        tokens = [item.claim.token for item in mine]
        await group.all("put_completed", *columns([item.row for item in mine]), run_id, tokens)
        scores = [item.score for item in mine]
        score = sum(map(rows.nano, scores))
        perfect = sum(value >= 1 for value in scores)
        group.add(run_id, completed=len(mine), scored=len(mine), score=score, perfect=perfect)


def fail(claim: Claim, run_id: str, error_type: str, message: str) -> Plain:
    """Parks the sample."""
    row = key_row(claim.key)
    error_type, message = rows.store_text(error_type), rows.store_text(message)

    async def act(group: Group) -> Failure:
        if claim.token not in await _held(group, [claim]):
            return _failed_before(claim, await group.one("get_failure", *row))
        values = (*row, claim.attempt, error_type, message, run_id, claim.token)
        failed_at = (await group.one("put_failure", *values))[0]
        await group.all("drop_claims", *columns([row]))
        return Failure(claim.key, claim.attempt, rows.load_text(error_type), rows.load_text(message), failed_at)

    return act


def _failed_before(claim: Claim, known: Any) -> Failure:
    if known is None or known[1] != claim.token:
        raise lease_lost(claim)
    attempts, _, error_type, message, failed_at = known
    return Failure(claim.key, attempts, rows.load_text(error_type), rows.load_text(message), failed_at)


def unpark(keys: Sequence[SampleKey]) -> Plain:
    """Out of the failures."""
    wanted = columns(list({key_row(key) for key in keys}))

    async def act(group: Group) -> int:
        return len(await group.all("drop_failures", *wanted))

    return act


def adopt(keys: Sequence[SampleKey], run_id: str) -> Plain:
    """Completions without a result."""
    wanted = columns(list({key_row(key) for key in keys}))

    async def act(group: Group) -> int:
        new = [tuple(row) for row in await group.all("adopt", *wanted, run_id)]
        await group.all("drop_claims", *columns(new))
        await group.all("drop_failures", *columns(new))
        group.add(run_id, completed=len(new))
        return len(new)

    return act


# --- history


def forget(keys: Sequence[SampleKey], reason: str) -> Plain:
    """Completions and results into history."""
    wanted = columns(list({key_row(key) for key in keys}))

    async def act(group: Group) -> int:
        await group.all("drop_picked")
        await group.all("picked_table")
        await group.all("pick", *wanted)
        n_samples = await _supersede(group, reason)
        faults.point("ledger.forget.before_commit")
        return n_samples

    return act


async def _supersede(group: Group, reason: str) -> int:
    n_samples = (await group.one("count_picked_completed"))[0]
    n_calls = (await group.one("count_picked_calls"))[0]
    if not n_samples and not n_calls:
        return 0
    await _add_picked(group, n_calls, -1)
    batch = (await group.one("put_batch", rows.store_text(reason), n_samples))[0]
    for name in ("keep_guesses", "keep_instructions", "keep_calls", "keep_completed"):
        await group.all(name, batch)
    for name in ("remove_guesses", "remove_instructions", "remove_calls", "remove_completed"):
        await group.all(name)
    return n_samples


async def _add_picked(group: Group, n_calls: int, sign: int) -> None:
    for run_id, completed, scored, score, perfect in await group.all("picked_totals"):
        group.add(run_id, completed=sign * completed, scored=sign * scored, score=sign * score, perfect=sign * perfect)
    group.add("", calls=sign * n_calls)  # what was asked stays with the run that asked


def restore(batch: int | None) -> Plain:
    """A batch out of history; what was done since then into a batch of its own."""

    async def act(group: Group) -> int:
        number = (await group.one("latest_batch"))[0] if batch is None else batch
        known: Any = None if number is None else await group.one("has_batch", number)
        if number is None or known is None:
            return _nothing_to_restore(batch)
        await group.all("drop_picked")
        await group.all("picked_table")
        await group.all("pick_batch", number)
        await _supersede(group, f"restored from batch {number}")
        await group.all("remove_claims")
        await group.all("remove_failures")
        await _bring_back(group, number)
        faults.point("ledger.forget.before_commit")
        return known[0]

    return act


def _nothing_to_restore(batch: int | None) -> int:
    if batch is None:
        return 0
    raise LedgerError(f"batch {batch}: nothing of that number can be restored; `soar2cot progress restore --list`")


async def _bring_back(group: Group, batch: int) -> None:
    for name in ("completed", "instructions", "guesses", "calls"):
        await group.all(f"back_{name}", batch)
    await _add_picked(group, (await group.one("count_picked_calls"))[0], 1)
    for name in ("completed", "instructions", "guess", "calls"):
        await group.all(f"drop_{name}_history", batch)
    await group.all("drop_batch", batch)


# --- the journal


def intend(call: Call, claim: Claim, sums: str) -> Plain:
    """Announces a call, which counts in that row of the sums."""
    values = rows.call_row(call)

    async def act(group: Group) -> None:
        if claim.token not in await _held(group, [claim]):
            raise lease_lost(claim)
        if await group.one("put_call", *values):
            group.add(sums, calls=1)

    return act


def answer(call: Call, sums: str) -> Plain:
    """Keeps an answer, paid for in that row of the sums: with its announcement, wherever that stands, or by itself."""
    place = (*key_row(call.key), rows.store_text(call.id))
    values, whole = rows.answer_row(call), rows.call_row(call)

    async def act(group: Group) -> None:
        if await group.one("has_call", *place) is None:
            kept = await _answer_unannounced(group, place, values, whole, sums)
        else:
            kept = bool(await group.one("answer_call", *values, *place))
        if kept:
            tokens = call.prompt_tokens + call.completion_tokens
            group.add(sums, tokens=tokens, usd=rows.nano(call.cost_usd))

    return act


async def _answer_unannounced(
    group: Group, place: tuple[Any, ...], values: tuple[Any, ...], whole: tuple[Any, ...], sums: str
) -> bool:
    old = await group.one("old_call", *place)
    if old is None:
        await group.all("put_call", *whole)
        group.add(sums, calls=1)
    elif not old[1]:
        await group.all("answer_old_call", *values, *place, old[0])
    return old is None or not old[1]
