"""The form that places a hold: what it covers, what it stops, on whose word, and until when."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries.models import models_of_brands
from bandstand.gate.queries import HoldRow
from bandstand.gate.rules import Activity, Basis, HoldScope, check_scope
from bandstand.kernel.errors import DomainError
from bandstand.kernel.public_ids import IdKind, parse_id, print_id
from bandstand.kernel.words import Ground
from bandstand.offers import queries as offers
from bandstand.parties import queries as parties
from bandstand.parties.rules import Role
from bandstand.rights.rules import Condition

ACTIVITY_WORDS: Final = {
    Activity.OFFER_PUBLISH: "showing offers",
    Activity.ORDER_COMMIT: "orders",
    Activity.PAYMENT_CAPTURE: "taking money",
    Activity.FULFILMENT_RELEASE: "parcels leaving",
    Activity.EXCHANGE_SHIP: "exchanges",
    Activity.RESTOCK: "restocking",
    Activity.IMPORT: "imports",
}
BASIS_WORDS: Final = {
    Basis.OPERATOR: "Our own decision",
    Basis.BRAND_NOTICE: "A brand's notice",
    Basis.AUTHORITY_ORDER: "An authority's order",
    Basis.RECALL: "A recall",
    Basis.COURT: "A court",
    Basis.NETWORK: "The host network",
    Basis.TRADER_TRACEABILITY: "A seller's identity is not known as the law wants",
    Basis.UNVERIFIED_NOTICE: "Somebody whose right is not verified yet (provisional)",
}
GROUND_WORDS: Final = {Ground.TERMS: "The marketplace's terms", Ground.LAW: "The law"}
USUAL: Final = [one.value for one in Activity if one is not Activity.IMPORT]
SERIALS_MAX: Final = 2000
REASON_MAX: Final = 500
REFERENCE_MAX: Final = 300
ANY: Final = ("", "any")
NARROWER: Final = ("variant", "offer", "lot", "stock_before", "serials")
NOT_WIDENED: Final = (
    "basis", "ground", "legal_reference", "effective_at", "expires_at", "is_provisional",
    "notifier_email",
)  # fmt: skip
SCOPE_PARTS: Final = (
    "brand", "category", "model", "seller", "market", "condition", *NARROWER,
)  # fmt: skip


class HoldForm(forms.Form):
    """Everything a hold is made of. What is left empty does not narrow it."""

    brand = forms.ChoiceField(label="Brand", required=False)
    include_sub_brands = forms.BooleanField(
        label="With its sub-brands", required=False, initial=True
    )
    market = forms.ChoiceField(label="Market", required=False)
    category = forms.ChoiceField(label="Category", required=False)
    model = forms.ChoiceField(label="Model", required=False)
    variant = forms.CharField(
        label="Variant", required=False, help_text="Brand and code, such as Xiaomi/2013062."
    )
    seller = forms.ChoiceField(label="Seller", required=False)
    offer = forms.CharField(label="Offer", required=False, help_text="Its id, ofr_…")
    condition = forms.ChoiceField(label="Condition", required=False)
    lot = forms.CharField(label="Lot", required=False, max_length=60)
    serials = forms.CharField(
        label="Serials or IMEIs",
        required=False,
        help_text="One on a line.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    stock_before = forms.DateTimeField(
        label="Stock received before", required=False, widget=forms.DateTimeInput()
    )
    is_everything = forms.BooleanField(
        label="Everything: stop the whole shop",
        required=False,
        help_text="Only with nothing named above.",
    )
    activities = forms.MultipleChoiceField(
        label="What it stops",
        choices=[(one.value, words.capitalize()) for one, words in ACTIVITY_WORDS.items()],
        initial=USUAL,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing to stop."},
    )
    basis = forms.ChoiceField(
        label="On whose word", choices=[(one.value, words) for one, words in BASIS_WORDS.items()]
    )
    ground = forms.ChoiceField(
        label="Ground", choices=[(one.value, words) for one, words in GROUND_WORDS.items()]
    )
    reason = forms.CharField(
        label="Public reason",
        max_length=REASON_MAX,
        help_text="One plain sentence; shoppers read it on the stopped page.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write the sentence that shoppers will read."},
    )
    legal_reference = forms.CharField(
        label="Reference",
        required=False,
        max_length=REFERENCE_MAX,
        help_text="A case or order number.",
    )
    effective_at = forms.DateTimeField(
        label="From", required=False, help_text="Empty: at once.", widget=forms.DateTimeInput()
    )
    expires_at = forms.DateTimeField(
        label="Until",
        required=False,
        help_text="Empty: until lifted.",
        widget=forms.DateTimeInput(),
    )

    is_provisional = forms.BooleanField(
        label="Provisional: it ends by itself after 72 hours at most",
        required=False,
        help_text="Stops one offer while somebody looks; name the offer above.",
    )
    notifier_email = forms.EmailField(
        label="Who asked for it",
        required=False,
        help_text="Their address; they are told how it ends.",
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's own arguments
        zone: str,
        is_widening: bool = False,
        **kwargs: Any,  # noqa: ANN401 -- Django's own arguments
    ) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        self.is_widening = is_widening
        if is_widening:
            self._ask_only_what_widens()
        self.scope = HoldScope(is_everything=True)
        self.labels: dict[str, dict[str, str]] = {}
        for name, choices in _choices().items():
            self.labels[name] = _labels(choices)
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared so above
            field.choices = choices
        for name in {"stock_before", "effective_at", "expires_at"} & set(self.fields):
            self.fields[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def _ask_only_what_widens(self) -> None:
        # The wider hold keeps the rest of what this one is made of.
        for name in NOT_WIDENED:
            del self.fields[name]
        reason = self.fields["reason"]
        reason.label, reason.help_text = "Your reason", "Who confirms it reads it, and it is kept."

    @property
    def narrows_further(self) -> bool:
        """Say whether something of the folded part was typed, so that it stands open."""
        given = {**self.initial, **self.data}
        return any(given.get(name) for name in NARROWER)

    @property
    def scope_words(self) -> str:
        """The scope as it was typed, in words."""
        if self.scope.is_everything:
            return "everything in the shop"
        chosen = []
        for name in SCOPE_PARTS:
            given = str(self.data.get(name, "")).strip()
            if given:
                words = self.labels.get(name, {}).get(given, given)
                chosen.append(f"{str(self.fields[name].label).lower()} {words}")
        if self.scope.brand_id and not self.scope.include_sub_brands:
            chosen.append("without its sub-brands")
        return ", ".join(chosen)

    def clean_variant(self) -> UUID | None:
        given = str(self.cleaned_data["variant"]).strip()
        if not given:
            return None
        if "/" not in given:
            raise ValidationError("Give brand and code with a slash between, as in Xiaomi/2013062.")
        try:
            return catalogue.variant_by_code(given).id
        except DomainError as refused:
            raise ValidationError(refused.message) from refused

    def clean_offer(self) -> UUID | None:
        given = str(self.cleaned_data["offer"]).strip()
        if not given:
            return None
        try:
            key = parse_id(IdKind.OFFER, given)
        except DomainError as refused:
            raise ValidationError(refused.message) from refused
        if not offers.offer_rows([key]):
            raise ValidationError("There is no such offer. Copy its id from the offer's page.")
        return key

    def clean_serials(self) -> tuple[str, ...] | None:
        lines = [one.strip() for one in str(self.cleaned_data["serials"]).splitlines()]
        serials = tuple(dict.fromkeys(one for one in lines if one))
        if len(serials) > SERIALS_MAX:
            raise ValidationError(
                f"{len(serials)} serials are more than {SERIALS_MAX}. Name a lot, or split them."
            )
        return serials or None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("stock_before", "effective_at", "expires_at"):
            cleaned[name] = self._on_our_clock(cleaned.get(name))
        begins, ends = cleaned["effective_at"], cleaned["expires_at"]
        if cleaned.get("basis") == Basis.UNVERIFIED_NOTICE.value:
            cleaned["is_provisional"] = True
        if ends and begins and ends <= begins:
            self.add_error(
                "expires_at", "It would end before it begins. Give a later end, or none."
            )
        if not self.errors:
            self._check_scope(cleaned)
        if not self.errors and cleaned.get("is_provisional") and self.scope.offer_id is None:
            self.add_error("offer", "A provisional hold stops one offer. Give its id.")
        return cleaned

    def _check_scope(self, cleaned: dict[str, Any]) -> None:
        self.scope = HoldScope(
            brand_id=_uuid(cleaned["brand"]),
            include_sub_brands=cleaned["include_sub_brands"],
            market=cleaned["market"] or None,
            category_id=_uuid(cleaned["category"]),
            model_id=_uuid(cleaned["model"]),
            variant_id=cleaned["variant"],
            seller_id=_uuid(cleaned["seller"]),
            offer_id=cleaned["offer"],
            lot=cleaned["lot"].strip() or None,
            serials=cleaned["serials"],
            condition=cleaned["condition"] or None,
            stock_before=cleaned["stock_before"],
            is_everything=cleaned["is_everything"],
        )
        try:
            check_scope(self.scope)
        except DomainError as refused:
            self.add_error(None, refused.message)

    def _on_our_clock(self, at: datetime | None) -> datetime | None:
        # The browser sends a wall clock without a zone; it is the operator's.
        return None if at is None else at.replace(tzinfo=self.zone)


class ConfirmForm(forms.Form):
    """On whose word a provisional hold is to stand, and what shoppers read."""

    basis = forms.ChoiceField(
        label="On whose word",
        choices=[
            (one.value, words)
            for one, words in BASIS_WORDS.items()
            if one is not Basis.UNVERIFIED_NOTICE
        ],
    )
    reason = forms.CharField(
        label="Public reason",
        max_length=REASON_MAX,
        help_text="One plain sentence; shoppers read it on the stopped page.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write the sentence that shoppers will read."},
    )


def form_values(hold: HoldRow) -> dict[str, Any]:
    """Return a hold as the form takes it, to be widened from there."""
    scope = hold.scope
    offer = print_id(IdKind.OFFER, scope.offer_id) if scope.offer_id else ""
    variant = catalogue.variant(scope.variant_id) if scope.variant_id else None
    return {
        "brand": str(scope.brand_id or ""),
        "include_sub_brands": scope.include_sub_brands,
        "market": scope.market or "",
        "category": str(scope.category_id or ""),
        "model": str(scope.model_id or ""),
        "variant": f"{variant.brand}/{variant.code}" if variant else "",
        "seller": str(scope.seller_id or ""),
        "offer": offer,
        "condition": scope.condition or "",
        "lot": scope.lot or "",
        "serials": "\n".join(scope.serials or ()),
        "stock_before": scope.stock_before,
        "is_everything": scope.is_everything,
        "activities": [one.value for one in hold.activities],
    }


def _choices() -> dict[str, list[Any]]:
    models: dict[str, list[tuple[str, str]]] = {}
    for one in models_of_brands():
        models.setdefault(one.brand, []).append((str(one.id), one.name))
    return {
        "brand": [ANY, *((str(one.id), one.name) for one in catalogue.brands())],
        "market": [ANY, *((one.code, one.name) for one in catalogue.markets())],
        "category": [ANY, *((str(one.id), one.name) for one in catalogue.categories())],
        "model": [ANY, *models.items()],
        "seller": [
            ANY,
            *((str(one.id), one.trading_name) for one in parties.parties_in_role(Role.SELLER)),
        ],
        "condition": [ANY, *((one.value, one.value.capitalize()) for one in Condition)],
    }


def _labels(choices: list[Any]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for value, label in choices:
        if isinstance(label, str):
            labels[value] = label
        else:
            labels |= {key: f"{value} {said}" for key, said in label}
    return labels


def _uuid(text: str) -> UUID | None:
    return UUID(text) if text else None
