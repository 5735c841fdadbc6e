"""Refusals of records and facts: each names the field, the value and the mend."""

from bandstand.kernel.errors import BadInputError


class RecordError(BadInputError):
    """A row or fact that cannot be read; nothing of it was used."""

    code = "malformed_record"

    def __init__(self, *, field: str, value: object, mend: str) -> None:
        super().__init__(f"{field} is “{value}”. {mend}", field=field, value=str(value), mend=mend)
