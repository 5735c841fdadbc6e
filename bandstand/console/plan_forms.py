"""Forms of plans at the desk: what is done to one, another schedule, and the policies."""

from typing import Any, Final

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.console.forms import reason_field
from bandstand.credit.queries.changes import ChangedPlan
from bandstand.credit.rules.calendar import OnResume
from bandstand.credit.rules.hardship import ChangeKind, ProposalState, Wish
from bandstand.credit.rules.pausing import PAUSE_WORDS, PauseCause
from bandstand.kernel.errors import BadInputError, DomainError
from bandstand.money import parse_money

PAUSES: Final = {
    "pause": PauseCause.BY_HAND,
    "pause_return": PauseCause.RETURN,
    "suspend": PauseCause.SUSPENDED,
}
CHANGES: Final = [
    (ChangeKind.EXTEND.value, "Spread what is open over more months"),
    (ChangeKind.LOWER.value, "Smaller instalments for some months, then catch up"),
    (ChangeKind.MOVE_DAY.value, "Another day of the month"),
    (ChangeKind.SKIP.value, "Skip the next instalment"),
]
ON_RESUME: Final = [
    (OnResume.SHIFT.value, "Move what fell due, and all after it, by whole months"),
    (OnResume.KEEP.value, "Keep the due dates: what fell due meanwhile is due at once"),
]


class PlanDeedForm(forms.Form):
    """What is done to a plan, and why."""

    deed = forms.ChoiceField(label="What to do", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        help_text="It is kept with the plan. The buyer reads why a wish is refused.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: object = None, *, changes: ChangedPlan) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # whatever the request holds
        field = self.fields["deed"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = deeds(changes)


def deeds(changes: ChangedPlan) -> list[tuple[str, str]]:
    """Return what can be done to a plan as it stands, with its words."""
    paused = {row.cause for row in changes.open_pauses if not row.about}
    found = [
        (
            resume_word(row.cause, row.about),
            f"Go on: no longer paused because {PAUSE_WORDS[row.cause]}",
        )
        for row in changes.open_pauses
    ]
    pauses = {
        "pause": "Pause it: charge no card until it goes on",
        "pause_return": "Pause it: the phone is on its way back",
        "suspend": "Pause it: its service is suspended",
    }
    found += [(word, said) for word, said in pauses.items() if PAUSES[word] not in paused]
    found += [
        (f"waive:{fee.number}", f"Take back the late charge of {fee.charged_on.isoformat()}")
        for fee in changes.fees
        if fee.open.is_positive
    ]
    if changes.proposal and changes.proposal.state is ProposalState.ASKED:
        found.append(("refuse_change", "Do not offer the change that the buyer asks for"))
    found.append(("charge_off", "Charge it off: give up what is open as a loss"))
    return found


def resume_word(cause: PauseCause, about: str) -> str:
    """Return the deed that ends one reason for a pause."""
    if cause is PauseCause.BY_HAND and not about:
        return "resume"
    return f"resume:{cause.value}:{about}"


class ProposeForm(forms.Form):
    """Another schedule for a plan, and why it is offered."""

    kind = forms.ChoiceField(label="Change", choices=CHANGES, widget=forms.RadioSelect)
    months = forms.IntegerField(
        label="Months", required=False, min_value=1, max_value=60, help_text="For the first two."
    )
    amount = forms.CharField(
        label="Smaller instalment",
        required=False,
        max_length=20,
        help_text="For the second, such as 12.50.",
    )
    day = forms.IntegerField(label="Day of the month", required=False, min_value=1, max_value=31)
    forgives_interest = forms.BooleanField(
        label="Forgive the interest still to come", required=False
    )
    reason = reason_field(label="Why", hint="The buyer reads it beside the new schedule.")

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 -- Django's own
        currency: str,
        **named: Any,  # noqa: ANN401 -- Django's own
    ) -> None:
        super().__init__(*arguments, **named)
        self.currency = currency

    def clean_amount(self) -> int:
        typed = str(self.cleaned_data["amount"]).strip()
        if not typed:
            return 0
        try:
            return parse_money(typed, self.currency).minor
        except BadInputError as refused:
            raise forms.ValidationError(refused.message) from refused

    def wish(self) -> Wish:
        """Return what was typed as the rules take it; what is missing they refuse."""
        said = self.cleaned_data
        return Wish(
            kind=ChangeKind(said["kind"]),
            months=said["months"] or 0,
            amount_minor=said["amount"],
            day=said["day"] or 0,
            forgives_interest=said["forgives_interest"],
        )


class MarketForm(forms.Form):
    """A policy of a market, with where it was decided."""

    market = forms.CharField(label="Market", max_length=3)
    source = forms.CharField(
        label="Where this is decided",
        max_length=300,
        help_text="The statute and its cap, or the advice you rest on.",
    )

    def clean_market(self) -> str:
        code = str(self.cleaned_data["market"]).upper()
        try:
            catalogue.market(code)
        except DomainError as unknown:
            raise forms.ValidationError(unknown.message) from unknown
        return code


class LateFeeForm(MarketForm):
    """What paying late costs in a market from now on."""

    grace_days = forms.IntegerField(
        label="Days of grace", min_value=0, max_value=365, help_text="5 at least."
    )
    fixed = forms.CharField(
        label="Fixed amount", max_length=20, required=False, help_text="Such as 5.00."
    )
    share = forms.DecimalField(
        label="Per cent of the instalment",
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text="With a fixed amount too, the lower of the two is charged.",
    )
    cap = forms.CharField(label="Never more than", max_length=20, required=False)
    cap_share = forms.DecimalField(
        label="Never more than this per cent of the instalment",
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
    )


class CalendarForm(MarketForm):
    """How what falls due in a market is collected."""

    from_on = forms.DateField(
        label="For what falls due from", widget=forms.DateInput(attrs={"type": "date"})
    )
    tries = forms.RegexField(
        label="Days after the due date on which a card is tried",
        regex=r"^\d{1,3}( *, *\d{1,3})*$",
        initial="0, 3, 7, 14",
        error_messages={"invalid": "Write days with commas between them, such as 0, 3, 7, 14."},
    )
    reminder = forms.IntegerField(label="Days before it for a reminder", initial=3, min_value=0)
    charge_off = forms.IntegerField(
        label="Days after it when the books give it up", initial=120, min_value=0
    )
    skips_weekends = forms.BooleanField(label="Try no card on a weekend", required=False)
    skips_holidays = forms.BooleanField(label="Try no card on a public holiday", required=False)
    on_resume = forms.ChoiceField(
        label="When a paused plan goes on",
        choices=ON_RESUME,
        widget=forms.RadioSelect,
        initial=OnResume.SHIFT.value,
    )
