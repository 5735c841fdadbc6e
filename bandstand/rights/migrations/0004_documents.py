from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("rights", "0003_lists")]
    operations = []
