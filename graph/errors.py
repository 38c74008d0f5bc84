"""One root for every error that a person is meant to read.

A message is one line that names the thing and the way out. ``exit_code`` is the command line's:
2 for usage and input, 3 for the store and the environment.
"""


class LianjianError(Exception):
    """Root of all errors with a message for a person.

    Parameters
    ----------
    en, zh : str
        The message in English and Chinese: what is wrong, with what, and the way out.
    """

    exit_code = 2

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh or en

    def text(self, lang: str) -> str:
        """Return the message in ``lang`` (``"zh"`` or ``"en"``)."""
        return self.zh if lang == "zh" else self.en


class InputError(LianjianError):
    """An input (file, argument, code, date) is missing, unreadable or unknown."""


class ReadError(InputError):
    """A ledger file can't be read at all."""


class ProfileError(InputError):
    """A policy profile has an unknown key, a wrong unit or a contradiction."""


class PlanError(InputError):
    """A plan file or a decision (pin, forbid, accept) can't be used."""


class UnknownIdError(InputError):
    """No entity has this code."""


class AmbiguousIdError(InputError):
    """A bare code fits several entities."""


class TooMuchError(InputError):
    """What is asked for would go through more of the city than one question may."""


class SchemaError(LianjianError):
    """``schema.yaml`` contradicts itself (a fault of the program, not of its user)."""

    exit_code = 3


class ClusterError(LianjianError):
    """The machines that were asked to plan can't be reached, or don't run this program."""

    exit_code = 3


class ServiceError(LianjianError):
    """The service can't run here as it was asked to."""

    exit_code = 3


class JournalError(LianjianError):
    """The journal can't be written or read; what it does not record is not answered."""

    exit_code = 3


class StoreError(LianjianError):
    """The store can't be opened, read or written."""

    exit_code = 3


class StoreMissingError(StoreError):
    """There is no store at this place."""


class StoreBusyError(StoreError):
    """Another import holds the store."""


class StoreCorruptError(StoreError):
    """The store is damaged or is no Lianjian store."""


class StoreFullError(StoreError):
    """There is no room left to write."""


class BackupError(InputError):
    """A backup is damaged, altered, of another version, or none."""
