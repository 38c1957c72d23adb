"""What is written to SQLite: each function does one act inside the open transaction of a group.

An act that raises a LedgerError has written nothing. Anything else that is raised rolls the act back alone.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from soar2cot import faults
from soar2cot.errors import LeaseLostError, LedgerError
from soar2cot.ledger import rows
from soar2cot.ledger.base import Claim
from soar2cot.ledger.rows import KeyRow, key_row
from soar2cot.ledger.schema import statements
from soar2cot.records import Call, Failure, Outcome, SampleKey

SQL = statements("sqlite")

COMPLETED, SCORED, SCORE, PERFECT, CALLS, TOKENS, USD = range(7)


@dataclass
class Group:
    """One transaction: the numbers that it gives out and what it adds to the sums.

    `leases` belongs to the process: token → end of the lease on the process's own clock, so that setting the
    system's clock changes nothing. A token that is not there is that of a dead process.
    """

    connection: sqlite3.Connection
    leases: dict[int, float]
    now: float
    generation: int = 0
    token: int = 0
    seq: int = 0
    added: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    leased: dict[int, float] = field(default_factory=dict[int, float])  # what COMMIT makes true; 0: ended
    cursor: sqlite3.Cursor = field(init=False)  # for statements that nothing is read from afterwards

    def __post_init__(self) -> None:
        self.cursor = self.connection.cursor()

    def run(self, name: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Runs a named statement."""
        return self.connection.execute(SQL[name], values)

    def put(self, name: str, values: Sequence[Any]) -> int:
        """Runs a named statement of which only the number of rows that it wrote is asked for."""
        return self.cursor.execute(SQL[name], values).rowcount

    def one(self, name: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a named statement, None where there is none."""
        return self.cursor.execute(SQL[name], values).fetchone()

    def add(self, run_id: str, **sums: int) -> None:
        """Adds to the sums of a run."""
        row = self.added.setdefault(run_id, [0] * 7)
        for name, value in sums.items():
            row[_SUMS[name]] += value

    def begin(self) -> None:
        """Reads the numbers."""
        self.generation, self.token, self.seq = self.one("counters")

    def end(self) -> None:
        """Writes the numbers and the sums."""
        self.generation += 1
        numbers = {"generation": self.generation, "token": self.token, "seq": self.seq}
        self.connection.execute(SQL["set_counters"], numbers)
        self.connection.executemany(SQL["add_totals"], [(run_id, *sums) for run_id, sums in self.added.items()])

    def alive(self, token: int) -> bool:
        """Whether the lease of this token still runs. Then the claim is its holder's: whatever takes a claim away ends
        its lease, so no row is read to know."""
        end = self.leased.get(token)
        return (self.leases.get(token, 0.0) if end is None else end) > self.now

    def settle(self) -> None:
        """After COMMIT: the leases that were begun and ended."""
        for token, end in self.leased.items():
            if end:
                self.leases[token] = end
            else:
                self.leases.pop(token, None)


_SUMS = {
    "completed": COMPLETED,
    "scored": SCORED,
    "score": SCORE,
    "perfect": PERFECT,
    "calls": CALLS,
    "tokens": TOKENS,
    "usd": USD,
}
Act: TypeAlias = Callable[[Group], Any]


# --- runs and settings


def start_run(values: tuple[Any, ...]) -> Act:
    """Opens a run; gives its name."""
    return lambda group: f"run-{group.run('start_run', values).lastrowid}"


def finish_run(run_id: str, reason: str) -> Act:
    """Closes a run."""
    number = int(run_id.removeprefix("run-")) if run_id.removeprefix("run-").isdigit() else -1
    return lambda group: group.run("finish_run", (rows.utc_text(time.time()), reason, number))


def set_meta(name: str, value: str, *, statement: str = "set_meta") -> Act:
    """Sets a small named value; with the statement `add_meta` only where it is not set yet."""

    def act(group: Group) -> None:
        group.run(statement, (name, rows.store_text(value)))

    return act


# --- the life of a sample


def claim(keys: Sequence[SampleKey], run_id: str, lease_s: float) -> Act:
    """Takes those that are free."""
    wanted = [(key, key_row(key)) for key in dict.fromkeys(keys)]

    def act(group: Group) -> list[Claim]:
        now = rows.utc_text(time.time())
        taken = [_claim_one(group, key, row, run_id, now) for key, row in wanted]
        claims = [item for item in taken if item is not None]
        group.leased.update((item.token, group.now + lease_s) for item in claims)
        return claims

    return act


def _claim_one(group: Group, key: SampleKey, row: KeyRow, run_id: str, now: str) -> Claim | None:
    is_completed, token, attempt, n_failed, begun = group.one("claimable", row)
    if is_completed or (token is not None and group.alive(token)):
        return None
    attempt = 1 + (attempt if token is not None else n_failed or 0)
    group.token += 1
    group.put("put_claim", (*row, group.token, attempt, run_id, now))
    return Claim(key, group.token, attempt, begun=bool(begun))


def expire(keys: Sequence[SampleKey], run_id: str) -> Act:
    """Ends the leases of a run's dead worker."""
    found = [key_row(key) for key in keys]

    def act(group: Group) -> None:
        held = [group.one("get_claim", row) for row in found]
        group.leased.update((item[0], 0.0) for item in held if item and item[2] == run_id)

    return act


def release(claims: Sequence[Claim]) -> Act:
    """Gives back those that are still ours."""

    def act(group: Group) -> None:
        for item in claims:
            row = key_row(item.key)
            held = group.one("get_claim", row)
            if held and held[0] == item.token:
                failed = group.one("get_failure", row)
                before = failed[0] if failed else 0
                group.run("drop_claim" if item.attempt - 1 <= before else "uncount_claim", row)
            group.leased[item.token] = 0.0

    return act


def commit(claim: Claim, outcome: Outcome, run_id: str) -> Act:
    """Result and completion, and the end of claim and failure."""
    now_s = int(time.time())
    row = key_row(claim.key)
    record = outcome.record
    result = rows.instructions_row(record, created_s=now_s)
    guesses = [rows.guess_row(guess, created_s=now_s) for guess in outcome.guesses]

    def act(group: Group) -> None:
        if not group.alive(claim.token):
            _already(group.one("get_completed", row), claim)
            return
        group.put("put_instructions", result)
        for guess in guesses:
            group.put("put_guess", guess)
        _complete(group, row, claim, now_s, run_id)
        group.add(run_id, completed=1, scored=1, score=rows.nano(record.score), perfect=int(record.score >= 1))
        group.leased[claim.token] = 0.0

    return act


def _already(done: Any, claim: Claim) -> None:
    """An act that was done before by this very claim is no error."""
    if done is None or done[0] != claim.token:
        raise lease_lost(claim)


def lease_lost(claim: Claim) -> LeaseLostError:
    """The claim is dead, or somebody else has the sample."""
    return LeaseLostError(
        f"sample {claim.key}: claim {claim.token} expired or was taken over; nothing was written, claim it again"
    )


def _complete(group: Group, row: KeyRow, claim: Claim, now_s: int, run_id: str) -> None:
    group.put("drop_claim", row)
    if claim.attempt > 1:  # a first attempt follows no failure
        group.put("drop_failure", row)
    group.seq += 1
    group.put("put_completed", (*row, group.seq, now_s, run_id, claim.token))


def _end_lease(group: Group, held: Any) -> None:
    if held:
        group.leased[held[0]] = 0.0


def fail(claim: Claim, run_id: str, error_type: str, message: str) -> Act:
    """Parks the sample."""
    row = key_row(claim.key)
    error_type, message = rows.store_text(error_type), rows.store_text(message)

    def act(group: Group) -> Failure:
        known = group.one("get_failure", row)
        if known and known[1] == claim.token:
            return rows.load_failure((claim.key.task_id, row[0], row[2], known[0], *known[2:]))
        if not group.alive(claim.token):
            raise lease_lost(claim)
        failed_at = rows.utc_text(time.time())
        group.run("put_failure", (*row, claim.attempt, error_type, message, failed_at, run_id, claim.token))
        group.run("drop_claim", row)
        group.leased[claim.token] = 0.0
        return Failure(claim.key, claim.attempt, rows.load_text(error_type), rows.load_text(message), failed_at)

    return act


def unpark(keys: Sequence[SampleKey]) -> Act:
    """Out of the failures."""
    wanted = [key_row(key) for key in dict.fromkeys(keys)]
    return lambda group: sum(group.run("drop_failure", row).rowcount for row in wanted)


def adopt(keys: Sequence[SampleKey], run_id: str) -> Act:
    """Completions without a result."""
    wanted = [key_row(key) for key in keys]

    def act(group: Group) -> int:
        now_s, before = int(time.time()), group.seq
        group.seq += len(wanted)
        numbered = ((*row, before + i, now_s, run_id) for i, row in enumerate(wanted, start=1))
        n_new = group.connection.executemany(SQL["put_adopted"], numbered).rowcount
        for held in group.run("adopted_claims", (before,)).fetchall():
            _end_lease(group, held)
        for name in ("remove_adopted_claims", "remove_adopted_failures"):
            group.run(name, (before,))
        group.add(run_id, completed=n_new)
        return n_new

    return act


# --- history


def forget(keys: Iterable[SampleKey], reason: str) -> Act:
    """Completions and results into history."""
    wanted = [key_row(key) for key in keys]

    def act(group: Group) -> int:
        group.run("clear_picked")
        group.connection.executemany(SQL["pick"], wanted)
        group.run("unpick_unfinished")
        n_samples = _supersede(group, reason)
        faults.point("ledger.forget.before_commit")
        return n_samples

    return act


def _supersede(group: Group, reason: str) -> int:
    """Moves everything that stands under the picked keys to a new batch of history; gives how many were completed."""
    n_samples, n_calls = group.one("count_picked_completed")[0], group.one("count_picked_calls")[0]
    if not n_samples and not n_calls:
        return 0
    _subtract_picked(group, n_calls)
    now = rows.utc_text(time.time())
    batch = group.run("put_batch", (rows.store_text(reason), now, n_samples)).lastrowid
    for name in ("keep_guesses", "keep_instructions", "keep_calls", "keep_completed"):
        group.run(name, (batch,))
    for name in ("remove_guesses", "remove_instructions", "remove_calls", "remove_completed"):
        group.run(name)
    return n_samples


def _subtract_picked(group: Group, n_calls: int, sign: int = -1) -> None:
    for run_id, completed, scored, score, perfect in group.run("picked_totals").fetchall():
        group.add(run_id, completed=sign * completed, scored=sign * scored, score=sign * score, perfect=sign * perfect)
    group.add("", calls=sign * n_calls)  # what was asked stays with the run that asked


def restore(batch: int | None) -> Act:
    """A batch out of history; what was done since then into a batch of its own."""

    def act(group: Group) -> int:
        number = group.one("latest_batch")[0] if batch is None else batch
        known = group.one("has_batch", (number,))
        if known is None:
            return _nothing_to_restore(batch)
        group.run("clear_picked")
        group.run("pick_batch", (number,))
        _supersede(group, f"restored from batch {number}")
        for held in group.run("picked_claims").fetchall():
            _end_lease(group, held)
        group.run("remove_claims")
        group.run("remove_failures")
        _bring_back(group, number, known[0])
        faults.point("ledger.forget.before_commit")
        return known[0]

    return act


def _nothing_to_restore(batch: int | None) -> int:
    if batch is None:
        return 0
    raise LedgerError(f"batch {batch}: nothing of that number can be restored; `soar2cot progress restore --list`")


def _bring_back(group: Group, batch: int, n_samples: int) -> None:
    group.connection.execute(SQL["back_completed"], {"seq": group.seq, "batch": batch})
    group.seq += n_samples
    for name in ("back_instructions", "back_guesses", "back_calls"):
        group.run(name, (batch,))
    _subtract_picked(group, group.one("count_picked_calls")[0], sign=1)
    for name in ("completed", "instructions", "guess", "calls"):
        group.run(f"drop_{name}_history", (batch,))
    group.run("drop_batch", (batch,))


# --- the journal


def intend(call: Call, claim: Claim, run_id: str) -> Act:
    """Announces a call of the run."""
    values = rows.call_row(call)

    def act(group: Group) -> None:
        if not group.alive(claim.token):
            raise lease_lost(claim)
        if group.put("put_call", values):
            group.add(run_id, calls=1)

    return act


def answer(call: Call, run_id: str) -> Act:
    """Keeps an answer, which the run paid for: with its announcement, wherever that stands by now, or by itself."""
    place = (*key_row(call.key), rows.store_text(call.id))
    values = rows.answer_row(call)

    def act(group: Group) -> None:
        kept = bool(group.put("answer_call", (*values, *place)))
        if not kept and group.one("has_call", place) is None:
            kept = _answer_unannounced(group, place, values, call, run_id)
        if kept:
            group.add(run_id, tokens=call.prompt_tokens + call.completion_tokens, usd=rows.nano(call.cost_usd))

    return act


def _answer_unannounced(group: Group, place: tuple[Any, ...], values: tuple[Any, ...], call: Call, run_id: str) -> bool:
    """The call's sample was taken back meanwhile, or it was never announced."""
    old = group.one("old_call", place)
    if old is None:
        group.run("put_call", rows.call_row(call))
        group.add(run_id, calls=1)
    elif not old[1]:
        group.run("answer_old_call", (*values, old[0]))
    return old is None or not old[1]
