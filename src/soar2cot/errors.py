"""Every error that soar2cot raises on purpose.

    Soar2CotError
    ├── ConfigError            the configuration cannot be used; lists every problem at once
    ├── InputError             a file given by the user: wrong schema, key, grid; names place and way out
    │   ├── ProgressFileError      progress.json is no valid JSON or has wrong types
    │   └── DataChangedError       the data file is not the one this run directory was started with
    ├── StorageError           a file of the run could not be written: disk full, read-only
    ├── LedgerError            the database
    │   ├── LedgerBusyError        another process runs on this ledger
    │   ├── LedgerUnavailableError   gone for now; retryable
    │   └── LeaseLostError         the claim expired or was taken over; the write did not happen
    ├── SampleError            this sample cannot be done; it is parked, the run goes on
    │   ├── ChallengeError         the row does not fit its ARC task
    │   ├── ProgramError           the program raised, ran over a limit or gave no grid
    │   ├── WorkerDiedError        the worker process died with it
    │   └── NoInstructionError     no usable instruction came out
    ├── ModelError             a call to a model
    │   ├── ModelUnavailableError    5xx, connection, timeout; retryable
    │   ├── RateLimitedError         429; retryable, with `retry_after_s`
    │   ├── ModelRefusedError        the answer cannot be used
    │   └── ModelSetupError          wrong key, wrong model, wrong address: stops the run
    ├── BudgetSpentError       the money or tokens allowed are spent; the run drains
    ├── NotOnRecordError       replaying, and the journal has no such call
    └── SandboxError           the sandbox itself, not the program in it

Whether something can be tried again is its class (`retryable`), never its text. A message says what (with
its key): why (with the numbers); what to do next.
"""

from __future__ import annotations

from typing import ClassVar


class Soar2CotError(Exception):
    """The base of all. `retryable`: the same act may succeed later without anybody changing anything."""

    retryable: ClassVar[bool] = False


class ConfigError(Soar2CotError):
    """The configuration cannot be used."""


class InputError(Soar2CotError):
    """A file that the user gave cannot be used as it is."""


class ProgressFileError(InputError):
    """progress.json is not what it must be. Nothing was changed."""


class DataChangedError(InputError):
    """The data is not what this run directory was started with. Nothing was changed."""


class StorageError(Soar2CotError):
    """A file of the run could not be written. What stood there before is whole."""


class LedgerError(Soar2CotError):
    """The ledger refused; by then nothing of the act had been written."""


class LedgerBusyError(LedgerError):
    """Another process runs on this ledger."""


class LedgerUnavailableError(LedgerError):
    """The database is away for now."""

    retryable = True


class LeaseLostError(LedgerError):
    """The claim is no longer ours: another worker has the sample, and this write did not happen."""


class SampleError(Soar2CotError):
    """This one sample cannot be done; it costs this sample alone."""


class ChallengeError(SampleError):
    """The row does not fit its ARC task."""


class ProgramError(SampleError):
    """The program raised, ran over a limit or returned something that is no grid.

    `kind` is the short name by which failures are grouped (`timeout`, `memory`, `IndexError`, `no_grid` …).
    """

    def __init__(self, message: str, *, kind: str = "error") -> None:
        super().__init__(message)
        self.kind = kind


class NoInstructionError(SampleError):
    """No usable instruction came out of any step."""


class WorkerDiedError(SampleError):
    """The worker process died while it did this sample."""


class ModelError(Soar2CotError):
    """A call to a model did not give a usable answer."""


class ModelUnavailableError(ModelError):
    """The server is away, overloaded or too slow. `gone`: nobody answers there at all, whatever is asked."""

    retryable = True

    def __init__(self, message: str, *, gone: bool = False) -> None:
        super().__init__(message)
        self.gone = gone


class RateLimitedError(ModelError):
    """The server asks for less. `retry_after_s` is its own wish, None where it did not say."""

    retryable = True

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelRefusedError(ModelError):
    """An answer came and cannot be used: refusal, wrong schema, no grid."""


class ModelSetupError(ModelError):
    """Wrong key, model or address: every sample would fail alike, so the run stops."""


class BudgetSpentError(Soar2CotError):
    """One more call could exceed the budget: it was not sent. The run drains; a higher budget goes on from here."""


class NotOnRecordError(Soar2CotError):
    """The journal is replayed and has no answer for this call; nothing was sent."""


class SandboxError(Soar2CotError):
    """The sandbox itself failed or cannot give the level that was asked for."""
