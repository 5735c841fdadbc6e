"""
Two people for a lift: proposals, their answers, and the guard that wants both.

A confirmed lift and the hold's own row change in one transaction or not at all, and the names on the hold are
copied from the proposal and its answer, whatever the caller wrote. Publishing an offer, receiving units and putting
one back on the shelf ask the holds too.

``gate_now()`` is the clock of the gate. Only a rehearsal on a scratch database may replace it.

SQLSTATE P0461 a second person is needed, or the answer comes too late.
"""

import datetime

import bandstand.plumbing.ids
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

SQL = """
create function gate_now() returns timestamptz language sql volatile parallel safe as
$$ select clock_timestamp() $$;

do $do$
begin
  -- The same check, told the time by gate_now().
  execute replace(pg_get_functiondef('gate_check'::regproc), 'clock_timestamp()', 'gate_now()');
end $do$;

create function gate_person(p_email text) returns uuid language sql stable as $$
  select id from parties_person where lower(email) = lower(trim(p_email)) and is_active $$;

create function gate_is_staff(p_person uuid) returns boolean language sql stable as $$
  select exists (select 1 from parties_membership where person_id = p_person and role = 'operator') $$;

create function gate_request_guard() returns trigger language plpgsql as $$
declare v_lifted_at timestamptz;
begin
  select lifted_at into v_lifted_at from gate_hold where id = new.hold_id for key share;
  if v_lifted_at is not null then
    raise exception 'the hold is lifted already' using errcode = 'P0461';
  end if;
  if gate_person(new.proposed_by) is distinct from new.person_id then
    raise exception 'a person proposes, and signs as who they are' using errcode = 'P0461';
  end if;
  if not gate_is_staff(new.person_id) and not exists (
      select 1 from parties_membership where person_id = new.person_id and party_id = new.party_id) then
    raise exception 'only staff, or a member of the party it is proposed for, may propose'
      using errcode = 'P0461';
  end if;
  new.proposed_at := gate_now();
  if new.open_until > new.proposed_at + interval '30 days' then
    raise exception 'a proposal waits for 30 days at most' using errcode = 'P0461';
  end if;
  return new;
end $$;

create function gate_answer_guard() returns trigger language plpgsql as $$
declare v_request gate_holdrequest; v_lifted_at timestamptz;
begin
  -- One answer at a time, and none while the hold changes.
  select * into v_request from gate_holdrequest where id = new.request_id;
  select lifted_at into v_lifted_at from gate_hold where id = v_request.hold_id for update;
  if exists (select 1 from gate_holdanswer where request_id = new.request_id) then
    raise exception 'the proposal has its answer' using errcode = 'P0461';
  end if;
  new.answered_at := gate_now();
  if new.answer = 'expire' then
    if new.answered_at < v_request.open_until and v_lifted_at is null then
      raise exception 'the proposal still waits' using errcode = 'P0461';
    end if;
    return new;
  end if;
  if new.answered_at >= v_request.open_until or v_lifted_at is not null then
    raise exception 'the answer comes too late' using errcode = 'P0461';
  end if;
  if gate_person(new.answered_by) is distinct from new.person_id then
    raise exception 'a person answers, and signs as who they are' using errcode = 'P0461';
  end if;
  if new.answer = 'withdraw' then
    if new.person_id <> v_request.person_id then
      raise exception 'only who proposed may withdraw' using errcode = 'P0461';
    end if;
    return new;
  end if;
  if new.person_id = v_request.person_id then
    raise exception 'a second person answers a proposal' using errcode = 'P0461';
  end if;
  if not gate_is_staff(new.person_id) then
    raise exception 'only staff answers a proposal' using errcode = 'P0461';
  end if;
  return new;
end $$;

create function gate_answer_done() returns trigger language plpgsql as $$
begin
  if new.answer = 'confirm' and not exists (
      select 1 from gate_holdrequest r join gate_hold h on h.id = r.hold_id
       where r.id = new.request_id
         and (r.kind = 'lift' and h.lifted_at is not null
              or r.kind = 'widen' and exists (select 1 from gate_hold w
                   where w.id = new.new_hold_id and w.supersedes_id = h.id))) then
    raise exception 'what was confirmed was not done' using errcode = 'P0461';
  end if;
  return null;
end $$;

create or replace function gate_hold_guard() returns trigger language plpgsql as $$
declare v_free constant text[] := '{lifted_at,lifted_by,lift_confirmed_by,lift_reason}'; v record;
begin
  perform gate_require_read_committed();
  if tg_op = 'DELETE' then
    raise exception 'a hold is lifted, never deleted' using errcode = 'P0460';
  end if;
  if tg_op = 'UPDATE' then
    if old.lifted_at is not null then
      raise exception 'a lifted hold stays lifted' using errcode = 'P0460';
    end if;
    if new.lifted_at is null or to_jsonb(new) - v_free <> to_jsonb(old) - v_free then
      raise exception 'a hold can only be lifted; place another to change its scope'
        using errcode = 'P0460';
    end if;
    select r.proposed_by, a.answered_by into v
      from gate_holdrequest r join gate_holdanswer a on a.request_id = r.id
     where r.hold_id = new.id and r.kind = 'lift' and a.answer = 'confirm';
    if not found then
      raise exception 'one person proposes to lift a hold and another confirms it'
        using errcode = 'P0461';
    end if;
    new.lifted_by := v.proposed_by;
    new.lift_confirmed_by := v.answered_by;
    perform gate_touch(array[new.anchor]::text[]);
    new.lifted_at := gate_now();
    return new;
  end if;
  new.anchor := gate_hold_anchor(new);
  perform gate_touch(array[new.anchor]::text[]);
  if new.anchor <> gate_hold_anchor(new) then
    raise exception 'the catalogue changed while the hold was placed; place it again'
      using errcode = '40001';
  end if;
  new.lifted_at := null;
  new.lifted_by := '';
  new.lift_confirmed_by := '';
  new.placed_at := gate_now();
  if new.effective_at is null or new.effective_at < gate_now() then
    new.effective_at := gate_now();
  end if;
  return new;
end $$;

create trigger gate_request_guard before insert on gate_holdrequest
  for each row execute function gate_request_guard();
create trigger gate_answer_guard before insert on gate_holdanswer
  for each row execute function gate_answer_guard();
create constraint trigger gate_answer_done after insert on gate_holdanswer
  deferrable initially deferred for each row execute function gate_answer_done();
select plumbing_make_append_only('gate_holdrequest');
select plumbing_make_append_only('gate_holdanswer');

create function gate_hold_on(p_activity text, p_offer offers_offer, p_serials text[], p_lot text,
  p_stocked_at timestamptz) returns uuid language plpgsql as $$
declare v record;
begin
  select * into v from gate_subject(p_offer.variant_id);
  perform gate_take_shared(gate_anchors(v.brand_path, p_offer.seller_id, p_offer.variant_id));
  select * into v from gate_subject(p_offer.variant_id);
  return gate_matching_hold(p_activity, v.brand_path, v.category_path, v.model_id, p_offer.variant_id,
    p_offer.seller_id, p_offer.id, p_offer.market_id, p_offer.condition, p_serials, p_lot,
    p_stocked_at, gate_now());
end $$;

create function gate_publish_guard() returns trigger language plpgsql as $$
declare v_hold uuid := gate_hold_on('offer.publish', new, null, null, 'infinity');
begin
  if v_hold is not null then
    raise exception 'a hold stops offer.publish' using errcode = 'P0451', detail = v_hold::text;
  end if;
  return new;
end $$;
create trigger gate_publish_guard before update on offers_offer for each row
  when (new.state = 'listed' and old.state <> 'listed') execute function gate_publish_guard();
create trigger gate_publish_first_guard before insert on offers_offer for each row
  when (new.state = 'listed') execute function gate_publish_guard();

create function gate_restock_guard() returns trigger language plpgsql as $$
declare v_offer offers_offer; v_hold uuid;
begin
  select * into v_offer from offers_offer where id = new.offer_id;
  v_hold := gate_hold_on('restock', v_offer, array_remove(array[new.serial, new.imei], null), new.lot,
                         new.stocked_at);
  if v_hold is not null then
    raise exception 'a hold stops restock' using errcode = 'P0451', detail = v_hold::text;
  end if;
  return new;
end $$;
create trigger gate_restock_guard before update on offers_unit for each row
  when (new.state = 'in_stock' and old.state not in ('in_stock', 'reserved'))
  execute function gate_restock_guard();

create function gate_import_guard() returns trigger language plpgsql as $$
declare v_hold uuid;
begin
  perform gate_take_shared(array(
    select distinct unnest(gate_anchors(s.brand_path, o.seller_id, o.variant_id))
      from offers_offer o cross join lateral gate_subject(o.variant_id) s
     where o.id in (select offer_id from new_rows)));
  if not exists (select 1 from gate_hold where lifted_at is null and 'import' = any(activities)) then
    return null;
  end if;
  select h.id into v_hold
    from new_rows n join offers_offer o on o.id = n.offer_id
    cross join lateral gate_subject(o.variant_id) s
    cross join lateral gate_matching_hold('import', s.brand_path, s.category_path, s.model_id,
      o.variant_id, o.seller_id, o.id, o.market_id, o.condition,
      array_remove(array[n.serial, n.imei], null)::text[], n.lot, n.stocked_at, gate_now()) h(id)
   where h.id is not null limit 1;
  if found then
    raise exception 'a hold stops import' using errcode = 'P0451', detail = v_hold::text;
  end if;
  return null;
end $$;
create trigger gate_import_guard after insert on offers_unit referencing new table as new_rows
  for each statement execute function gate_import_guard();
"""


