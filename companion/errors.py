"""The errors a person may see: each says what happened and what to do next.

::

    CompanionError                 1   anything below, or a rule that was broken
    ├── UsageError                 2   the call itself cannot be understood
    ├── NotFound                   3   no such person, pairing, card, model ...
    ├── InvalidInput               4   a file, a setting or a value that cannot be used
    │   └── AskFirst                   it can be done, once the person has said so
    ├── StaleEdit                  5   somebody else saved first
    ├── StoreError                 6   the database cannot be opened, read or written
    ├── SearchError                7   the embedding model or the index does not work
    ├── ModelError                 8   the language model does not work
    │   ├── ModelMissing               no model is installed or configured
    │   ├── ModelTimeout               it did not answer in time
    │   ├── ModelRefused               it answered "no": key, quota, policy, bad request
    │   ├── ModelUnreachable           no connection, or the process died
    │   ├── ModelNonsense              it answered, but with nothing usable
    │   └── KeptHere                   it was asked nothing: the text must stay on this machine
    ├── DownloadError              9   a file could not be fetched or failed its check
    └── Cancelled                130   the person stopped it; nothing is broken

Adapters translate what their library raises into this tree at their border. Two places show
an error: the command line (stderr and the exit code above) and the terminal app.
"""


class CompanionError(Exception):
    """`message` says what happened; `hint` says what the reader can do about it."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(CompanionError):
    """The call itself cannot be understood."""

    exit_code = 2


class NotFound(CompanionError):
    """Something was named that does not exist."""

    exit_code = 3


class InvalidInput(CompanionError):
    """A file, a setting or a value cannot be used; the message names file, line and field."""

    exit_code = 4


class AskFirst(InvalidInput):
    """Nothing was done yet: the message says what speaks against it.

    A screen asks and does it then; a command says in its hint what to add.
    """


class StaleEdit(CompanionError):
    """The thing was changed elsewhere since it was read; nothing was overwritten."""

    exit_code = 5


class StoreError(CompanionError):
    """The database cannot be opened, read or written."""

    exit_code = 6


class SearchError(CompanionError):
    """The embedding model or the index does not work."""

    exit_code = 7


class ModelError(CompanionError):
    """The language model does not work; every flow has a way to go on without it."""

    exit_code = 8


class ModelMissing(ModelError):
    """No model is installed or configured."""


class ModelTimeout(ModelError):
    """The model did not answer in time."""


class ModelRefused(ModelError):
    """The provider answered with a refusal: key, quota, policy or a bad request."""


class ModelUnreachable(ModelError):
    """There is no connection to the model, or its process died."""


class ModelNonsense(ModelError):
    """The model answered, but not with anything that can be used."""


class KeptHere(ModelError):
    """Nothing was sent: the text holds what must not leave this machine."""


class DownloadError(CompanionError):
    """A file could not be fetched, or did not match its published checksum."""

    exit_code = 9


class Cancelled(CompanionError):
    """The person stopped the work; what was finished before is kept."""

    exit_code = 130
