import bandstand.plumbing.ids
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

GUARD = """
select plumbing_make_append_only('tax_ratefile');
select plumbing_make_append_only('tax_taxregistration');
select plumbing_make_append_only('tax_taxreturn');
select plumbing_make_append_only('tax_taxreturnmove');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("plumbing", "0002_append_only"),
        ("tax", "0002_guard"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProviderAnswer",
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
                ("key", models.CharField(max_length=64, unique=True)),
                ("engine", models.CharField(max_length=12)),
                ("ref", models.CharField(max_length=100)),
                ("body", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProviderTelling",
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
                (
                    "telling",
                    models.CharField(
                        choices=[("record", "record"), ("reverse", "reverse")], max_length=8
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("written", "written"), ("told", "told"), ("refused", "refused")],
                        max_length=8,
                    ),
                ),
                ("ref", models.CharField(blank=True, default="", max_length=100)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("words", models.CharField(blank=True, default="", max_length=200)),
                ("written_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RateFile",
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
                ("state", models.CharField(max_length=2)),
                (
                    "kind",
                    models.CharField(
                        choices=[("rates", "rates"), ("boundary", "boundary")], max_length=10
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("lines", models.PositiveIntegerField()),
                ("used", models.PositiveIntegerField()),
                ("refused", models.PositiveIntegerField()),
                ("loaded_at", models.DateTimeField()),
                ("loaded_by", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="SstBoundary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=2)),
                ("zip", models.CharField(db_index=True, max_length=5)),
                ("kind", models.CharField(max_length=1)),
                ("ext_low", models.PositiveSmallIntegerField()),
                ("ext_high", models.PositiveSmallIntegerField()),
                ("has_state", models.BooleanField()),
                ("county", models.CharField(max_length=3)),
                ("place", models.CharField(max_length=5)),
                ("districts", models.CharField(max_length=300)),
                ("from_date", models.DateField()),
                ("until_date", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SstRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=2)),
                ("kind", models.CharField(max_length=2)),
                ("code", models.CharField(max_length=10)),
                ("intrastate_ppm", models.PositiveIntegerField()),
                ("interstate_ppm", models.PositiveIntegerField()),
                ("from_date", models.DateField()),
                ("until_date", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TaxRegistration",
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
                ("authority", models.CharField(max_length=20)),
                ("number", models.CharField(max_length=60)),
                ("is_facilitator", models.BooleanField()),
                (
                    "period",
                    models.CharField(
                        choices=[("month", "month"), ("quarter", "quarter"), ("year", "year")],
                        max_length=10,
                    ),
                ),
                ("from_date", models.DateField()),
                ("source", models.CharField(max_length=300)),
                ("set_by", models.CharField(max_length=200)),
                ("set_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TaxReturn",
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
                ("authority", models.CharField(max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("from_date", models.DateField()),
                ("until_date", models.DateField()),
                ("is_facilitator", models.BooleanField()),
                ("collected_minor", models.BigIntegerField()),
                ("refunded_minor", models.BigIntegerField()),
                ("credit_used_minor", models.BigIntegerField()),
                ("due_minor", models.BigIntegerField()),
                ("carried_minor", models.BigIntegerField()),
                ("body", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("prepared_by", models.CharField(max_length=200)),
                ("prepared_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TaxReturnMove",
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
                (
                    "move",
                    models.CharField(
                        choices=[("file", "file"), ("pay", "pay"), ("drop", "drop")], max_length=8
                    ),
                ),
                ("to_state", models.CharField(max_length=10)),
                ("reference", models.CharField(blank=True, default="", max_length=200)),
                ("actor", models.CharField(max_length=200)),
                ("moved_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="taxpolicy",
            name="tax_policy_engine_known",
        ),
        migrations.AddField(
            model_name="taxpolicy",
            name="ambiguity",
            field=models.CharField(
                choices=[("highest", "highest"), ("refuse", "refuse")],
                default="highest",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="taxpolicy",
            name="without_answer",
            field=models.CharField(
                choices=[("refuse", "refuse"), ("loaded", "loaded")], default="refuse", max_length=8
            ),
        ),
        migrations.AlterField(
            model_name="taxpolicy",
            name="engine",
            field=models.CharField(
                choices=[("none", "none"), ("embedded", "embedded"), ("stripe", "stripe")],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="taxpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("engine__in", ["none", "embedded", "stripe"])),
                name="tax_policy_engine_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ambiguity__in", ["highest", "refuse"]),
                    ("without_answer__in", ["refuse", "loaded"]),
                ),
                name="tax_policy_doubts_known",
            ),
        ),
        migrations.AddField(
            model_name="providertelling",
            name="quote",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tellings",
                to="tax.taxquote",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratefile",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["rates", "boundary"])), name="rate_file_kind_known"
            ),
        ),
        migrations.AddIndex(
            model_name="sstboundary",
            index=models.Index(fields=["state"], name="sst_boundary_state"),
        ),
        migrations.AddConstraint(
            model_name="sstboundary",
            constraint=models.CheckConstraint(
                condition=models.Q(("ext_low__lte", models.F("ext_high"))),
                name="sst_boundary_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="sstboundary",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_date", None), ("until_date__gt", models.F("from_date")), _connector="OR"
                ),
                name="sst_boundary_span",
            ),
        ),
        migrations.AddIndex(
            model_name="sstrate",
            index=models.Index(fields=["state", "kind", "code"], name="sst_rate_place"),
        ),
        migrations.AddConstraint(
            model_name="sstrate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_date", None), ("until_date__gt", models.F("from_date")), _connector="OR"
                ),
                name="sst_rate_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxregistration",
            constraint=models.CheckConstraint(
                condition=models.Q(("period__in", ["month", "quarter", "year"])),
                name="tax_registration_period_known",
            ),
        ),
        migrations.AddIndex(
            model_name="taxreturn",
            index=models.Index(fields=["authority", "currency"], name="tax_return_authority"),
        ),
        migrations.AddConstraint(
            model_name="taxreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_date__gt", models.F("from_date"))),
                name="tax_return_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("carried_minor__gte", 0),
                    ("credit_used_minor__gte", 0),
                    ("due_minor__gte", 0),
                    (
                        "collected_minor",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("refunded_minor"), "+", models.F("credit_used_minor")
                                ),
                                "+",
                                models.F("due_minor"),
                            ),
                            "-",
                            models.F("carried_minor"),
                        ),
                    ),
                ),
                name="tax_return_adds_up",
            ),
        ),
        migrations.AddField(
            model_name="taxreturnmove",
            name="tax_return",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="tax.taxreturn",
            ),
        ),
        migrations.AddConstraint(
            model_name="providertelling",
            constraint=models.UniqueConstraint(fields=("quote", "telling"), name="tax_told_once"),
        ),
        migrations.AddConstraint(
            model_name="providertelling",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["written", "told", "refused"])),
                name="tax_telling_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxreturnmove",
            constraint=models.UniqueConstraint(
                fields=("tax_return", "to_state"), name="tax_return_moves_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxreturnmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_state__in", ["prepared", "filed", "paid", "dropped"])),
                name="tax_return_state_known",
            ),
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
