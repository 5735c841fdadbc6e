"""Holds, epochs, decisions, and the scope columns that guarded rows carry."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bandstand.catalogue.models import Brand, Category, DeviceModel, Market, Variant
from bandstand.gate.rules import Activity, Basis, Outcome
from bandstand.gate.rules.requests import PROVISIONAL_FOR_MAX, Answer, RequestKind
from bandstand.kernel.words import Ground
from bandstand.parties.models import Party, Person
from bandstand.plumbing.models import Record


class Hold(Record):
    """
    One record that stops activities for a scope from an instant.

    The scope is the conjunction of the columns that are not null. Rows are placed and lifted only
    by ``gate.services``, which takes the anchor's lock; a trigger refuses any other way.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, blank=True)
    include_sub_brands = models.BooleanField(default=True)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, null=True, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True)
    model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, null=True, blank=True)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, null=True, blank=True)
    seller = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True)
    offer_id = models.UUIDField(null=True, blank=True)  # offers stand above this room
    lot = models.CharField(max_length=60, null=True, blank=True)
    serials = ArrayField(models.CharField(max_length=40), null=True, blank=True)
    condition = models.CharField(max_length=16, null=True, blank=True)
    stock_before = models.DateTimeField(null=True, blank=True)

    activities = ArrayField(models.CharField(max_length=24))
    basis = models.CharField(max_length=24, choices=[(basis.value, basis.value) for basis in Basis])
    ground = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Ground])
    legal_reference = models.CharField(max_length=300, default="", blank=True)
    reason = models.CharField(max_length=500)  # one plain sentence, shown to shoppers
    notice_id = models.UUIDField(null=True, blank=True)
    anchor = models.CharField(max_length=60)
    placed_by = models.CharField(max_length=200)
    placed_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=200, default="", blank=True)
    lift_confirmed_by = models.CharField(max_length=200, default="", blank=True)
    lift_reason = models.CharField(max_length=500, default="", blank=True)
    is_provisional = models.BooleanField(default=False)
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    notifier_email = models.EmailField(default="", blank=True)  # who is told how it ended

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(activities__len__gt=0), name="hold_stops_something"
            ),
            models.CheckConstraint(
                condition=models.Q(activities__contained_by=[one.value for one in Activity]),
                name="hold_activities_known",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at=None)
                | models.Q(expires_at__gt=models.F("effective_at")),
                name="hold_span",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None) | ~models.Q(lifted_by=""),
                name="hold_lift_signed",
            ),
            models.CheckConstraint(
                condition=models.Q(lift_confirmed_by="")
                | ~models.Q(lift_confirmed_by=models.F("lifted_by")),
                name="hold_lift_by_two",
            ),
            models.CheckConstraint(
                condition=models.Q(is_provisional=False)
                | models.Q(
                    offer_id__isnull=False,
                    expires_at__isnull=False,
                    expires_at__lte=models.F("effective_at") + PROVISIONAL_FOR_MAX,
                ),
                name="hold_provisional_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["brand"], name="hold_brand", condition=models.Q(lifted_at=None)),
            models.Index(fields=["seller"], name="hold_seller", condition=models.Q(lifted_at=None)),
            models.Index(
                fields=["variant"], name="hold_variant", condition=models.Q(lifted_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"hold on {self.anchor}"


class HoldMoveRecord(Record):
    """That a hold was placed or lifted, by whom and why. Append-only by trigger."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=12)
    moved_at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)

    def __str__(self) -> str:
        return f"{self.move} {self.hold_id}"


class HoldRequest(Record):
    """
    That a person proposes to lift or to widen a hold. Append-only by trigger.

    What is proposed never changes; it waits for one answer, by somebody else.
    """

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=8, choices=[(one.value, one.value) for one in RequestKind])
    scope = models.JSONField(default=dict)  # of the wider hold, in the words of HoldScope
    activities = ArrayField(models.CharField(max_length=24), default=list)
    reason = models.CharField(max_length=500)
    proposed_by = models.CharField(max_length=200)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="hold_requests")
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, related_name="hold_requests"
    )  # for whom a person who is not staff proposes
    proposed_at = models.DateTimeField()
    open_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[one.value for one in RequestKind]),
                name="hold_request_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(open_until__gt=models.F("proposed_at")), name="hold_request_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.hold_id}, proposed by {self.proposed_by}"


class HoldAnswer(Record):
    """
    The one answer to a proposal. Append-only by trigger.

    The database refuses a confirmation by the proposer, by somebody who is not staff, or too late,
    and a confirmed lift whose hold is not lifted in the same transaction.
    """

    request = models.OneToOneField(HoldRequest, on_delete=models.PROTECT, related_name="answer")
    answer = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Answer])
    reason = models.CharField(max_length=500, default="", blank=True)
    answered_by = models.CharField(max_length=200)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="hold_answers"
    )
    answered_at = models.DateTimeField()
    new_hold = models.OneToOneField(
        Hold, on_delete=models.PROTECT, null=True, related_name="made_by"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer__in=[one.value for one in Answer]),
                name="hold_answer_known",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(answer=Answer.EXPIRE.value),
                name="hold_answer_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer} {self.request_id}"


class Epoch(models.Model):
    """How often the facts under an anchor have changed; a decision made before is stale."""

    key = models.CharField(primary_key=True, max_length=60)
    epoch = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key}@{self.epoch}"


class Decision(Record):
    """
    An answer of the gate with everything it rests on. Append-only by trigger.

    ``variant`` is empty if only a listing's words were judged: ``listing`` has them. ``facts`` is
    everything that the answer was made from, so that it can be made again.
    """

    action = models.CharField(
        max_length=24, choices=[(activity.value, activity.value) for activity in Activity]
    )
    seller = models.ForeignKey(Party, on_delete=models.PROTECT)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, null=True)
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    condition = models.CharField(max_length=16)
    offer_id = models.UUIDField(null=True)
    listing = models.JSONField(null=True)
    facts = models.JSONField(default=dict)
    result = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Outcome])
    reasons = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    epochs = models.JSONField(default=dict)
    policy_version = models.CharField(max_length=40, default="", blank=True)
    asked_by = models.CharField(max_length=200, default="", blank=True)
    inputs_hash = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(variant__isnull=False) | models.Q(listing__isnull=False),
                name="decision_is_about_something",
            ),
            models.CheckConstraint(
                condition=models.Q(variant__isnull=False) | ~models.Q(result=Outcome.ALLOW.value),
                name="decision_allows_a_known_variant",
            ),
        ]
        indexes = [models.Index(fields=["offer_id", "-decided_at"], name="decision_of_offer")]

    def __str__(self) -> str:
        return f"{self.result} {self.action}"


class Waiver(Record):
    """
    A person's decision that named reasons shall not stop a seller's sale until an instant.

    It answers reasons of rights, one by one, and never a hold. Its codes stay on every decision it
    touched, with who waived them and why.
    """

    seller = models.ForeignKey(Party, on_delete=models.PROTECT)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT)
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    condition = models.CharField(max_length=16)
    codes = ArrayField(models.CharField(max_length=40))
    reason = models.CharField(max_length=500)
    given_by = models.CharField(max_length=200)
    given_at = models.DateTimeField()
    until_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(codes__len__gt=0), name="waiver_waives_something"
            ),
            models.CheckConstraint(
                condition=models.Q(until_at__gt=models.F("given_at")), name="waiver_span"
            ),
        ]
        indexes = [models.Index(fields=["seller", "variant"], name="waiver_of_sale")]

    def __str__(self) -> str:
        return f"{', '.join(self.codes)} waived by {self.given_by}"


class GateScope(models.Model):
    """
    The columns by which a hold finds a guarded row: order line, capture, release.

    The database guard fills the scope from the offer and the unit itself and overwrites what the
    caller wrote, so that a script cannot slip past a hold by mislabelling its row.
    """

    brand_path = ArrayField(models.UUIDField(), default=list)  # the brand, then its ancestors
    category_path = ArrayField(models.UUIDField(), default=list)
    device_model_id = models.UUIDField(null=True)
    variant_id = models.UUIDField(null=True)
    seller_id = models.UUIDField(null=True)
    market_code = models.CharField(max_length=3)
    condition = models.CharField(max_length=16, default="")
    serials = ArrayField(models.CharField(max_length=40), default=list)
    lot = models.CharField(max_length=60, default="", blank=True)
    stocked_at = models.DateTimeField(null=True)
    decision_id = models.UUIDField(null=True)
    decision_valid_until = models.DateTimeField(null=True)
    decision_epochs = models.JSONField(default=dict)

    class Meta:
        abstract = True
