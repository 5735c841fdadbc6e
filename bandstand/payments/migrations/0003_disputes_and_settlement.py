"""Contested charges, providers' reports of what moved, and longer references of theirs."""

import bandstand.plumbing.ids
import django.db.models.deletion
from django.db import migrations, models


GUARD = "select plumbing_make_append_only('payments_settlementfile');"
UNGUARD = """
drop trigger append_only_rows on payments_settlementfile;
drop trigger append_only_table on payments_settlementfile;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0002_sandbox_book"),
        ("plumbing", "0002_append_only"),
    ]

    operations = [
        migrations.AlterField(
            model_name="moneycommand",
            name="provider_ref",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AlterField(
            model_name="payment",
            name="action_url",
            field=models.CharField(blank=True, default="", max_length=2000),
        ),
        migrations.AlterField(
            model_name="payment",
            name="provider_ref",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.CreateModel(
            name="SettlementFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("row_count", models.PositiveIntegerField()),
                ("new_count", models.PositiveIntegerField()),
                ("imported_at", models.DateTimeField()),
                ("imported_by", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gateway", "sha256"), name="settlement_file_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("provider_ref", models.CharField(max_length=80)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("inquiry", "inquiry"),
                            ("open", "open"),
                            ("under_review", "under_review"),
                            ("won", "won"),
                            ("lost", "lost"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(max_length=60)),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.CharField(blank=True, default="", max_length=200)),
                ("answer_words", models.CharField(blank=True, default="", max_length=400)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gateway", "provider_ref"), name="dispute_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="dispute_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["inquiry", "open", "under_review", "won", "lost"])
                        ),
                        name="dispute_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SettlementRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=bandstand.plumbing.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("row_id", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("charge", "charge"),
                            ("refund", "refund"),
                            ("dispute", "dispute"),
                            ("dispute_reversal", "dispute_reversal"),
                            ("fee", "fee"),
                            ("payout", "payout"),
                            ("payout_reversal", "payout_reversal"),
                            ("other", "other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("gross_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("occurred_at", models.DateTimeField()),
                ("source_ref", models.CharField(blank=True, default="", max_length=80)),
                ("payment_ref", models.CharField(blank=True, default="", max_length=80)),
                ("payout_ref", models.CharField(blank=True, default="", max_length=80)),
                ("description", models.CharField(blank=True, default="", max_length=200)),
                ("move_id", models.UUIDField(null=True)),
                (
                    "move_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("capture", "capture"),
                            ("refund", "refund"),
                            ("dispute_taken", "dispute_taken"),
                            ("dispute_returned", "dispute_returned"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("matched_at", models.DateTimeField(null=True)),
                ("matched_by", models.CharField(blank=True, default="", max_length=200)),
                ("match_reason", models.CharField(blank=True, default="", max_length=400)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="payments.settlementfile",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("move_id", None)),
                        fields=["occurred_at"],
                        name="settlement_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gateway", "row_id"), name="settlement_row_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("move_id__isnull", False)),
                        fields=("move_id", "move_kind"),
                        name="settlement_move_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("matched_at", None), ("move_id", None)),
                            models.Q(("matched_at__isnull", False), ("move_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="settlement_match_whole",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
