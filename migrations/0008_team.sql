-- 0008: the team and its second factor, keys with scopes, reasons and replies of one's own, outgoing webhooks, Stripe keys kept
-- encrypted, the import of the history, and incident refunds.
set local lock_timeout = '5s';

-- What an owner sets for the whole installation, by name; what is not set has a default in the code.
create table installation_setting (
  account_id text not null references account,
  name       text not null,
  value      jsonb not null,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (account_id, name)
);

-- Team ----------------------------------------------------------------------------------------------------------------

alter table staff
  add column "twoFactorEnabled" boolean not null default false,
  -- invited: has a link and no way in yet. deactivated: has no way in any more; the name stays in the records.
  add column state text not null default 'active' check (state in ('invited', 'active', 'deactivated'));

-- better-auth's names for the columns. Secret and codes are encrypted with the installation's secret.
create table staff_two_factor (
  id                        text primary key,
  secret                    text not null,
  "backupCodes"             text not null,
  "userId"                  text not null unique references staff on delete cascade,
  verified                  boolean not null default false,
  "failedVerificationCount" integer not null default 0,
  "lockedUntil"             timestamptz,
  last_code                 text,                 -- sha256 of the code that was used last: each is good once
  last_code_at              timestamptz
);

alter table staff_session
  add column stepped_up_at timestamptz,           -- when password or code was given again
  add column step_up_tries integer not null default 0;

create table staff_invitation (
  hash       text primary key,                    -- sha256 of the link's secret
  staff_id   text not null references staff on delete cascade,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz
);
create index staff_invitation_by_staff on staff_invitation (staff_id);

-- API keys ------------------------------------------------------------------------------------------------------------

-- A key made before there were scopes keeps what it could do.
alter table api_key
  add column scopes text[] not null default '{requests:read,requests:write,decisions:write,payments:read,facts:write,access:read,portal:create,reports:read,mail:bounces,webhooks:manage}',
  add column created_by text;
alter table api_key alter column scopes drop default;

-- Replies -------------------------------------------------------------------------------------------------------------

create table reply_template (
  account_id  text not null references account,
  id          text not null,                      -- tpl_…
  name        text not null,
  use         text not null check (use in ('deny', 'approve', 'ask')),
  words       jsonb not null,                     -- by language, with variables such as {amount}
  position    integer not null,
  archived_at timestamptz,
  created_at  timestamptz not null,
  primary key (account_id, id)
);

-- Outgoing webhooks ---------------------------------------------------------------------------------------------------

create table webhook_endpoint (
  account_id       text not null references account,
  id               text not null,                 -- whe_…
  url              text not null,
  description      text not null default '',
  events           text[] not null,               -- types, or a single '*'
  secret           text not null,                 -- sealed (src/sealed.ts)
  old_secret       text,                          -- sealed; signs too until old_secret_until
  old_secret_until timestamptz,
  disabled_at      timestamptz,
  disabled_because text,
  failing_since    timestamptz,                   -- the first failure since the last success
  created_by       text not null,
  created_at       timestamptz not null,
  deleted_at       timestamptz,
  primary key (account_id, id)
);

-- What happened, written by triggers in the transaction that did it. A job makes the event and its deliveries of it.
create table outbox (
  account_id  text not null references account,
  id          bigint generated always as identity,
  kind        text not null check (kind in ('request', 'refund', 'access')),
  subject_id  text not null,                      -- rr_…, rf_… or cus_…
  status      text,                               -- the state that was reached; null for access
  made        boolean not null default false,     -- it was just made; otherwise it moved
  at          timestamptz not null default clock_timestamp(),
  next_at     timestamptz default clock_timestamp(),
  lease_until timestamptz,
  primary key (account_id, id)
);
create index outbox_due on outbox (next_at) where next_at is not null;

create table webhook_event (
  account_id text not null references account,
  id         text not null,                       -- evt_…
  type       text not null,
  subject_id text not null,
  body       text not null,                       -- the bytes that are signed and sent
  at         timestamptz not null,
  primary key (account_id, id)
);

create table webhook_delivery (
  account_id  text not null references account,
  id          text not null,                      -- whd_…
  status      text not null check (status in ('waiting', 'delivered', 'failed')),
  endpoint_id text not null,
  event_id    text not null,
  created_at  timestamptz not null,
  done_at     timestamptz,
  next_at     timestamptz,
  lease_until timestamptz,
  tries       integer not null default 0,
  last_error  text,
  primary key (account_id, id),
  foreign key (account_id, endpoint_id) references webhook_endpoint,
  foreign key (account_id, event_id) references webhook_event
);
create index webhook_delivery_due on webhook_delivery (next_at) where next_at is not null;
create index webhook_delivery_by_endpoint on webhook_delivery (account_id, endpoint_id, created_at desc, id desc);
create index webhook_delivery_by_event on webhook_delivery (account_id, event_id);

create table webhook_attempt (
  account_id  text not null references account,
  delivery_id text not null,
  number      integer not null,
  at          timestamptz not null,
  status      integer,                            -- HTTP; null when there was no answer
  ms          integer not null,
  error       text,
  response    text,                               -- the first 1,024 characters
  primary key (account_id, delivery_id, number),
  foreign key (account_id, delivery_id) references webhook_delivery on delete cascade
);

