-- 0001: the whole house. Money is bigint minor units with its currency; instants are timestamptz; every key and every
-- unique index starts with account_id (the Stripe account), so that accounts can be spread over databases.
-- Columns stand in the order in which an operator reads "select *".
set local lock_timeout = '5s';

create table account (
  id                      text primary key,       -- Stripe's acct_…
  livemode                boolean not null,
  name                    text,
  -- Why nothing is sent to Stripe for this account at the moment, with the cure; null when all is well.
  sending_stopped_because text,
  events_seen_until       timestamptz,            -- how far Stripe's event list was read
  created_at              timestamptz not null
);

-- What Stripe knows -------------------------------------------------------------------------------------------------

create table customer (
  account_id text not null references account,
  id         text not null,                       -- Stripe's cus_…
  email      text,
  name       text,
  country    text,
  locale     text,
  deleted    boolean not null default false,
  created_at timestamptz,
  seen_at    timestamptz not null,                -- when Stripe was asked last
  primary key (account_id, id)
);
create index customer_by_email on customer (account_id, lower(email));

create table subscription (
  account_id           text not null references account,
  id                   text not null,             -- Stripe's sub_…
  customer_id          text not null,
  status               text not null,             -- Stripe's word, an open set
  product_id           text,
  current_period_start timestamptz,               -- of the item; null when there is none left
  current_period_end   timestamptz,
  cancel_at            timestamptz,
  ended_at             timestamptz,
  trial_end            timestamptz,
  started_at           timestamptz not null,
  seen_at              timestamptz not null,
  primary key (account_id, id)
);
create index subscription_by_customer on subscription (account_id, customer_id);

create table payment (
  account_id            text not null references account,
  id                    text not null,            -- pay_…
  customer_id           text,
  description           text not null,
  captured_minor        bigint not null,
  -- Set aside by refunds that are on their way or done, ours and those made in Stripe.
  reserved_minor        bigint not null default 0,
  -- What somebody refunded in Stripe although we had set it aside already. An exception is open while it is above zero.
  overlap_minor         bigint not null default 0,
  currency              text not null check (currency ~ '^[a-z]{3}$'),
  paid_at               timestamptz not null,
  captured              boolean not null,
  stripe_payment_intent text,
  stripe_charge         text not null,
  method                text,
  card_brand            text,
  card_last4            text,
  card_fingerprint      text,
  dispute               text not null default 'none'
                        check (dispute in ('none', 'inquiry', 'open', 'won', 'lost')),
  fraud_warning         boolean not null default false,
  product_id            text,
  product_name          text,
  interval              text not null default 'once' check (interval in ('once', 'day', 'week', 'month', 'year')),
  interval_count        integer not null default 1,
  quantity              integer not null default 1,
  first                 boolean not null default true,
  invoice_id            text,
  invoice_number        text,
  subscription_id       text,
  subscription_item_id  text,
  period_start          timestamptz,
  period_end            timestamptz,
  receipt_email         text,
  seen_at               timestamptz not null,
  primary key (account_id, id),
  unique (account_id, stripe_payment_intent),
  unique (account_id, stripe_charge),
  -- The one rule that this service exists to keep. The update in db/refunds.ts asks first; this refuses if it ever forgets.
  constraint never_give_back_more_than_was_taken
    check (0 <= reserved_minor and 0 <= overlap_minor and reserved_minor <= captured_minor + overlap_minor)
);
create index payment_by_customer on payment (account_id, customer_id, paid_at desc);
create index payment_newest on payment (account_id, paid_at desc, id desc);
create index payment_by_subscription on payment (account_id, subscription_id) where subscription_id is not null;
create index payment_by_invoice_number on payment (account_id, invoice_number) where invoice_number is not null;

-- What the merchant knows ---------------------------------------------------------------------------------------------

create table merchant_fact (
  account_id  text not null references account,
  subject     text not null,                      -- cus_… or pay_…
  name        text not null,                      -- as the policy declares it, e.g. usage.share
  value       jsonb not null,
  as_of       timestamptz not null,               -- when it was true
  received_at timestamptz not null,
  primary key (account_id, subject, name)
);

create table policy_version (
  account_id     text not null references account,
  version        integer not null,
  source         text not null,                   -- the YAML as it was written, comments and all
  comment        text not null,
  published_by   text not null,
  published_at   timestamptz not null,
  effective_from timestamptz not null,
  primary key (account_id, version)
);

-- The case ------------------------------------------------------------------------------------------------------------

-- Generated from domain/request.ts and domain/refund.ts: see 0002.
create table arrow (
  machine     text not null,
  from_status text not null,
  event       text not null,
  to_status   text not null,
  primary key (machine, from_status, event, to_status)
);

