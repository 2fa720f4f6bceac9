-- 0012: who and what belongs together with a request; what the first of two approvers saw; reasons as data.
set local lock_timeout = '5s';

-- Signals -------------------------------------------------------------------------------------------------------------

-- Payments with the same card, and payments of people with an address at the same e-mail domain.
create index payment_by_card on payment (account_id, card_fingerprint, paid_at desc) where card_fingerprint is not null;
create index customer_by_email_domain on customer (account_id, lower(split_part(email, '@', 2)), id) where email is not null;
create index payment_by_guest_domain on payment (account_id, lower(split_part(receipt_email, '@', 2)), paid_at desc)
  where customer_id is null and receipt_email is not null;

-- Four eyes -----------------------------------------------------------------------------------------------------------

-- What stood behind an approval that another one has to follow: facts, signals, policy. The second person is shown what is
-- otherwise by then. Written with the approval, never changed.
create table approval_picture (
  account_id  text not null references account,
  decision_id text not null,
  picture     jsonb not null,                    -- src/domain/since-approval.ts
  primary key (account_id, decision_id),
  foreign key (account_id, decision_id) references decision
);
create trigger approval_picture_is_append_only before update or delete or truncate on approval_picture
  for each statement execute function refuse_change();

-- Reasons -------------------------------------------------------------------------------------------------------------

-- Why money is asked back. Archived, never deleted: a request keeps the name of its reason. Filled at the first start
-- (src/domain/first-reasons.ts).
create table reason (
  account_id  text not null references account,
  code        text not null check (code ~ '^[a-z][a-z0-9_]{0,59}$'),
  archived_at timestamptz,
  audience    text not null check (audience in ('customer', 'staff')),
  position    integer not null,
  labels      jsonb not null,                    -- by language; English is always there
  stripe      text not null check (stripe in ('requested_by_customer', 'duplicate', 'fraudulent')),
  credit_note text not null check (credit_note in ('order_change', 'product_unsatisfactory', 'duplicate', 'fraudulent')),
  created_at  timestamptz not null,
  primary key (account_id, code),
  constraint a_reason_has_its_english_name check (coalesce(btrim(labels ->> 'en'), '') <> ''),
  constraint only_staff_call_a_payment_fraudulent
    check (audience = 'staff' or (stripe <> 'fraudulent' and credit_note <> 'fraudulent'))
);
create index request_by_reason on refund_request (account_id, reason, created_at desc);

-- Refund or dispute ---------------------------------------------------------------------------------------------------

create index payment_disputed on payment (account_id, dispute) where dispute <> 'none';
