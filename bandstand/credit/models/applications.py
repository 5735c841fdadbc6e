"""Who asked for a plan, what was decided and why, and what they were told."""

from typing import Final

from django.db import models
from django.db.models import Q

from bandstand.catalogue.models import Market
from bandstand.credit.models.terms import Disclosure, PlanTerms
from bandstand.credit.rules.eligibility import ApplicationOutcome
from bandstand.plumbing.models import Record

OUTCOMES: Final = sorted(one.value for one in ApplicationOutcome)


class EligibilityPolicyRecord(Record):
    """
    To whom plans are lent in a market, until the next row begins. Append-only by trigger.

    A row has no end of its own, so two never overlap.
    """

    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    from_at = models.DateTimeField()
    financed_max_minor = models.BigIntegerField()
    open_plans_max = models.PositiveSmallIntegerField()
    late_days_max = models.PositiveSmallIntegerField()
    charged_off_days = models.PositiveIntegerField()
    applications_max = models.PositiveSmallIntegerField()
    applications_days = models.PositiveSmallIntegerField()
    down_bands = models.JSONField(default=list, blank=True)  # [from_minor, bps] each
    unverified_max_minor = models.BigIntegerField(null=True, blank=True)
    not_served = models.JSONField(default=list, blank=True)
    income_ratio_bps = models.PositiveIntegerField(null=True, blank=True)
    financed_min_minor = models.BigIntegerField(default=0)
    answer_hours = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)
    set_by = models.CharField(max_length=200)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "from_at"], name="eligibility_policy_once"),
        ]

    def __str__(self) -> str:
        return f"{self.market_id} from {self.from_at:%Y-%m-%d}"


class Application(Record):
    """
    One request for one plan, on exactly these figures, with every fact looked at.

    Asked again with the same facts it is the same row. Append-only by trigger.
    """

    group_id = models.UUIDField()  # the basket; orders stand above this room
    subject_id = models.UUIDField()  # the line of the basket
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    email = models.EmailField()
    buyer_name = models.CharField(max_length=200)
    address_sha256 = models.CharField(max_length=64)
    title = models.CharField(max_length=200)  # what is bought
    terms = models.ForeignKey(PlanTerms, on_delete=models.PROTECT)
    told = models.JSONField()  # the disclosure asked for
    told_sha256 = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()
    down_payment_minor = models.BigIntegerField()
    financed_minor = models.BigIntegerField()
    facts = models.JSONField()
    facts_sha256 = models.CharField(max_length=64)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "told_sha256", "facts_sha256"], name="application_once"
            ),
        ]
        indexes = [
            models.Index(fields=["email", "asked_at"], name="application_email"),
            models.Index(fields=["address_sha256", "asked_at"], name="application_address"),
            models.Index(fields=["-asked_at"], name="application_newest"),
        ]

    def __str__(self) -> str:
        return f"application {self.id}"


class ApplicationDecision(Record):
    """
    What an application got, by which rules or whom, and why. Append-only by trigger.

    A referred application has a second decision, a person's; the newest counts.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    serial = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=16, choices=[(one, one) for one in OUTCOMES])
    engine = models.CharField(max_length=60)
    version = models.CharField(max_length=80)  # of its rules
    findings = models.JSONField()
    reasons = models.JSONField()  # the principal ones, as they were told
    score = models.JSONField(default=dict, blank=True)
    counter_down_minor = models.BigIntegerField(null=True)
    counter = models.JSONField(default=dict, blank=True)  # the disclosure offered instead
    rests_on = models.ForeignKey(  # a person's yes that still stands
        "self", on_delete=models.PROTECT, null=True, related_name="carried"
    )
    decided_by = models.CharField(max_length=200)
    words = models.CharField(max_length=500, default="", blank=True)
    decided_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    answer_by = models.DateTimeField(null=True)  # when a person was promised to decide

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "serial"], name="decision_serial"),
            models.CheckConstraint(
                condition=Q(outcome__in=OUTCOMES), name="application_outcome_known"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="counter_offer") | Q(counter_down_minor__gt=0),
                name="counter_offer_offers",
            ),
        ]
        indexes = [models.Index(fields=["outcome", "-decided_at"], name="decision_outcome")]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.application_id}"


class CreditApproval(Record):
    """
    The yes that a stored disclosure rests on. Append-only by trigger.

    A plan cannot be opened on a disclosure without one: the database refuses it.
    """

    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, related_name="approval")
    decision = models.ForeignKey(
        ApplicationDecision, on_delete=models.PROTECT, related_name="approvals"
    )
    bound_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"approval of {self.disclosure_id}"


class LimitClaim(Record):
    """
    What an approval takes of a buyer's limit until its plan is open or its checkout has ended.

    Without an end it stands until its checkout ends.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="claim")
    until_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"claim of {self.application_id}"


class AdverseNotice(Record):
    """What a buyer was told of a no or a counter-offer, byte for byte. Append-only by trigger."""

    decision = models.OneToOneField(
        ApplicationDecision, on_delete=models.PROTECT, related_name="notice"
    )
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    law = models.CharField(max_length=300)
    give_by = models.DateTimeField()  # the law's limit
    letter_key = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"notice {self.sha256[:12]}"
