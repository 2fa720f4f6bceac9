-- 0004: when nothing may be sent, how fast, and whether these are still the books that were here a moment ago.
set local lock_timeout = '5s';

-- Where these books stand: cluster, timeline, database, table. Another word than yesterday's means a failover or a restore, and
-- that something may have been sent which is not written here. A part that may not be read says 'unknown'.
create function books_place() returns text language plpgsql volatile as $$
declare
  cluster text := 'unknown';
  timeline text := 'unknown';
begin
  begin
    select system_identifier::text into cluster from pg_control_system();
  exception when insufficient_privilege then null;
  end;
  begin
    timeline := left(pg_walfile_name(pg_current_wal_lsn()), 8);
  exception when insufficient_privilege or object_not_in_prerequisite_state then null;
  end;
  return concat_ws('/', cluster, timeline, (select oid from pg_database where datname = current_database()), 'account'::regclass::oid);
end $$;

alter table account
  add column place              text,             -- books_place() when a worker was here last
  add column alive_at           timestamptz,      -- when that was
  add column balance_seen_until timestamptz;      -- how far Stripe's balance was compared

-- Why nothing is sent for an account, one row for each reason; account.sending_stopped_because tells them together.
create table sending_stop (
  account_id  text not null references account,
  kind        text not null check (kind in ('key', 'wrong_account', 'wrong_mode', 'differs', 'recovery')),
  because     text not null,
  cure        text not null,
  since       timestamptz not null,
  compare_from timestamptz,                       -- recovery: how far back Stripe's refunds are read
  -- key: when one refund tries again; recovery: when somebody else may take the comparison over.
  next_try_at timestamptz not null,
  primary key (account_id, kind)
);

-- Stripe's limits, kept by all processes together: a call takes the next free moment of its bucket and waits for it.
create table stripe_rate (
  account_id text not null,
  bucket     text not null,                       -- account, or a method and path; bulk: before it for the lane of bursts
  per_second double precision not null,           -- what it goes back to
  slowed_to  double precision not null,           -- after a 429 less; grows back within a minute
  slowed_at  timestamptz not null,
  next_free  timestamptz not null,
  primary key (account_id, bucket)
);

-- A burst of approvals goes through a lane of its own, so that a single refund does not wait behind it.
alter table refund
  add column approved_by text,
  add column lane        text not null default 'urgent' check (lane in ('urgent', 'bulk'));
drop index refund_due;
create index refund_due on refund (account_id, lane, next_at) where next_at is not null;
create index refund_waiting_by on refund (account_id, approved_by) where next_at is not null;

-- How an event came: by the webhook, or from Stripe's list because the webhook did not come.
alter table stripe_event add column via text not null default 'webhook' check (via in ('webhook', 'list'));
create index stripe_event_newest on stripe_event (account_id, received_at desc);

-- What a call under a key makes: the part of its id after the prefix. It is here before the call begins, so that a call that
-- is sent again after an answer was lost finds what the first one wrote.
alter table idempotent_answer add column makes text;
