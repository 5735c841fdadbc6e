"""Who entered a fact by hand and when; and the inputs of frozen fits, which are append-only."""

from django.db import migrations, models

BY_HAND = (
    ("entered_by", models.CharField(blank=True, default="", max_length=200)),
    ("entered_at", models.DateTimeField(blank=True, null=True)),
)
READ_ON = ("read_on", models.DateField(blank=True, null=True))

GUARD = "select plumbing_make_append_only('catalogue_fitinput');"
UNDO = """
drop trigger append_only_rows on catalogue_fitinput;
drop trigger append_only_table on catalogue_fitinput;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0004_tacs"),
        ("plumbing", "0002_append_only"),
    ]

    operations = [
        *(
            migrations.AddField(model_name=model, name=name, field=field)
            for model in ("answerclaim", "bandclaim", "networkband", "networkpolicy")
            for name, field in BY_HAND
        ),
        *(
            migrations.AddField(model_name=model, name=READ_ON[0], field=READ_ON[1])
            for model in ("networkband", "networkpolicy")
        ),
        migrations.CreateModel(
            name="FitInput",
            fields=[
                (
                    "sha256",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("body", models.JSONField()),
                ("kept_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="fit_input_hash",
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
