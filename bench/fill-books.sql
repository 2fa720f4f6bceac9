-- A merchant's books of three years: :requests requests, with their customers, payments, decisions, refunds and audit trail.
-- In the proportions of a subscription business; one in a hundred requests still waits for a person. Names and addresses are
-- made of numbers. Nothing here is true, so triggers rest meanwhile.
set session_replication_role = replica;
set synchronous_commit = off;
set maintenance_work_mem = '256MB';

insert into customer (account_id, id, email, name, country, locale, created_at, seen_at)
select $account, 'cus_' || substr(md5('c' || i), 1, 14),
  lower(f.first) || '.' || lower(l.last) || case when i % 7 = 0 then '' else i::text end || '@' ||
    case when i % 5 < 3 then 'mail' || i % 40 || '.example' else lower(l.last) || '-' || i % 9000 || '.example' end,
  f.first || ' ' || l.last, 'DE', 'en', now() - i % 1200 * interval '1 day', now()
from generate_series(1, $requests * 4 / 10) i
cross join lateral (select (array['Amara','Bela','Chiara','Dmitri','Elif','Farid','Greta','Hiro','Ines','Jonas','Kaya','Lars','Mona','Nils','Odette',
  'Pavel','Quinn','Rosa','Sven','Tara','Uwe','Vera','Wanda','Xenia','Yara','Zoe'])[1 + i % 26] as first) f
cross join lateral (select (array['Abara','Bergmann','Costa','Duarte','Eriksen','Fontaine','Grimaldi','Hofer','Ivanova','Jansen','Kowalski','Lindqvist',
  'Moreau','Nakamura','Okonkwo','Petrov','Quist','Rossi','Schneider','Tanaka','Ulrich','Varga','Weber','Ximenes','Yilmaz','Zimmer','Adeyemi',
  'Brandt','Castellanos'])[1 + i / 26 % 29] as last) l;

insert into payment (account_id, id, customer_id, description, captured_minor, reserved_minor, currency, paid_at, captured, stripe_payment_intent,
  stripe_charge, method, card_brand, card_last4, card_fingerprint, dispute, fraud_warning, product_id, product_name, interval, invoice_number, seen_at)
select $account, 'pay_' || lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || substr(md5('p' || i), 1, 20),
  customer, plan, amount,
  case when i <= $requests and i % 10 < 6 and i % 100 <> 7 then amount else 0 end, case when i % 5 = 0 then 'eur' else 'usd' end, at, true,
  'pi_' || substr(md5('i' || i), 1, 24), 'ch_' || substr(md5('h' || i), 1, 24), 'card', 'visa', lpad((i::bigint * 7919 % 10000)::text, 4, '0'),
  substr(md5('f' || i % ($requests * 4 / 10)), 1, 16), case when i % 400 = 3 then 'open' else 'none' end, i % 900 = 5, 'prod_' || i % 24, plan,
  'month', 'INV-' || lpad(i::text, 8, '0'), now()
from (
  select i, now() - interval '1100 days' * (1 - i::float / ($requests * 5 / 4)) as at, 'cus_' || substr(md5('c' || 1 + i % ($requests * 4 / 10)), 1, 14) as customer,
    (array['Studio monthly','Studio yearly','Team monthly','Field guide','Workshop: colour','Archive access'])[1 + i * 31 % 17 % 6] as plan,
    (array[900, 1900, 2900, 4900, 9900, 29000])[1 + i * 31 % 17 % 6] + case when i % 50 = 0 then i % 97 else 0 end as amount
  from generate_series(1, $requests * 5 / 4) i) made;

create temp table asked as
select row_number() over (order by p.paid_at, p.id) as i, p.*, p.paid_at + interval '3 days' as at from (select * from payment where account_id = $account order by paid_at, id limit $requests) p;
-- Who still waits is among the newest; the rest has its answer.
alter table asked add column status text, add column rr text, add column df text;
update asked set rr = 'rr_' || lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || substr(md5('r' || i), 1, 20),
  df = lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || substr(md5('d' || i), 1, 20),
  status = case when i > $requests - $requests / 100 then case when i % 20 = 0 then 'failed' else 'in_review' end
    when reserved_minor > 0 then 'refunded' when i % 10 = 9 then 'withdrawn' when i % 1000 = 7 then 'failed' else 'denied' end;