create table refund_request (
  account_id        text not null references account,
  id                text not null,                -- rr_…
  status            text not null,
  payment_id        text not null,
  customer_id       text,
  asked_minor       bigint check (asked_minor > 0),  -- null: all that the policy gives
  currency          text not null,
  reason            text not null,
  comment           text,                         -- the customer's, as it was written
  channel           text not null check (channel in ('portal', 'admin', 'api', 'agent', 'stripe')),
  created_by        text not null,                -- customer:cus_… · staff:… · api_key:… · stripe
  locale            text,
  attempt           integer not null default 1,   -- the how-manieth request on this payment
  assignee          text,
  due_at            timestamptz,                  -- by when a person should have decided
  created_at        timestamptz not null,
  decided_at        timestamptz,
  closed_at         timestamptz,
  -- The machine's work: a request that is still gathering its facts is tried again at next_at.
  next_at           timestamptz,
  lease_until       timestamptz,
  tries             integer not null default 0,
  last_error        text,
  primary key (account_id, id),
  foreign key (account_id, payment_id) references payment
);
-- 'failed' is not among them: a refund can bounce while a later request for the rest of the payment is open.
create unique index one_open_request_per_payment on refund_request (account_id, payment_id)
  where status in ('submitted', 'in_review', 'approved') and channel <> 'stripe';
create index request_newest on refund_request (account_id, created_at desc, id desc);
create index request_queue on refund_request (account_id, due_at) where status in ('in_review', 'failed');
create index request_by_payment on refund_request (account_id, payment_id);
create index request_by_customer on refund_request (account_id, customer_id);
create index request_due on refund_request (next_at) where next_at is not null;

-- Every answer that was given, by the policy or by a person. Never changed.
create table decision (
  account_id     text not null references account,
  id             text not null,                   -- dec_…
  request_id     text not null,
  verdict        text not null check (verdict in ('approve', 'review', 'deny')),
  by             text not null,                   -- policy · staff:… · api_key:… · stripe
  amount_minor   bigint not null check (amount_minor >= 0),
  currency       text not null,
  rule           text,
  policy_version integer,
  access         text not null check (access in ('now', 'period_end', 'keep')),
  note           text,                            -- staff's, for staff
  reply          text,                            -- staff's, for the customer
  explanation    jsonb,                           -- the policy's Decision, whole
  facts          jsonb,                           -- as they were when it was asked
  at             timestamptz not null,
  primary key (account_id, id),
  foreign key (account_id, request_id) references refund_request,
  constraint the_policy_explains_itself check (by <> 'policy' or (explanation is not null and facts is not null))
);
create index decision_by_request on decision (account_id, request_id, at);

create table refund (
  account_id       text not null references account,
  id               text not null,                 -- rf_…
  status           text not null,
  payment_id       text not null,
  request_id       text not null,
  decision_id      text not null,                 -- the approval that it stands on
  amount_minor     bigint not null check (amount_minor > 0),
  currency         text not null,
  access           text not null check (access in ('now', 'period_end', 'keep')),
  origin           text not null check (origin in ('moneyback', 'stripe')),
  stripe_refund_id text,
  failure_reason   text,
  reference        text,                          -- ARN, STAN or RRN to quote to the bank, when known
  -- Everything that is needed to repeat the call byte for byte, frozen before the first send.
  idempotency_key  text,
  body             text,
  first_sent_at    timestamptz,
  last_sent_at     timestamptz,
  send_count       integer not null default 0,
  saw_500          boolean not null default false,
  last_outcome     text,
  created_at       timestamptz not null,
  settled_at       timestamptz,
  next_at          timestamptz,
  lease_until      timestamptz,
  tries            integer not null default 0,
  primary key (account_id, id),
  foreign key (account_id, payment_id) references payment,
  foreign key (account_id, request_id) references refund_request,
  foreign key (account_id, decision_id) references decision,
  unique (account_id, idempotency_key),
  unique (account_id, stripe_refund_id),
  constraint settled_exactly_when_it_has_an_end
    check ((settled_at is not null) = (status in ('succeeded', 'failed', 'canceled'))),
  constraint ours_has_a_key_and_a_frozen_body
    check ((origin = 'moneyback') = (idempotency_key is not null and body is not null)),
  constraint intent_is_written_before_the_first_byte
    check (status in ('reserved', 'canceled', 'failed') or first_sent_at is not null or origin = 'stripe')
);
-- A second try is a new refund, and only after the first one has let go of its money.
create unique index one_live_refund_per_request on refund (account_id, request_id)
  where status in ('reserved', 'unconfirmed', 'pending', 'requires_action', 'succeeded');