EPOCHS = """
create function gate_domains_changed() returns trigger language plpgsql as $$
begin
  perform gate_touch(array(
    select 'brand:' || n.brand_id from new_rows n join old_rows o using (id)
     where (n.verified_at is null, n.lost_at is null, n.refused_at is null)
           is distinct from (o.verified_at is null, o.lost_at is null, o.refused_at is null)));
  return null;
end $$;
create trigger gate_facts_updated after update on rights_branddomain
  referencing old table as old_rows new table as new_rows
  for each statement execute function gate_domains_changed();

create function gate_list_sources_changed() returns trigger language plpgsql as $$
begin
  perform gate_touch(array(
    select 'brand:' || n.brand_id from new_rows n join old_rows o using (id)
     where (n.last_fault, n.failing_since is null)
           is distinct from (o.last_fault, o.failing_since is null)));
  return null;
end $$;
create trigger gate_facts_updated after update on rights_listsource
  referencing old table as old_rows new table as new_rows
  for each statement execute function gate_list_sources_changed();

create function gate_lists_revoked() returns trigger language plpgsql as $$
begin
  perform gate_touch(array(
    select 'brand:' || s.brand_id from new_rows r join rights_listsource s on s.id = r.source_id));
  return null;
end $$;
create trigger gate_facts_inserted after insert on rights_listrevocation
  referencing new table as new_rows for each statement execute function gate_lists_revoked();

do $do$
declare v_table text;
begin
  -- By what number a variant is known decides whether a unit is of it.
  foreach v_table in array array['rights_variantgtin', 'catalogue_tac'] loop
    execute format('create trigger gate_facts_inserted after insert on %s referencing new table as new_rows '
                   'for each statement execute function gate_approvals_changed()', v_table);
    execute format('create trigger gate_facts_updated after update on %s referencing old table as old_rows '
                   'new table as new_rows for each statement execute function gate_approvals_changed()', v_table);
    execute format('create trigger gate_facts_deleted after delete on %s referencing old table as old_rows '
                   'for each statement execute function gate_approvals_changed()', v_table);
  end loop;
end $do$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("gate", "0006_decisions"),
        ("parties", "0001_initial"),
        ("offers", "0002_initial"),
        ("catalogue", "0004_tacs"),
        ("rights", "0005_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="HoldAnswer",
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
                    "answer",
                    models.CharField(
                        choices=[
                            ("confirm", "confirm"),
                            ("refuse", "refuse"),
                            ("withdraw", "withdraw"),
                            ("expire", "expire"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("answered_by", models.CharField(max_length=200)),
                ("answered_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="HoldRequest",
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
                    "kind",
                    models.CharField(choices=[("lift", "lift"), ("widen", "widen")], max_length=8),
                ),
                ("scope", models.JSONField(default=dict)),
                (
                    "activities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), default=list, size=None
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("proposed_by", models.CharField(max_length=200)),
                ("proposed_at", models.DateTimeField()),
                ("open_until", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="hold",
            name="is_provisional",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="hold",
            name="lift_confirmed_by",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="hold",
            name="notifier_email",
            field=models.EmailField(blank=True, default="", max_length=254),
        ),
        migrations.AddField(
            model_name="hold",
            name="supersedes",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="gate.hold",
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="basis",
            field=models.CharField(
                choices=[
                    ("brand_notice", "brand_notice"),
                    ("authority_order", "authority_order"),
                    ("recall", "recall"),
                    ("court", "court"),
                    ("network", "network"),
                    ("operator", "operator"),
                    ("trader_traceability", "trader_traceability"),
                    ("unverified_notice", "unverified_notice"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lift_confirmed_by", ""),
                    models.Q(("lift_confirmed_by", models.F("lifted_by")), _negated=True),
                    _connector="OR",
                ),
                name="hold_lift_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_provisional", False),
                    models.Q(
                        ("expires_at__isnull", False),
                        (
                            "expires_at__lte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("effective_at"),
                                "+",
                                models.Value(datetime.timedelta(days=3)),
                            ),
                        ),
                        ("offer_id__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="hold_provisional_ends",
            ),
        ),
        migrations.AddField(
            model_name="holdanswer",
            name="new_hold",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="made_by",
                to="gate.hold",
            ),
        ),
        migrations.AddField(
            model_name="holdanswer",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hold_answers",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="holdrequest",
            name="hold",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="gate.hold"
            ),
        ),
        migrations.AddField(
            model_name="holdrequest",
            name="party",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hold_requests",
                to="parties.party",
            ),
        ),
        migrations.AddField(
            model_name="holdrequest",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hold_requests",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="holdanswer",
            name="request",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answer",
                to="gate.holdrequest",
            ),
        ),
        migrations.AddConstraint(
            model_name="holdrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["lift", "widen"])), name="hold_request_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="holdrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("open_until__gt", models.F("proposed_at"))),
                name="hold_request_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="holdanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer__in", ["confirm", "refuse", "withdraw", "expire"])),
                name="hold_answer_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="holdanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("person__isnull", False), ("answer", "expire"), _connector="OR"
                ),
                name="hold_answer_signed",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        migrations.RunSQL(EPOCHS, migrations.RunSQL.noop),
    ]
