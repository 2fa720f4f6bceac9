-- 0010: what customers are told and what they send us: letters, attachments, the right of withdrawal.
set local lock_timeout = '5s';

-- Letters -------------------------------------------------------------------------------------------------------------

-- The letter before it is drawn (src/mail/letter.ts): HTML is drawn from it when it is sent, in the look of that day.
alter table message add column letter jsonb;
-- The mailbox or its server sent it back after it was taken (RFC 3464).
alter table message add column bounced_at timestamptz;

-- A link in a letter opens one request and nothing else, and more than once: scanners of mail open links too.
alter table portal_link add column request_id text;
alter table portal_session add column request_id text;
alter table message alter column request_id drop not null;
alter table message add column withdrawal_id text;

-- Attachments ---------------------------------------------------------------------------------------------------------

-- Files that customers send. The bytes are in the store (a folder or a bucket), under the id; here is what is known of them.
create table attachment (
  account_id  text not null references account,
  id          text not null,                      -- att_…
  customer_id text not null,                      -- who sent it
  -- Both null until the request or the answer is made that it was sent for; without one it is deleted after a day.
  request_id  text,
  question_id text,
  name        text not null,                      -- as it is shown, made harmless
  type        text not null check (type in ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')),
  bytes       integer not null check (bytes > 0),
  sent_sha256 text not null,                      -- of the file as it was sent: a second sending finds the first
  created_at  timestamptz not null,
  stored_at   timestamptz,                        -- null: the bytes are on their way
  deleted_at  timestamptz,                        -- the bytes are gone; that there was a file is still known
  primary key (account_id, id),
  foreign key (account_id, request_id) references refund_request,
  foreign key (account_id, question_id) references question
);
create index attachment_by_request on attachment (account_id, request_id) where request_id is not null;
create index attachment_by_customer on attachment (account_id, customer_id, created_at);
create index attachment_loose on attachment (account_id, created_at) where request_id is null;

-- The right of withdrawal ---------------------------------------------------------------------------------------------

-- A statement of withdrawal from a contract (directive 2011/83/EU, article 11a), as it was confirmed. What was declared never
-- changes; what became of it does.
create table withdrawal (
  account_id     text not null references account,
  id             text not null,                   -- wd_…
  received_at    timestamptz not null,
  language       text not null,
  statement      text not null,                   -- the whole text that was shown and confirmed
  name           text not null,
  contract       text not null,                   -- as the customer named it
  email          text not null,                   -- where the acknowledgement goes
  signed_in_as   text,                            -- the owner whose portal session it was; null: nobody was signed in
  once           text not null,                   -- of the form: a second tap is the same statement
  payment_id     text,                            -- the contract's payment, when it was found
  -- What was known about it at that moment: the end of the period, and the merchant's facts with what was given at the purchase.
  period_ends_at timestamptz,
  evidence       jsonb not null default '{}',
  request_id     text,                            -- the request that the policy decides
  primary key (account_id, id),
  unique (account_id, once),
  foreign key (account_id, payment_id) references payment,
  foreign key (account_id, request_id) references refund_request
);
create index withdrawal_newest on withdrawal (account_id, received_at desc);
create index withdrawal_by_request on withdrawal (account_id, request_id) where request_id is not null;
alter table message add foreign key (account_id, withdrawal_id) references withdrawal;

create function declared_stays_declared() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (new.received_at, new.language, new.statement, new.name, new.contract, new.email, new.signed_in_as, new.evidence)
    is distinct from (old.received_at, old.language, old.statement, old.name, old.contract, old.email, old.signed_in_as, old.evidence) then
    raise exception 'a statement of withdrawal is evidence: it is never changed or deleted';
  end if;
  return new;
end $$;
create trigger withdrawal_declared_stays_declared before update or delete on withdrawal
  for each row execute function declared_stays_declared();

alter table refund_request drop constraint refund_request_channel_check;
alter table refund_request add constraint refund_request_channel_check
  check (channel in ('portal', 'admin', 'api', 'agent', 'stripe', 'fraud_warning', 'withdrawal'));
