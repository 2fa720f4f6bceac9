-- 0013: what the console’s lists, filters and searches need to answer at once on a million requests (bench/admin-queue.ts,
-- docs/decisions/0071-search-by-parts-of-three.md).
set local lock_timeout = '5s';

-- Every three letters in a row of a text. An index of them finds a text by any part of it, in any PostgreSQL: pg_trgm does
-- the same, but not everybody may create an extension.
create function parts_of_three(text) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(distinct substr(t, i, 3)), '{}')
  from (select lower($1) as t) lowered, generate_series(1, length(t) - 2) i
$$;

create index customer_by_part on customer using gin (parts_of_three(coalesce(email, '') || ' ' || coalesce(name, '')));
-- What was bought; and for whoever bought without a customer in Stripe, the address on the receipt.
create index payment_by_part on payment using gin (
  parts_of_three(description || case when customer_id is null and receipt_email is not null then ' ' || receipt_email else '' end));
-- One or two letters are looked for at the beginning.
create index customer_by_email_start on customer (account_id, lower(email) text_pattern_ops);
create index customer_by_name_start on customer (account_id, lower(name) text_pattern_ops);

create index payment_by_last4 on payment (account_id, card_last4, paid_at desc, id desc) where card_last4 is not null;
create index payment_by_amount on payment (account_id, captured_minor, paid_at desc, id desc);
create index payment_by_invoice on payment (account_id, invoice_id) where invoice_id is not null;

create index request_by_status on refund_request (account_id, status, created_at desc, id desc);
drop index request_by_reason;
create index request_by_reason on refund_request (account_id, reason, created_at desc, id desc);
create index request_by_channel on refund_request (account_id, channel, created_at desc, id desc);
create index request_by_currency on refund_request (account_id, currency, created_at desc, id desc);

create index decision_by_rule on decision (account_id, rule, at desc) where by = 'policy';
create index decision_of_policy on decision (account_id, verdict, at desc) where by = 'policy';
create index decision_of_people on decision (account_id, at desc) where by like 'staff:%' or by like 'api\_key:%';

create index audit_by_kind_of_actor on audit (account_id, split_part(actor, ':', 1), seq desc);
create index audit_by_actor on audit (account_id, actor, seq desc);
create index audit_by_action on audit (account_id, action, seq desc);

create index refund_by_request on refund (account_id, request_id, created_at desc);
