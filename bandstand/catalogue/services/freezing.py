"""The inputs of frozen fits, each kept once under its hash."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from bandstand.catalogue.models import FitInput
from bandstand.catalogue.queries.frozen import InputSide


@transaction.atomic
def keep_inputs(sides: Iterable[InputSide], *, now: datetime) -> None:
    """Keep sides of fits' inputs; one that is kept already is left as it is."""
    fresh = {one.sha256: one.body for one in sides}
    FitInput.objects.bulk_create(
        [FitInput(sha256=key, body=body, kept_at=now) for key, body in sorted(fresh.items())],
        ignore_conflicts=True,
    )
