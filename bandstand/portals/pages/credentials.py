"""The credentials that a seller holds, and what became of the one just presented."""

from dataclasses import dataclass
from typing import Final

from bandstand.plumbing.desk.tables import ONE_PAGE, Listing
from bandstand.portals.desk import Desk
from bandstand.portals.key_forms import PresentForm
from bandstand.portals.pages.issuing import grants_table
from bandstand.rights.queries import credentials
from bandstand.rights.rules.credentials import Fault

CREDENTIALS_URL: Final = "/portals/seller/credentials/"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentPage:
    """The form that takes a credential, and what was wrong with the last one."""

    form: PresentForm
    wrong: str = ""
    cure: str = ""


def credentials_page(desk: Desk) -> Listing:
    """Return the seller's credentials, each with its state and its cure."""
    rows = credentials.held_credentials(desk.party.id)
    return Listing(
        title="Credentials",
        lead="Signed grants that name you: the strongest proof that you may sell.",
        table=grants_table(rows, desk=desk, caption="Your credentials"),
        pages=ONE_PAGE,
        action_url=f"{CREDENTIALS_URL}new/",
        action_label="Present a credential",
        empty_title="No credential yet",
        empty_text="Ask the brand for a signed grant, and present it here.",
    )


def present_page(form: PresentForm, *, fault: Fault | None = None) -> PresentPage:
    """Return the form that takes a credential."""
    return PresentPage(
        form=form, wrong=fault.text if fault else "", cure=fault.cure if fault else ""
    )