create index refund_by_payment on refund (account_id, payment_id);
create index refund_newest on refund (account_id, created_at desc, id desc);
create index refund_due on refund (next_at) where next_at is not null;

-- The journal: each change of state, who made it and why.
create table move (
  account_id  text not null references account,
  seq         bigint generated always as identity,
  machine     text not null,
  subject_id  text not null,                      -- rr_… or rf_…
  from_status text not null,
  event       text not null,
  to_status   text not null,
  by          text not null,
  because     text,
  at          timestamptz not null,
  primary key (account_id, seq),
  -- An arrow that is not in the diagram cannot be written down.
  constraint only_arrows_in_the_diagram
    foreign key (machine, from_status, event, to_status) references arrow
);
create index move_by_subject on move (account_id, subject_id, seq);

-- What follows from a refund ------------------------------------------------------------------------------------------

-- One wish per refund: what Stripe should do with the subscription. Access itself is never stored, it is computed.
create table subscription_change (
  account_id      text not null references account,
  id              text not null,                  -- the refund's id, rf_…
  change          text not null check (change in ('cancel_now', 'cancel_at_period_end')),
  status          text not null check (status in ('wanted', 'done', 'not_needed', 'undo_wanted', 'undone', 'needs_person')),
  subscription_id text not null,
  because         text,
  created_at      timestamptz not null,
  done_at         timestamptz,
  next_at         timestamptz,
  lease_until     timestamptz,
  tries           integer not null default 0,
  primary key (account_id, id),
  foreign key (account_id, id) references refund,
  constraint due_while_it_is_open check (next_at is null or status in ('wanted', 'undo_wanted'))
);
create index subscription_change_due on subscription_change (next_at) where next_at is not null;

-- What the customer is told, written in the transaction that made it true.
create table message (
  account_id  text not null references account,
  id          text not null,                      -- msg_…
  status      text not null check (status in ('queued', 'sent', 'kept', 'failed')),
  kind        text not null,
  request_id  text not null,
  recipient   text,
  locale      text not null,
  subject     text not null,
  body        text not null,
  created_at  timestamptz not null,
  sent_at     timestamptz,
  last_error  text,
  next_at     timestamptz,
  lease_until timestamptz,
  tries       integer not null default 0,
  primary key (account_id, id),
  foreign key (account_id, request_id) references refund_request,
  constraint due_while_it_is_queued check (next_at is null or status = 'queued')
);
create index message_by_request on message (account_id, request_id);
create index message_due on message (next_at) where next_at is not null;

-- A difference that a person must look at: what it is, who owns it, what to do.
create table exception (
  account_id  text not null references account,
  id          text not null,                      -- exc_…
  kind        text not null,
  subject_id  text not null,                      -- what it is about
  because     text not null,
  cure        text not null,
  owner_role  text not null,
  opened_at   timestamptz not null,
  due_at      timestamptz not null,
  resolved_at timestamptz,
  resolved_by text,
  primary key (account_id, id)
);
create unique index one_open_exception_per_kind_and_subject on exception (account_id, kind, subject_id)
  where resolved_at is null;

