"""The form by which a brand says how it sells in a market."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.portals.document_form import DayInput
from bandstand.rights.rules import ChannelStatus

SOURCE_MAX: Final = 500
EVERYTHING: Final = ("", "Everything")
SAYS: Final = (
    (
        ChannelStatus.NO_AUTHORISED_CHANNEL.value,
        "We have no authorised channel: nobody may sell it new",
    ),
    (
        ChannelStatus.CLOSED_NETWORK.value,
        "We have a closed network: only whom we authorise may sell it new",
    ),
    (ChannelStatus.OPEN.value, "Our channels are open"),
)


class StatementForm(forms.Form):
    """Which mark, where, what goods, what is said of them, and from when."""

    brand = forms.ChoiceField(
        label="Brand", error_messages={"required": "Choose one of your brands."}
    )
    include_sub_brands = forms.BooleanField(label="With its sub-brands", required=False)
    market = forms.ChoiceField(label="Market")
    category = forms.ChoiceField(label="Kind of goods", required=False)
    status = forms.ChoiceField(
        label="What you say",
        choices=SAYS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the three."},
    )
    from_date = forms.DateField(
        label="From",
        widget=DayInput(),
        help_text="Today takes effect at once. It cannot lie in the past.",
        error_messages={"required": "Give the day.", "invalid": "Write a day as in 2026-11-22."},
    )
    last_day = forms.DateField(
        label="Last day",
        required=False,
        widget=DayInput(),
        help_text="Empty: until you say otherwise.",
        error_messages={"invalid": "Write a day as in 2026-11-22."},
    )
    source = forms.CharField(
        label="Where it is published",
        max_length=SOURCE_MAX,
        help_text="An address or a document. Shoppers and sellers read it.",
        error_messages={"required": "Say where it is published; sellers read it."},
    )

    def __init__(
        self, *args: Any, brand_ids: frozenset[UUID], now: datetime, **kwargs: Any  # noqa: ANN401 -- Django's own arguments
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.now = now
        self.brands = {one.slug: one for one in catalogue.brands() if one.id in brand_ids}
        self.kinds = {one.slug: one for one in catalogue.categories()}
        self._offer("brand", [(slug, one.name) for slug, one in self.brands.items()])
        self._offer("market", [(one.code, one.name) for one in catalogue.markets()])
        self._offer("category", [EVERYTHING, *((s, one.name) for s, one in self.kinds.items())])

    def clean_from_date(self) -> date:
        """Refuse a day that has passed: what was sold then was sold in good faith."""
        day: date = self.cleaned_data["from_date"]
        if day < self.now.date():
            raise forms.ValidationError("This day has passed. A statement begins today or later.")
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse a statement that ends before it begins."""
        said: dict[str, Any] = super().clean() or {}
        begins, ends = said.get("from_date"), said.get("last_day")
        if begins and ends and ends < begins:
            self.add_error("last_day", "The last day lies before the first. Mend one of them.")
        return said

    @property
    def words(self) -> dict[str, Any]:
        """What a valid form says, as ``publish_statement`` takes it."""
        said = self.cleaned_data
        last: date | None = said["last_day"]
        kind = self.kinds.get(said["category"])
        return {
            "brand_id": self.brands[said["brand"]].id,
            "include_sub_brands": said["include_sub_brands"],
            "market": said["market"],
            "category_id": kind.id if kind else None,
            "status": ChannelStatus(said["status"]),
            "source": said["source"],
            "from_at": max(_midnight(said["from_date"]), self.now),
            "until_at": _midnight(last + timedelta(days=1)) if last else None,
        }

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared so above
        field.choices = choices


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=UTC)
