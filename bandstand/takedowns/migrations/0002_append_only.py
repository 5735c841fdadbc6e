"""Statements and case moves are append-only."""

from django.db import migrations

SQL = """
select plumbing_make_append_only('takedowns_casemoverecord');
select plumbing_make_append_only('takedowns_statementofreasons');
"""


class Migration(migrations.Migration):
    dependencies = [("takedowns", "0001_initial"), ("plumbing", "0002_append_only")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
