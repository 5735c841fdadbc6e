from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_saved_cards")]

    operations = [
        migrations.AddField(
            "providerevent",
            "taken_at",
            models.DateTimeField(null=True),
        ),
    ]
