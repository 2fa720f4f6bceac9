-- 0005: Stripe's special roads: methods that need the customer's bank details, Connect, credit notes, fraud warnings, and one
-- case over several payments.
set local lock_timeout = '5s';

-- How refunds of this account are made at Stripe.
alter table account
  -- Whether a refund of an invoice is booked by a credit note that names it (docs.stripe.com/api/credit_notes).
  add column invoice_refunds text not null default 'refund' check (invoice_refunds in ('refund', 'credit_note')),
  -- Connect: whether the platform gives its fee back, and whether the seller gives the transferred money back, in proportion.
  add column refund_application_fee boolean not null default true,
  add column reverse_transfer boolean not null default true,
  -- What an early fraud warning does: a person is told, or the policy is asked at once.
  add column on_fraud_warning text not null default 'tell' check (on_fraud_warning in ('tell', 'ask_policy'));

alter table payment
  add column transfer_destination text,            -- Connect: the account that the money was passed on to
  add column application_fee boolean not null default false;

alter table refund
  -- Why Stripe has not sent it yet: insufficient_funds, charge_pending, processing (an open set).
  add column pending_reason text,
  -- How it is booked on its invoice; null for a payment without one. One way per invoice, chosen by its first refund.
  add column invoice_way text check (invoice_way in ('refund', 'credit_note'));

-- One wish per refund: the credit note that books it on its invoice. The money has moved already; this is its paper.
create table credit_note (
  account_id            text not null references account,
  id                    text not null,             -- the refund's id, rf_…
  status                text not null check (status in ('wanted', 'done', 'not_needed', 'needs_person')),
  invoice_id            text not null,
  stripe_credit_note_id text,
  because               text,
  created_at            timestamptz not null,
  done_at               timestamptz,
  next_at               timestamptz,
  lease_until           timestamptz,
  tries                 integer not null default 0,
  primary key (account_id, id),
  foreign key (account_id, id) references refund,
  constraint due_while_it_is_wanted check (next_at is null or status = 'wanted'),
  constraint done_has_its_note check (status <> 'done' or stripe_credit_note_id is not null)
);
create index credit_note_due on credit_note (next_at) where next_at is not null;

-- Somebody asks for several payments at once. Each is a request of its own, with its own answer and refund, so that one that
-- fails holds up no other; the bundle is what they were asked for together.
alter table refund_request add column bundle_id text;
create index request_by_bundle on refund_request (account_id, bundle_id) where bundle_id is not null;

alter table refund_request drop constraint refund_request_channel_check;
alter table refund_request add constraint refund_request_channel_check
  check (channel in ('portal', 'admin', 'api', 'agent', 'stripe', 'fraud_warning'));
