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
