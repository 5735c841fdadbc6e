import bandstand.plumbing.ids
import django.db.models.deletion
from django.db import migrations, models

GUARD = """
select plumbing_make_append_only('credit_bureaupolicy');
select plumbing_make_append_only('credit_bureauconsent');
select plumbing_make_append_only('credit_bureaureport');
select plumbing_make_append_only('credit_bureaurecord');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        ("credit", "0006_credits"),
        ("plumbing", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="BureauConsent",
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
                ("is_given", models.BooleanField()),
                ("said_by", models.CharField(max_length=200)),
                ("said_at", models.DateTimeField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bureau_consents",
                        to="credit.plan",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BureauPolicy",
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
                ("is_on", models.BooleanField()),
                (
                    "format",
                    models.CharField(choices=[("csv", "csv"), ("metro", "metro")], max_length=8),
                ),
                ("furnisher", models.CharField(max_length=80)),
                ("furnisher_id", models.CharField(blank=True, default="", max_length=20)),
                ("needs_consent", models.BooleanField()),
                ("sends_notice", models.BooleanField()),
                ("dispute_days", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=300)),
                ("from_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=200)),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalogue.market"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BureauReport",
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
                ("as_of", models.DateField()),
                ("rows", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=200)),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalogue.market"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="credit.bureaupolicy"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BureauRecord",
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
                ("as_of", models.DateField()),
                ("body", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=200)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bureau_records",
                        to="credit.plan",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="credit.bureaurecord",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="credit.bureaureport",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BureauDispute",
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
                ("words", models.TextField(max_length=4000)),
                ("raised_by", models.CharField(max_length=200)),
                ("raised_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("verified", "verified"),
                            ("corrected", "corrected"),
                            ("deleted", "deleted"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True, default="", max_length=4000)),
                ("answered_by", models.CharField(blank=True, default="", max_length=200)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bureau_disputes",
                        to="credit.plan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None)),
                        fields=("plan",),
                        name="bureau_dispute_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at", None), ("outcome", "")),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("outcome__in", ["verified", "corrected", "deleted"]),
                            ),
                            _connector="OR",
                        ),
                        name="bureau_dispute_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gt", models.F("raised_at"))),
                        name="bureau_dispute_due",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="bureaupolicy",
            constraint=models.UniqueConstraint(
                fields=("market", "from_at"), name="bureau_policy_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bureaupolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["csv", "metro"])), name="bureau_format_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="bureaupolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("dispute_days__gte", 1)), name="bureau_dispute_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="bureaureport",
            constraint=models.UniqueConstraint(
                fields=("market", "as_of"), name="bureau_report_once"
            ),
        ),
        migrations.AddIndex(
            model_name="bureaurecord",
            index=models.Index(fields=["plan", "-as_of"], name="bureau_record_plan"),
        ),
        migrations.AddConstraint(
            model_name="bureaurecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaces", None)),
                fields=("plan", "as_of"),
                name="bureau_record_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bureaurecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replaces", None), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="bureau_correction_reasoned",
            ),
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