-- Who did what. Rows are added, never changed.
create table audit (
  account_id text not null references account,
  seq        bigint generated always as identity,
  at         timestamptz not null,
  actor      text not null,                       -- staff:… · api_key:… · customer:… · policy · stripe · moneyback
  action     text not null,                       -- request.submitted, refund.succeeded, policy.published, …
  subject_id text not null,
  detail     jsonb not null default '{}',
  primary key (account_id, seq)
);
create index audit_by_subject on audit (account_id, subject_id, seq);
create index audit_newest on audit (account_id, at desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: rows are added, never changed or deleted', tg_table_name;
end $$;
create trigger audit_is_append_only before update or delete or truncate on audit
  for each statement execute function refuse_change();
create trigger move_is_append_only before update or delete or truncate on move
  for each statement execute function refuse_change();
create trigger decision_is_append_only before update or delete or truncate on decision
  for each statement execute function refuse_change();
create trigger policy_version_is_append_only before update or delete or truncate on policy_version
  for each statement execute function refuse_change();

-- The second wall behind the code: a status changes along an arrow or not at all.
create function only_along_an_arrow() returns trigger language plpgsql as $$
begin
  if new.status <> old.status and not exists (
    select from arrow where machine = tg_argv[0] and from_status = old.status and to_status = new.status
  ) then
    raise exception 'a % does not go from % to %', tg_argv[0], old.status, new.status;
  end if;
  return new;
end $$;
create trigger refund_only_along_an_arrow before update of status on refund
  for each row execute function only_along_an_arrow('refund');
create trigger request_only_along_an_arrow before update of status on refund_request
  for each row execute function only_along_an_arrow('request');

-- At every commit: what is set aside on a payment is the sum of the refunds that hold it.
create function reserved_is_the_sum() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  select p.reserved_minor, coalesce(sum(r.amount_minor), 0) as held into wrong
  from payment p
  left join refund r on r.account_id = p.account_id and r.payment_id = p.id
    and r.status in ('reserved', 'unconfirmed', 'pending', 'requires_action', 'succeeded')
  where p.account_id = new.account_id and p.id = case tg_table_name when 'payment' then new.id else to_jsonb(new) ->> 'payment_id' end
  group by p.account_id, p.id, p.reserved_minor;
  if wrong.reserved_minor <> wrong.held then
    raise exception 'payment % has % set aside but its refunds hold %', new.id, wrong.reserved_minor, wrong.held
      using errcode = 'check_violation', constraint = 'reserved_is_the_sum';
  end if;
  return null;
end $$;
create constraint trigger reserved_is_the_sum_of_refunds after insert or update of status, amount_minor on refund
  deferrable initially deferred for each row execute function reserved_is_the_sum();
create constraint trigger reserved_is_the_sum_on_payment after update of reserved_minor on payment
  deferrable initially deferred for each row execute function reserved_is_the_sum();

-- The way in ----------------------------------------------------------------------------------------------------------

-- Every verified Stripe event is kept before it is acknowledged.
create table stripe_event (
  account_id  text not null references account,
  id          text not null,                      -- evt_…
  status      text not null check (status in ('new', 'done', 'ignored', 'quarantined')),
  type        text not null,
  object_id   text,                               -- data.object.id
  livemode    boolean not null,
  api_version text,
  payload     text not null,
  created_at  timestamptz not null,               -- Stripe's
  received_at timestamptz not null,
  done_at     timestamptz,
  last_error  text,
  next_at     timestamptz,
  lease_until timestamptz,
  tries       integer not null default 0,
  primary key (account_id, id),
  constraint due_while_it_is_new check (next_at is null or status = 'new')
);
create index stripe_event_due on stripe_event (next_at) where next_at is not null;

create table api_key (
  account_id   text not null references account,
  id           text not null,                     -- key_…
  name         text not null,
  hash         text not null unique,              -- sha256 of the secret part; it has 256 random bits, so no slow hash
  created_at   timestamptz not null,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz,
  primary key (account_id, id)
);

-- The answer to a POST with an Idempotency-Key, kept for 30 days and replayed to the same key and body.
create table idempotent_answer (
  account_id  text not null references account,
  principal   text not null,
  key         text not null,
  fingerprint text not null,                      -- sha256 of method, path and body
  status      integer,                            -- null while the first request is in flight
  body        text,
  created_at  timestamptz not null,
  primary key (account_id, principal, key)
);

create table portal_link (
  account_id  text not null references account,
  hash        text not null,                      -- sha256 of the token
  customer_id text not null,
  payment_id  text,
  return_url  text,
  expires_at  timestamptz not null,
  used_at     timestamptz,
  primary key (account_id, hash)
);

create table portal_session (
  account_id  text not null references account,
  hash        text not null,                      -- sha256 of the cookie
  customer_id text not null,
  payment_id  text,
  return_url  text,
  created_at  timestamptz not null,
  seen_at     timestamptz not null,
  primary key (account_id, hash)
);

-- Staff, with the tables that better-auth reads and writes (its names for the columns).
create table staff (
  id              text primary key,
  name            text not null,
  email           text not null unique,
  "emailVerified" boolean not null default false,
  image           text,
  role            text not null default 'viewer'
                  check (role in ('viewer', 'support', 'approver', 'finance', 'owner')),
  "createdAt"     timestamptz not null default now(),
  "updatedAt"     timestamptz not null default now()
);
create table staff_session (
  id          text primary key,
  "userId"    text not null references staff on delete cascade,
  token       text not null unique,
  "expiresAt" timestamptz not null,
  "ipAddress" text,
  "userAgent" text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index staff_session_by_staff on staff_session ("userId");
create table staff_credential (
  id                      text primary key,
  "userId"                text not null references staff on delete cascade,
  "accountId"             text not null,
  "providerId"            text not null,
  "accessToken"           text,
  "refreshToken"          text,
  "idToken"               text,
  "accessTokenExpiresAt"  timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  scope                   text,
  password                text,
  "createdAt"             timestamptz not null default now(),
  "updatedAt"             timestamptz not null default now()
);
create index staff_credential_by_staff on staff_credential ("userId");
create table staff_verification (
  id          text primary key,
  identifier  text not null,
  value       text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create table staff_rate_limit (
  id            text primary key,
  key           text not null unique,
  count         integer not null,
  "lastRequest" bigint not null
);
