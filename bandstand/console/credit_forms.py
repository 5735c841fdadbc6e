"""Forms of credit: a decision on an application, and the policy that decides the others."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms

from bandstand.console.forms import reason_field
from bandstand.credit.rules.eligibility import DownBand, EligibilityPolicy
from bandstand.kernel.errors import BadInputError
from bandstand.money import Money, parse_money

WHOLE: Final = 100


class DecideApplicationForm(forms.Form):
    """A person's yes or no to a plan."""

    verdict = forms.ChoiceField(
        label="Decision",
        choices=[
            ("approve", "Approve: the buyer may buy on this plan"),
            ("decline", "Decline: the buyer is sent the notice with your reasons"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose approve or decline."},
    )
    reasons = forms.MultipleChoiceField(
        label="Reasons for a no",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="One to four. The buyer reads exactly these; they must be the real ones.",
    )
    words = reason_field(label="Note", hint="For the file, not for the buyer.")

    def __init__(self, data: object = None, *, reasons: Mapping[str, str]) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # whatever the request holds
        field = self.fields["reasons"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 -- declared above
        field.choices = list(reasons.items())


class EligibilityForm(forms.Form):
    """A credit policy; what is left empty is not asked."""

    market = forms.ChoiceField(label="Market")
    financed_max = forms.CharField(
        label="The most financed for one buyer",
        max_length=20,
        help_text="Open plans and the new one together, such as 2500.00.",
    )
    open_plans_max = forms.IntegerField(label="Open plans at most", min_value=0, max_value=1000)
    late_days_max = forms.IntegerField(
        label="Days late at most",
        min_value=0,
        max_value=1000,
        help_text="Whoever is later on a plan gets no other.",
    )
    charged_off_days = forms.IntegerField(
        label="Days after a loss", min_value=0, max_value=10_000, help_text="730 is two years."
    )
    applications_max = forms.IntegerField(
        label="Applications at most", min_value=1, max_value=10_000,
        help_text="From one e-mail or postal address; beyond it a person looks.",
    )  # fmt: skip
    applications_days = forms.IntegerField(label="in so many days", min_value=1, max_value=366)
    down_bands = forms.CharField(
        label="Least down payment",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One band a line, the price from which it counts and the per cent: 800.00 10",
    )
    unverified_max = forms.CharField(
        label="The most financed without a confirmed e-mail address", max_length=20, required=False
    )
    not_served = forms.CharField(
        label="Places not served",
        max_length=400,
        required=False,
        help_text="States or regions by commas, such as US-AK, US-HI.",
    )
    income_ratio = forms.DecimalField(
        label="Payments at most this per cent of the stated income",
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text="Empty: no income is asked. The Union's law wants one asked (CCD2, Article 18).",
    )
    financed_min = forms.CharField(
        label="The least that a counter-offer finances", max_length=20, required=False
    )
    answer_hours = forms.IntegerField(
        label="Hours within which a person decides", min_value=1, max_value=720
    )
    source = forms.CharField(
        label="Where this was decided", max_length=300, help_text="The minutes, or who signed it."
    )

    def __init__(
        self,
        data: object = None,
        *,
        markets: Sequence[tuple[str, str]],
        initial: Mapping[str, Any],
    ) -> None:
        super().__init__(data, initial=dict(initial))  # type: ignore[arg-type]  # the request's
        field = self.fields["market"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = list(markets)

    @staticmethod
    def begun(market: str, policy: EligibilityPolicy | None) -> dict[str, Any]:
        """Return a form begun with the policy in force."""
        if policy is None:
            return {"market": market, "answer_hours": 48}
        plain = (
            "open_plans_max", "late_days_max", "charged_off_days", "applications_max",
            "applications_days", "answer_hours",
        )  # fmt: skip
        ratio = policy.income_ratio_bps
        return {name: getattr(policy, name) for name in plain} | {
            "market": market,
            "financed_max": _major(policy.financed_max_minor, policy),
            "unverified_max": _major(policy.unverified_max_minor, policy),
            "financed_min": _major(policy.financed_min_minor, policy),
            "not_served": ", ".join(policy.not_served),
            "income_ratio": None if ratio is None else Decimal(ratio) / WHOLE,
            "down_bands": "\n".join(
                f"{_major(band.from_minor, policy)} {band.bps / WHOLE:g}"
                for band in policy.down_bands
            ),
        }

    def policy(self, *, currency: str, now: datetime) -> EligibilityPolicy:
        """Return what was filled in, as the rules take it."""
        said = self.cleaned_data
        ratio = said["income_ratio"]
        return EligibilityPolicy(
            market=said["market"],
            currency=currency,
            from_at=now,
            source=said["source"],
            financed_max_minor=_minor(said["financed_max"], currency) or 0,
            open_plans_max=said["open_plans_max"],
            late_days_max=said["late_days_max"],
            charged_off_days=said["charged_off_days"],
            applications_max=said["applications_max"],
            applications_days=said["applications_days"],
            down_bands=tuple(_band(line, currency) for line in _lines(said["down_bands"])),
            unverified_max_minor=_minor(said["unverified_max"], currency),
            not_served=tuple(
                place.strip().upper() for place in said["not_served"].split(",") if place.strip()
            ),
            income_ratio_bps=None if ratio is None else int(ratio * WHOLE),
            financed_min_minor=_minor(said["financed_min"], currency) or 0,
            answer_hours=said["answer_hours"],
        )


def _minor(text: str, currency: str) -> int | None:
    return parse_money(text.strip(), currency).minor if text.strip() else None


def _major(minor: int | None, policy: EligibilityPolicy) -> str:
    return "" if minor is None else str(Money(minor, policy.currency).major)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _band(line: str, currency: str) -> DownBand:
    price, _, share = line.partition(" ")
    share = share.strip().removesuffix("%").strip()
    if not share.replace(".", "", 1).isdecimal():
        raise BadInputError(f"“{line[:40]}” is no band; write a price and a per cent: 800.00 10")
    return DownBand(parse_money(price, currency).minor, int(Decimal(share) * WHOLE))
