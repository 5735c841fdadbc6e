"""Notices, cases with their remedies, statements of reasons."""

from django.db import models
from django.db.models import Q

from bandstand.catalogue.models import Brand
from bandstand.gate.models import Hold
from bandstand.orders.models import OrderLine
from bandstand.parties.models import Party, Person
from bandstand.plumbing.models import Record
from bandstand.takedowns.rules import CaseState, NoticeState, RemedyKind


class Notice(Record):
    """A claim that asks for a hold, with the counts its sender was shown before."""

    number = models.CharField(max_length=20, unique=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="notices")
    filed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices_filed")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="notices_filed")
    scope = models.JSONField()  # {market, category, include_sub_brands, model, seller}
    explanation = models.TextField()
    right_reference = models.CharField(max_length=200, default="", blank=True)
    good_faith = models.BooleanField()
    preview = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in NoticeState])
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, null=True, related_name="notice")
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    aftermath_done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(good_faith=True), name="notice_in_good_faith"),
            models.CheckConstraint(
                condition=~Q(state=NoticeState.IN_FORCE.value) | Q(hold__isnull=False),
                name="notice_in_force_holds",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Case(Record):
    """One affected order line under a hold, and what is done for its buyer."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="cases")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="cases")
    line_state_found = models.CharField(max_length=12)
    remedy = models.CharField(max_length=24, choices=[(one.value, one.value) for one in RemedyKind])
    state = models.CharField(max_length=16, choices=[(one.value, one.value) for one in CaseState])
    refund_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    due_at = models.DateTimeField()  # the deadline by which the buyer is whole
    opened_at = models.DateTimeField()
    made_whole_at = models.DateTimeField(null=True)
    proof = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hold", "line"], name="case_once_a_hold"),
            models.CheckConstraint(
                condition=~Q(state=CaseState.MADE_WHOLE.value) | Q(made_whole_at__isnull=False),
                name="case_whole_dated",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="case_due")]

    def __str__(self) -> str:
        return f"case of {self.line_id}"


class CaseMoveRecord(Record):
    """A step of a case. Append-only by trigger."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=16, default="", blank=True)
    to_state = models.CharField(max_length=16)
    moved_at = models.DateTimeField()
    note = models.CharField(max_length=300, default="", blank=True)

    def __str__(self) -> str:
        return f"{self.to_state} {self.case_id}"


class StatementOfReasons(Record):
    """Why a seller's offers were stopped, as sent to the seller. Append-only by trigger."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="statements")
    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="statements_received")
    body = models.JSONField()
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hold", "seller"], name="statement_once_a_seller")
        ]

    def __str__(self) -> str:
        return f"statement to {self.seller}"
