-- 0006: how a policy comes to be: drafts, backtests and shadows; and what a published version remembers of it.
set local lock_timeout = '5s';

-- Who proposed the text (the draft's last author) and which older version it brings back, when it does.
alter table policy_version add column proposed_by text;
alter table policy_version add column draft_id text;
alter table policy_version add column brings_back integer;
create index policy_version_in_force on policy_version (account_id, effective_from desc, version desc);

create table policy_draft (
  account_id text not null references account,
  id         text not null,                       -- drf_…
  status     text not null check (status in ('open', 'published', 'discarded')),
  name       text not null,
  source     text not null,
  revision   integer not null default 1,          -- one more with every save; who saves says which one they have seen
  based_on   integer,                             -- the version that it was begun from
  version    integer,                             -- the version that it became
  created_by text not null,
  created_at timestamptz not null,
  updated_by text not null,
  updated_at timestamptz not null,
  primary key (account_id, id),
  constraint published_exactly_when_it_has_a_version check ((status = 'published') = (version is not null))
);
create index policy_draft_newest on policy_draft (account_id, updated_at desc);

-- What a draft said before somebody else saved over it, and every few minutes of one person's work. Nothing is lost.
create table policy_draft_state (
  account_id text not null references account,
  draft_id   text not null,
  revision   integer not null,
  source     text not null,
  by         text not null,
  at         timestamptz not null,
  primary key (account_id, draft_id, revision),
  foreign key (account_id, draft_id) references policy_draft
);
create trigger policy_draft_state_is_append_only before update or delete or truncate on policy_draft_state
  for each statement execute function refuse_change();

-- A backtest is a row under a lease like any other work. Its text is a copy, so what was asked stands whatever becomes of the draft.
create table backtest (
  account_id  text not null references account,
  id          text not null,                      -- bt_…
  status      text not null check (status in ('waiting', 'running', 'done', 'canceled', 'failed')),
  name        text not null,
  source      text not null,
  draft_id    text,
  revision    integer,
  kind        text not null check (kind in ('requests', 'payments')),
  day         integer check (day between 0 and 3650),  -- payments: everybody asks so many days after paying …
  seed        integer,                            -- … or on a random day of the first so many days
  within_days integer check (within_days between 1 and 3650),
  against     integer,                            -- payments: the published version that it is compared with
  started_by  text not null,
  created_at  timestamptz not null,
  ended_at    timestamptz,
  total       bigint,                             -- rows to go through, counted at the start
  done        bigint not null default 0,
  last_id     text not null default '',           -- how far it has come, in the order of ids
  until_id    text,                               -- what came later isn't part of it
  tally       jsonb,
  customers   bigint,                             -- whose answer changes, counted at the end
  error       text,
  next_at     timestamptz,
  lease_until timestamptz,
  tries       integer not null default 0,
  primary key (account_id, id),
  constraint a_backtest_of_payments_says_when_they_ask
    check (kind = 'requests' or ((day is null) <> (seed is null) and (seed is null) = (within_days is null) and against is not null)),
  constraint ended_exactly_when_it_is_over check ((ended_at is not null) = (status in ('done', 'canceled', 'failed'))),
  constraint due_exactly_while_it_is_not_over check ((next_at is not null) = (status in ('waiting', 'running')))
);
create index backtest_due on backtest (next_at) where next_at is not null;
create index backtest_newest on backtest (account_id, created_at desc);

-- Every answer that would be another one. The tally counts all of them; these are the lines behind its numbers.
create table backtest_change (
  account_id    text not null,
  backtest_id   text not null,
  id            text not null,                    -- dec_… or pay_…: what was gone through
  subject_id    text not null,                    -- rr_… or pay_…: where it leads
  customer_id   text,
  currency      text not null,
  from_verdict  text not null,
  from_minor    bigint not null,
  from_rule     text,
  to_verdict    text not null,
  to_minor      bigint not null,
  to_rule       text not null,
  weight        bigint not null,                  -- how far apart in paid money, for the order
  primary key (account_id, backtest_id, id),
  foreign key (account_id, backtest_id) references backtest on delete cascade
);

-- A text that is asked beside the live policy. Its text is a copy as well: the results are about exactly this text.
create table policy_shadow (
  account_id  text not null references account,
  id          text not null,                      -- shd_…
  name        text not null,
  source      text not null,
  draft_id    text,
  revision    integer,
  started_by  text not null,
  started_at  timestamptz not null,
  ended_by    text,
  ended_at    timestamptz,
  seen_until  timestamptz not null,               -- decisions up to here were looked at
  next_at     timestamptz,
  lease_until timestamptz,
  tries       integer not null default 0,
  primary key (account_id, id),
  constraint it_ends_once check ((ended_at is null) = (next_at is not null) and (ended_at is null) = (ended_by is null))
);
create index policy_shadow_due on policy_shadow (next_at) where next_at is not null;
create unique index one_running_shadow_per_draft on policy_shadow (account_id, draft_id) where ended_at is null;

create table shadow_decision (
  account_id   text not null,
  shadow_id    text not null,
  decision_id  text not null,                     -- the live decision that it stands beside
  request_id   text not null,
  customer_id  text,
  currency     text not null,
  live_verdict text not null,
  live_minor   bigint not null,
  live_rule    text,
  verdict      text,                              -- null when the shadow could not answer
  amount_minor bigint,
  rule         text,
  explanation  jsonb,
  error        text,
  differs      boolean not null,
  decided_at   timestamptz not null,
  at           timestamptz not null,
  primary key (account_id, shadow_id, decision_id),
  foreign key (account_id, shadow_id) references policy_shadow,
  constraint it_answers_or_says_why_not check ((verdict is null) = (error is not null))
);
create index shadow_decision_newest on shadow_decision (account_id, shadow_id, decided_at desc, decision_id);
create trigger shadow_decision_is_append_only before update or delete or truncate on shadow_decision
  for each statement execute function refuse_change();

-- The shadow finds what was decided since it last looked.
create index decision_by_the_policy on decision (account_id, at) where by = 'policy';