insert into refund_request (account_id, id, status, payment_id, customer_id, currency, reason, comment, channel, created_by, created_at, decided_at, closed_at,
  due_at, assignee, asked_at, snoozed_until, escalated_to)
select $account, rr, status, id, customer_id, currency,
  (array['changed_mind','unwanted_renewal','product_unsatisfactory','too_expensive','missing_feature','other','duplicate'])[1 + i % 31 % 7], 'I do not need it any more.',
  case when i % 10 < 7 then 'portal' when i % 10 = 7 then 'admin' else 'api' end, 'customer:' || customer_id, at,
  case when status <> 'in_review' then at + interval '2 minutes' end, case when status in ('refunded', 'denied', 'withdrawn') then at + interval '1 hour' end,
  case when status in ('in_review', 'failed') then now() + (i % 96 - 24) * interval '1 hour' end,
  case when i % 9 = 0 then 'staff:colleague' end, case when status = 'in_review' and i % 12 = 5 then at end,
  case when status = 'in_review' and i % 25 = 6 then now() + interval '1 day' end, case when i % 50 = 8 then 'finance' end
from asked;

insert into decision (account_id, id, request_id, verdict, by, amount_minor, currency, rule, policy_version, access, explanation, facts, at)
select $account, 'dec_' || df, rr, case when status = 'denied' then 'deny' when i % 10 < 4 and status = 'refunded' then 'approve' else 'review' end, 'policy', captured_minor, currency,
  case when i % 20000 = 11 then 'charged-twice' else (array['money-back','one-off-within-14-days','used-too-much','annual-pro-rata','too-late','large-amount'])[1 + i % 13 % 6] end, 1, 'now',
  '{"because": "The share used is not known, so a person looks.", "findings": [], "approvers": {"role": "support", "count": 1}}', '{}', at + interval '1 second'
from asked;
insert into decision (account_id, id, request_id, verdict, by, amount_minor, currency, access, at)
select $account, 'dec_' || substr(df, 1, 12) || substr(md5('s' || i), 1, 20), rr, case when status = 'refunded' then 'approve' else 'deny' end, 'staff:colleague', captured_minor, currency, 'now', at + interval '1 hour'
from asked where i % 10 between 4 and 6 and status in ('refunded', 'denied');

insert into refund (account_id, id, status, payment_id, request_id, decision_id, amount_minor, currency, access, origin, stripe_refund_id, created_at, settled_at, first_sent_at)
select $account, 'rf_' || df, case when status = 'failed' then 'failed' else 'succeeded' end, id, rr, 'dec_' || df, captured_minor, currency, 'now', 'stripe',
  're_' || substr(md5('x' || i), 1, 24), at + interval '2 minutes', at + interval '1 day', at + interval '2 minutes'
from asked where status in ('refunded', 'failed');

insert into audit (account_id, at, actor, action, subject_id)
select $account, at + n * interval '1 minute', case n when 0 then 'customer:' || customer_id when 1 then case when i % 10 between 4 and 6 then 'staff:colleague' else 'policy' end else 'stripe' end,
  case n when 0 then 'request.submitted' when 1 then case when status = 'denied' then 'request.denied' when status = 'in_review' then 'request.in_review' else 'request.approved' end else 'refund.succeeded' end, rr
from asked, generate_series(0, 2) n where n < 2 or status = 'refunded' order by at, n;
insert into exception (account_id, id, kind, subject_id, because, cure, owner_role, opened_at, due_at)
select $account, 'exc_' || substr(md5('e' || i), 1, 32), 'refund_failed', 'rf_' || df, 'The bank sent it back.', 'Ask the customer.', 'finance', at, now()
from asked where status = 'failed' and i > $requests - $requests / 100;
drop table asked;
set session_replication_role = default;
