"""A decision keeps the facts it was made from, and may be about a listing whose variant nobody knows."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gate", "0005_facts"), ("rights", "0005_evidence")]
    operations = [
        migrations.AddField(
            model_name="decision", name="facts", field=models.JSONField(default=dict)
        ),
        migrations.AddField(
            model_name="decision", name="listing", field=models.JSONField(null=True)
        ),
        migrations.AlterField(
            model_name="decision",
            name="variant",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="catalogue.variant"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("variant__isnull", False), ("listing__isnull", False), _connector="OR"
                ),
                name="decision_is_about_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("variant__isnull", False),
                    models.Q(("result", "allow"), _negated=True),
                    _connector="OR",
                ),
                name="decision_allows_a_known_variant",
            ),
        ),
    ]
