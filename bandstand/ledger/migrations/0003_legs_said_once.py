"""
A transfer says how many legs it has, so that no leg can be added to it later, not even a balanced pair.

Legs of one transfer must arrive in one statement: fewer are refused at once, more never fit.
"""

from django.db import migrations, models

SQL = """
create or replace function ledger_check_postings() returns trigger language plpgsql as $$
declare v_bad record;
begin
  select p.transfer_id, p.currency, sum(p.amount_minor) as off into v_bad
    from ledger_posting p
   where p.transfer_id in (select distinct transfer_id from added)
   group by p.transfer_id, p.currency having sum(p.amount_minor) <> 0 limit 1;
  if found then
    raise exception 'transfer % is off by % %', v_bad.transfer_id, v_bad.off, v_bad.currency
      using errcode = 'P0461', hint = 'Insert all legs of a transfer in one statement.';
  end if;
  select p.transfer_id, t.leg_count, count(*) as legs into v_bad
    from ledger_posting p join ledger_transfer t on t.id = p.transfer_id
   where p.transfer_id in (select distinct transfer_id from added)
   group by p.transfer_id, t.leg_count having count(*) <> t.leg_count limit 1;
  if found then
    raise exception 'transfer % said % legs and has %', v_bad.transfer_id, v_bad.leg_count, v_bad.legs
      using errcode = 'P0461', hint = 'A recorded transfer takes no more legs; post another.';
  end if;
  perform 1 from added a join ledger_account c on c.id = a.account_id
    where c.currency <> a.currency limit 1;
  if found then
    raise exception 'a leg is in another currency than its account' using errcode = 'P0461';
  end if;
  return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guard")]
    operations = [
        migrations.AddField(
            "transfer",
            "leg_count",
            models.PositiveSmallIntegerField(default=2),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "transfer",
            models.CheckConstraint(
                condition=models.Q(("leg_count__gte", 2)), name="transfer_has_two_sides"
            ),
        ),
        migrations.AddConstraint(
            "transfer",
            models.CheckConstraint(
                condition=models.Q(("reverses", models.F("id")), _negated=True),
                name="transfer_reverses_another",
            ),
        ),
        migrations.AddIndex(
            "transfer", models.Index(fields=["-recorded_at", "-id"], name="transfer_newest")
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