-- The last access that was announced for a customer, and its number.
create table access_announced (
  account_id  text not null references account,
  customer_id text not null,
  version     bigint not null,
  state       text not null,
  primary key (account_id, customer_id)
);

create function note_in_outbox() returns trigger language plpgsql as $$
begin
  -- Nobody listens: nothing to write.
  if not exists (select from webhook_endpoint e where e.account_id = new.account_id and e.disabled_at is null and e.deleted_at is null) then
    return null;
  end if;
  if tg_table_name = 'move' then
    insert into outbox (account_id, kind, subject_id, status) values (new.account_id, new.machine, new.subject_id, new.to_status);
    if new.machine = 'refund' and new.to_status in ('succeeded', 'failed', 'canceled') then
      insert into outbox (account_id, kind, subject_id)
      select r.account_id, 'access', p.customer_id from refund r
      join payment p on p.account_id = r.account_id and p.id = r.payment_id
      where r.account_id = new.account_id and r.id = new.subject_id and p.customer_id is not null;
    end if;
  elsif tg_table_name = 'subscription' then
    insert into outbox (account_id, kind, subject_id) values (new.account_id, 'access', new.customer_id);
  else
    insert into outbox (account_id, kind, subject_id, status, made)
    values (new.account_id, case tg_table_name when 'refund' then 'refund' else 'request' end, new.id, new.status, true);
  end if;
  return null;
end $$;
create trigger move_goes_out after insert on move for each row execute function note_in_outbox();
create trigger request_goes_out after insert on refund_request for each row execute function note_in_outbox();
create trigger refund_goes_out after insert on refund for each row execute function note_in_outbox();
create trigger subscription_goes_out after insert on subscription for each row execute function note_in_outbox();
create trigger subscription_change_goes_out after update on subscription for each row
  when ((old.status, old.cancel_at, old.ended_at, old.current_period_end) is distinct from
        (new.status, new.cancel_at, new.ended_at, new.current_period_end))
  execute function note_in_outbox();

-- Stripe --------------------------------------------------------------------------------------------------------------

-- A key that was pasted into the console, sealed with the installation's secret, which is not in the database.
create table stripe_credential (
  account_id     text primary key references account,
  secret_key     text not null,                   -- sealed
  hint           text not null,                   -- rk_test_…cdef
  saved_by       text not null,
  saved_at       timestamptz not null
);

-- The webhook endpoint that we made at Stripe.
create table stripe_endpoint (
  account_id text primary key references account,
  id         text not null,                       -- we_…
  secret     text not null,                       -- sealed
  made_by    text not null,
  made_at    timestamptz not null
);

create table history_import (
  account_id  text not null references account,
  id          text not null,                      -- imp_…
  status      text not null check (status in ('running', 'canceled', 'done', 'failed')),
  from_at     timestamptz not null,               -- goes back to here
  reached_at  timestamptz not null,               -- has come back to here
  cursor      text,                               -- the last charge that was taken in: ch_…
  payments    integer not null default 0,
  refunds     integer not null default 0,
  skipped     integer not null default 0,         -- never paid
  started_by  text not null,
  started_at  timestamptz not null,
  done_at     timestamptz,
  last_error  text,
  next_at     timestamptz,
  lease_until timestamptz,
  tries       integer not null default 0,
  primary key (account_id, id)
);
create unique index one_running_import on history_import (account_id) where status = 'running';

-- Incident refunds ----------------------------------------------------------------------------------------------------

create table incident (
  account_id   text not null references account,
  id           text not null,                     -- inc_…
  status       text not null check (status in ('draft', 'confirmed', 'running', 'paused', 'canceled', 'done')),
  name         text not null,
  who          jsonb not null,                    -- how the payments were found
  amount       jsonb not null,                    -- {"kind": "full"} · {"kind": "percent", "percent": 20} · {"kind": "fixed", "minor": 500, "currency": "usd"}
  reason       text not null,
  say          text not null,                     -- the sentence for the customer
  access       text not null check (access in ('now', 'period_end', 'keep')),
  again        boolean not null,                  -- also those who got money back in an earlier incident
  created_by   text not null,
  created_at   timestamptz not null,
  confirmed_by text,
  confirmed_at timestamptz,
  started_by   text,                              -- the second person, or the same one below the limit
  started_at   timestamptz,
  done_at      timestamptz,
  next_at      timestamptz,
  lease_until  timestamptz,
  primary key (account_id, id)
);
create index incident_newest on incident (account_id, created_at desc);

create table incident_line (
  account_id   text not null references account,
  incident_id  text not null,
  payment_id   text not null,
  reference    text not null,                     -- as it was given
  customer     text not null,                     -- who is told: cus_…, an address, or the payment
  status       text not null check (status in ('waiting', 'done', 'excluded', 'canceled')),
  amount_minor bigint not null,
  currency     text not null,
  because      text,                              -- why it is excluded
  request_id   text,
  at           timestamptz,
  primary key (account_id, incident_id, payment_id),
  foreign key (account_id, incident_id) references incident,
  constraint done_has_its_request check ((status = 'done') = (request_id is not null))
);
create index incident_line_next on incident_line (account_id, incident_id, status, customer);
create index incident_line_by_payment on incident_line (account_id, payment_id) where status = 'done';
create index incident_line_by_request on incident_line (account_id, request_id) where request_id is not null;
