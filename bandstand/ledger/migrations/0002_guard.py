"""
The ledger's own guard: every transfer balances in every currency and nothing is ever edited.

Legs are checked once a statement over a transition table, so a batch of ten thousand costs one check;
a transfer left without legs is refused when its transaction commits.
"""

from django.db import migrations

SQL = """
create function ledger_check_postings() returns trigger language plpgsql as $$
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
  perform 1 from added a join ledger_account c on c.id = a.account_id
    where c.currency <> a.currency limit 1;
  if found then
    raise exception 'a leg is in another currency than its account' using errcode = 'P0461';
  end if;
  return null;
end $$;

create trigger ledger_balanced after insert on ledger_posting
  referencing new table as added for each statement execute function ledger_check_postings();

create function ledger_check_transfer() returns trigger language plpgsql as $$
begin
  perform 1 from ledger_posting where transfer_id = new.id;
  if not found then
    raise exception 'transfer % has no legs', new.id using errcode = 'P0461';
  end if;
  return null;
end $$;

create constraint trigger ledger_has_legs after insert on ledger_transfer
  deferrable initially deferred for each row execute function ledger_check_transfer();

select plumbing_make_append_only('ledger_account');
select plumbing_make_append_only('ledger_transfer');
select plumbing_make_append_only('ledger_posting');
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("plumbing", "0002_append_only")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
