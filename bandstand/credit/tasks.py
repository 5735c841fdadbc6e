"""Drawing agreements, which takes a moment, is nobody's wait."""

from uuid import UUID

from procrastinate.contrib.django import app

from bandstand.credit import services
from bandstand.plumbing import clock


@app.task
def draw_agreement(agreement_id: str) -> None:
    """Draw an accepted agreement as a PDF."""
    services.draw_agreement(agreement_id=UUID(agreement_id), now=clock.now())
