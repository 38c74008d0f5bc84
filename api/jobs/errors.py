"""What can be wrong with a job or an upload, each with its own HTTP status (:data:`api.wire.KINDS`)."""

from graph.errors import InputError, LianjianError, StoreError, UnknownIdError


class JobMissingError(UnknownIdError):
    """There is no such job for the one who asks: somebody else's is told apart from none by nothing."""


class JobStateError(InputError):
    """A job is not in the state that was asked of it: not ended yet, ended already, or its files are gone."""


class NotEmptyError(InputError):
    """An invented city is asked for where there is a city already."""

    def __init__(self) -> None:
        super().__init__(
            "the store holds a city already, and an invented one is loaded only where there is nothing;"
            " give the service a store of its own for it, or take the imports back first",
            "存储中已有城市数据，虚构城市只能载入空存储；请为其另设存储，或先撤回已有导入",
        )


class TooManyJobsError(InputError):
    """Somebody has as many jobs waiting as one may have."""


class TooLargeError(InputError):
    """An upload is larger than the service takes."""


class TooSlowError(InputError):
    """An upload came too slowly, or ended before it was complete."""


class NoRoomError(StoreError):
    """The service has no room to keep an upload or a job."""


class JobsError(LianjianError):
    """The service can't keep jobs here: its folder can't be written, or its record can't be read."""

    exit_code = 3
