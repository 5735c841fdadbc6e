"""
Running balances, a daily hash chain, and the proof of both.

A balance is kept in shards, one per database session that posted: two sessions never wait for each
other's row, however hot the account, and never deadlock over two accounts in two orders. The shards
add up to the balance and are folded into one row each night.

A seal is the link of a chain: it holds the hash of every transfer it covers and of the seal before
it. Which transfers a seal covers is written down, so a transfer that commits late joins the next
seal and nothing is sealed twice.
"""

import django.db.models.deletion
from django.db import migrations, models

import bandstand.plumbing.ids

BALANCES = """
create or replace function ledger_check_postings() returns trigger language plpgsql as $$
declare v_bad record;
begin
  -- Legs arrive in one statement, numbered from 1 to what the transfer said: the unique numbers leave
  -- no room for a second statement, so what was added is all there is to check.
  select transfer_id, currency, sum(amount_minor) as off into v_bad
    from added group by transfer_id, currency having sum(amount_minor) <> 0 limit 1;
  if found then
    raise exception 'transfer % is off by % %', v_bad.transfer_id, v_bad.off, v_bad.currency
      using errcode = 'P0461', hint = 'Insert all legs of a transfer in one statement.';
  end if;
  select a.transfer_id, t.leg_count, a.legs into v_bad
    from (select transfer_id, count(*) as legs, min(number) as first, max(number) as last
            from added group by transfer_id) a
    join ledger_transfer t on t.id = a.transfer_id
   where a.legs <> t.leg_count or a.first <> 1 or a.last <> t.leg_count limit 1;
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

create function ledger_keep_balances() returns trigger language plpgsql security definer
  set search_path from current as $$
begin
  insert into ledger_balance as b (account_id, shard, amount_minor, postings)
  select account_id, pg_backend_pid(), sum(amount_minor), count(*)
    from added group by account_id order by account_id
  on conflict (account_id, shard) do update
     set amount_minor = b.amount_minor + excluded.amount_minor,
         postings = b.postings + excluded.postings;
  return null;
end $$;

create trigger ledger_kept after insert on ledger_posting
  referencing new table as added for each statement execute function ledger_keep_balances();

-- Nobody writes a balance by hand: only the two functions of the ledger do.
create function ledger_guard_balance() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() < 2 and coalesce(current_setting('bandstand.folding', true), '') <> 'on' then
    raise exception 'a balance follows its postings and is never written by hand'
      using errcode = 'P0460', hint = 'Post a transfer.';
  end if;
  return coalesce(new, old);
end $$;

create trigger ledger_balance_guard before insert or update or delete on ledger_balance
  for each row execute function ledger_guard_balance();
create trigger ledger_balance_kept before truncate on ledger_balance
  for each statement execute function plumbing_refuse_change();

create function ledger_fold_balances(p_limit int) returns int language plpgsql security definer
  set search_path from current as $$
declare v_folded int;
begin
  perform set_config('bandstand.folding', 'on', true);
  with many as (
    select account_id from ledger_balance group by account_id having count(*) > 1 limit p_limit
  ), gone as (
    delete from ledger_balance b using (
      select s.account_id, s.shard from ledger_balance s join many using (account_id)
       order by s.account_id, s.shard for update of s skip locked
    ) d where (b.account_id, b.shard) = (d.account_id, d.shard)
    returning b.account_id, b.amount_minor, b.postings
  ), added as (
    insert into ledger_balance (account_id, shard, amount_minor, postings)
    select account_id, -nextval('ledger_fold_number')::int, sum(amount_minor), sum(postings)
      from gone group by account_id returning 1
  ) select count(*) into v_folded from added;
  perform set_config('bandstand.folding', 'off', true);
  return v_folded;
end $$;

create sequence ledger_fold_number as int cycle;

select set_config('bandstand.folding', 'on', true);
insert into ledger_balance (account_id, shard, amount_minor, postings)
select account_id, 0, sum(amount_minor), count(*) from ledger_posting group by account_id;
select set_config('bandstand.folding', 'off', true);
"""

SEALS = """
create function ledger_digests(p_ids uuid[]) returns table (id uuid, digest bytea)
language sql stable as $$
  select t.id, sha256(convert_to(concat_ws('|', t.id, t.idempotency_key, t.request_hash, t.kind, t.memo,
           extract(epoch from t.effective_at), extract(epoch from t.recorded_at),
           coalesce(t.reverses_id::text, ''), t.leg_count, p.legs), 'UTF8'))
    from ledger_transfer t
    left join lateral (
      select string_agg(concat_ws(':', p.number, a.code, a.key, p.currency, p.amount_minor), ';'
                        order by p.number) as legs
        from ledger_posting p join ledger_account a on a.id = p.account_id where p.transfer_id = t.id) p
      on true
   where t.id = any(p_ids) $$;

select plumbing_make_append_only('ledger_seal');
select plumbing_make_append_only('ledger_sealedtransfer');
select plumbing_make_append_only('ledger_proof');
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_legs_said_once")]
    operations = [
        migrations.CreateModel(
            name="Balance",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id",
                        "shard",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("shard", models.IntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("postings", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shards",
                        to="ledger.account",
                        db_index=False,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("sealed_at", models.DateTimeField()),
                ("transfers", models.PositiveIntegerField()),
                ("previous", models.CharField(max_length=64)),
                ("sha256", models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="SealedTransfer",
            fields=[
                (
                    "transfer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="sealed",
                        serialize=False,
                        to="ledger.transfer",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="ledger.seal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Proof",
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
                ("proved_at", models.DateTimeField()),
                ("transfers", models.BigIntegerField()),
                ("postings", models.BigIntegerField()),
                ("head", models.CharField(blank=True, default="", max_length=64)),
                ("faults", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["-proved_at"], name="proof_newest")],
            },
        ),
        migrations.RunSQL(BALANCES, migrations.RunSQL.noop),
        migrations.RunSQL(SEALS, migrations.RunSQL.noop),
    ]
