import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0005_applications"),
        ("promotions", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="checkoutline",
            name="promotion",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="promotions.promotion",
            ),
        ),
    ]
