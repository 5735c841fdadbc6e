"""Sellers' statements of a month, as they were closed."""

from django.db import models
from django.db.models import Q

from bandstand.parties.models import Party
from bandstand.plumbing.models import Record


class SellerStatement(Record):
    """
    A seller's month as the books told it when it was closed. Append-only by trigger.

    What is found later makes a new statement that names this one.
    """

    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="money_statements")
    currency = models.CharField(max_length=3)
    month = models.DateField()  # its first day, in the operator's zone
    number = models.CharField(max_length=40, unique=True)
    revision = models.PositiveSmallIntegerField()
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    since = models.DateTimeField()
    until = models.DateTimeField()
    closed_at = models.DateTimeField()  # nothing recorded from here on is in it
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "currency", "month", "revision"], name="statement_once"
            ),
            models.CheckConstraint(
                condition=Q(revision=1, replaces=None) | Q(revision__gt=1, replaces__isnull=False),
                name="statement_names_the_old",
            ),
        ]
        indexes = [models.Index(fields=["seller", "-month"], name="statement_of_seller")]

    def __str__(self) -> str:
        return self.number


class StatementPdf(Record):
    """A statement as it was drawn, once. Append-only by trigger."""

    statement = models.OneToOneField(SellerStatement, on_delete=models.PROTECT, related_name="pdf")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.statement_id}.pdf"
