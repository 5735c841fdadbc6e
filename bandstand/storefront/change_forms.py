"""The form with which a buyer asks for another schedule; what is possible is decided below."""

from typing import Any, Final

from django import forms

from bandstand.credit.rules.hardship import ChangeKind, Wish
from bandstand.kernel.errors import BadInputError
from bandstand.money import Money, parse_money

WISHES: Final = [
    (ChangeKind.SKIP.value, "Skip the next instalment: everything falls due one month later"),
    (ChangeKind.EXTEND.value, "Smaller instalments over more months"),
    (ChangeKind.LOWER.value, "Smaller instalments for a while, larger ones after"),
    (ChangeKind.MOVE_DAY.value, "Another day of the month"),
]


class ChangeForm(forms.Form):
    """What is to change, and why."""

    kind = forms.ChoiceField(
        label="What would help?",
        choices=WISHES,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what would help."},
    )
    months = forms.IntegerField(
        label="How many months",
        required=False,
        min_value=1,
        max_value=60,
        help_text="How many more months, or for how many months the instalment is smaller.",
    )
    amount = forms.CharField(
        label="Smaller instalment",
        required=False,
        max_length=20,
        help_text="Only for smaller instalments for a while, e.g. 12.50.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    day = forms.IntegerField(
        label="Day of the month", required=False, min_value=1, max_value=31, help_text="1 to 31."
    )
    reason = forms.CharField(
        label="Why",
        max_length=500,
        help_text="A few words help us to decide. Write nothing about your health.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a few words why."},
    )

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 -- Django's own
        currency: str,
        **named: Any,  # noqa: ANN401 -- Django's own
    ) -> None:
        super().__init__(*arguments, **named)
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        """Read the wish where its parts are there."""
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        wanted = {
            ChangeKind.EXTEND.value: ("months",),
            ChangeKind.LOWER.value: ("months", "amount"),
            ChangeKind.MOVE_DAY.value: ("day",),
        }.get(kind or "", ())
        for name in wanted:
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, "This is needed for what you chose.")
        amount = self._amount(cleaned) if "amount" in wanted else 0
        if kind and not self.errors:
            cleaned["wish"] = Wish(
                kind=ChangeKind(kind),
                months=(cleaned.get("months") or 0) if "months" in wanted else 0,
                amount_minor=amount,
                day=(cleaned.get("day") or 0) if "day" in wanted else 0,
                forgives_interest=bool(cleaned.get("forgives_interest")),
            )
        return cleaned

    def _amount(self, cleaned: dict[str, Any]) -> int:
        typed = str(cleaned.get("amount") or "").strip()
        if not typed:
            return 0
        try:
            return parse_money(typed, self.currency).minor
        except BadInputError as refused:
            self.add_error("amount", refused.message)
            return Money.zero(self.currency).minor
