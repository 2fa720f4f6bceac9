-- 0011: bulk actions in the queue, the hash chain of the audit trail, and what a call under a key has done.
set local lock_timeout = '5s';

-- Idempotency ---------------------------------------------------------------------------------------------------------

-- What a call under an Idempotency-Key has done, written in the transaction that did it: a try whose answer was lost finds it.
alter table idempotent_answer add column done jsonb;
create index idempotent_answer_by_makes on idempotent_answer (account_id, makes);

-- Bulk actions --------------------------------------------------------------------------------------------------------

create table bulk (
  account_id   text not null references account,
  id           text not null,                     -- blk_…
  status       text not null check (status in ('draft', 'running', 'canceled', 'done')),
  deed         text not null check (deed in ('approve', 'deny', 'assign', 'snooze', 'note', 'handle')),
  words        jsonb not null,                    -- note, reply, template, proof, to, until: as the deed needs them
  created_by   text not null,
  created_at   timestamptz not null,
  started_at   timestamptz,
  done_at      timestamptz,
  next_at      timestamptz,
  lease_until  timestamptz,
  primary key (account_id, id)
);
create index bulk_newest on bulk (account_id, created_at desc, id desc);
create index bulk_due on bulk (next_at) where next_at is not null;

create table bulk_item (
  account_id   text not null references account,
  bulk_id      text not null,
  position     integer not null,
  request_id   text not null,
  -- waiting: to be done · done · excluded: left out by the dry run · refused: when its turn came · canceled · undone
  status       text not null check (status in ('waiting', 'done', 'excluded', 'refused', 'canceled', 'undone')),
  seen         text not null,                     -- the revision that the dry run looked at
  amount_minor bigint not null default 0,
  currency     text not null,
  because      text,                              -- why not, or what it waits for
  at           timestamptz,
  primary key (account_id, bulk_id, request_id),
  foreign key (account_id, bulk_id) references bulk,
  constraint left_out_says_why check (status not in ('excluded', 'refused') or because is not null)
);
create index bulk_item_next on bulk_item (account_id, bulk_id, position) where status = 'waiting';
create index bulk_item_by_request on bulk_item (account_id, request_id);

-- The hash chain of the audit trail -----------------------------------------------------------------------------------

-- In which transaction a row was written. PostgreSQL sets it, whatever is given. Transactions below the oldest one that still runs have all
-- ended, so the rows up to there are known for ever: they are put into the chain in one order, without any lock where money moves.
alter table audit add column tx xid8 not null default pg_current_xact_id();
create index audit_by_tx on audit (account_id, tx, seq);

create function audit_says_its_transaction() returns trigger language plpgsql as $$
begin
  new.tx := pg_current_xact_id();
  return new;
end $$;
create trigger audit_says_its_transaction before insert on audit for each row execute function audit_says_its_transaction();

create table audit_link (
  account_id text not null references account,
  number     bigint not null,                     -- 1, 2, 3, … without gaps
  seq        bigint not null,                     -- the row of the audit trail
  tx         xid8 not null,
  hash       text not null check (hash ~ '^[0-9a-f]{64}$'),
  primary key (account_id, number),
  unique (account_id, seq)
);
create trigger audit_link_is_append_only before update or delete or truncate on audit_link
  for each statement execute function refuse_change();

-- The text whose hash a row has: a JSON array on one line, as jsonb writes it.
create function audit_content(number bigint, a audit) returns text language sql stable as $$
  select jsonb_build_array(number, a.account_id, a.seq, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), a.actor, a.action,
    a.subject_id, a.detail)::text
$$;
-- SHA-256 of the hash before, then the content. The first one stands on 64 zeros.
create function audit_hash(before text, content text) returns text language sql immutable as $$
  select encode(sha256(convert_to(coalesce(before, repeat('0', 64)) || content, 'UTF8')), 'hex')
$$;

-- Puts up to `most` rows into the chain, in the order of their transactions. Answers how many. One process at a time; whoever comes second
-- goes away. A row that turns up behind the end of the chain is not put in: it was written past the program, and verify names it.
create function link_audit(of_account text, most integer) returns integer language plpgsql as $$
declare
  last audit_link;
  start xid8;
  horizon xid8;
  a audit;
  count integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('audit chain ' || of_account, 0)) then
    return 0;
  end if;
  select * into last from audit_link where account_id = of_account order by number desc limit 1;
  horizon := pg_snapshot_xmin(pg_current_snapshot());
  -- A database that was restored from a dump counts its transactions anew.
  start := case when last.number is null or last.tx >= horizon then '0' else last.tx end;
  for a in
    select * from audit x
    where x.account_id = of_account and x.tx >= start and x.tx < horizon
      and not exists (select from audit_link l where l.account_id = x.account_id and l.seq = x.seq)
    order by x.tx, x.seq limit most
  loop
    insert into audit_link (account_id, number, seq, tx, hash)
    values (of_account, coalesce(last.number, 0) + 1, a.seq, a.tx, audit_hash(last.hash, audit_content(coalesce(last.number, 0) + 1, a)))
    returning * into last;
    count := count + 1;
  end loop;
  return count;
end $$;
