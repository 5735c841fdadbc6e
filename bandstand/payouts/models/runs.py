"""Payout runs, the payments in them, and the calls that make those payments."""

from django.db import models
from django.db.models import Q

from bandstand.parties.models import Party
from bandstand.payouts.models.accounts import PayoutAccount
from bandstand.payouts.rules import CommandKind, CommandState, PayoutMove, PayoutState, RunState
from bandstand.plumbing.models import Record


class PayoutRun(Record):
    """One round of payouts: proposed by one person, confirmed or discarded by another."""

    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in RunState])
    gateway = models.CharField(max_length=20, default="", blank=True)  # known once confirmed
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["currency"], condition=Q(state="proposed"), name="payout_run_one_open"
            ),
            models.CheckConstraint(
                # Runs from before there were gateways were confirmed by one person.
                condition=Q(gateway="")
                | ~Q(state="confirmed")
                | ~Q(decided_by=models.F("proposed_by")),
                name="payout_run_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} run of {self.proposed_at:%Y-%m-%d}"


class Payout(Record):
    """One payment to a seller. Its key is the run and the seller, for ever."""

    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="payouts")
    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="payouts")
    account = models.ForeignKey(
        PayoutAccount, on_delete=models.PROTECT, related_name="payouts", null=True
    )
    gateway = models.CharField(max_length=20, default="", blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in PayoutState])
    transfer_id = models.UUIDField()
    sent_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    bank_reference = models.CharField(max_length=80, default="", blank=True)
    failure = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "seller"], name="payout_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_pays"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PayoutState]), name="payout_state_known"
            ),
            models.CheckConstraint(
                condition=Q(gateway="") | ~Q(state="paid") | Q(paid_at__isnull=False),
                name="payout_paid_when",
            ),
        ]
        indexes = [models.Index(fields=["seller", "-sent_at"], name="payout_of_seller")]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} to {self.seller}"


class PayoutMoveRecord(Record):
    """One move of a payout, by whose word. Append-only by trigger."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=12, choices=[(one.value, one.value) for one in PayoutMove])
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    moved_at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, default="", blank=True)

    def __str__(self) -> str:
        return f"{self.from_state} to {self.to_state}"


class PayoutCommand(Record):
    """
    A call to a payout gateway, written before it is made.

    The key comes from what is paid, never from the attempt: sent twice, it is done once.
    """

    key = models.CharField(max_length=200, unique=True)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="commands")
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in CommandKind])
    state = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in CommandState]
    )
    amount_minor = models.BigIntegerField()
    provider_ref = models.CharField(max_length=120, default="", blank=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in CommandState]),
                name="payout_command_state_known",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_command_pays"),
            models.UniqueConstraint(
                fields=["payout"], condition=Q(kind="send"), name="payout_sent_by_one_command"
            ),
        ]
        indexes = [
            models.Index(
                fields=["written_at"],
                name="payout_command_open",
                condition=Q(state__in=["written", "sent", "unknown"]),
            )
        ]

    def __str__(self) -> str:
        return self.key


class PayoutResult(Record):
    """What one person read of the bank's answer; it counts when another has read the same."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="results")
    move = models.CharField(max_length=12, choices=[(one.value, one.value) for one in PayoutMove])
    words = models.CharField(max_length=300)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, default="", blank=True)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payout"], condition=Q(decided_at=None), name="payout_result_one_open"
            ),
            models.CheckConstraint(
                condition=Q(is_confirmed=False) | ~Q(decided_by=models.F("proposed_by")),
                name="payout_result_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.move}: {self.words}"


class PayoutFile(Record):
    """The file of a run as the bank got it, sealed. Append-only by trigger."""

    run = models.OneToOneField(PayoutRun, on_delete=models.PROTECT, related_name="file")
    form = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    sealed = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class PayoutNotice(Record):
    """A gateway's signed event: that something became of a payout. What is true is then asked."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    ref = models.CharField(max_length=120, default="", blank=True)
    about_account = models.CharField(max_length=80, default="", blank=True)
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="payout_notice_once")
        ]
        indexes = [
            models.Index(
                fields=["received_at"], name="payout_notice_waits", condition=Q(applied_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
