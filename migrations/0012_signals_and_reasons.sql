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
