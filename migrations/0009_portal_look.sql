-- 0009: the ways into the portal, and how it looks.
set local lock_timeout = '5s';

-- Whose payment it is -------------------------------------------------------------------------------------------------

-- Somebody who paid without a customer object in Stripe is known by the e-mail address that the receipt went to. The
-- address itself stays out of the journal and the audit trail, so it is named by its hash.
create function guest_of(email text) returns text
  language sql immutable strict parallel safe
  return 'guest_' || left(encode(sha256(convert_to(lower(btrim(email)), 'UTF8')), 'hex'), 32);

alter table payment
  add column receipt_number text,
  add column owner_id text generated always as (coalesce(customer_id, guest_of(nullif(btrim(receipt_email), '')))) stored;
create index payment_by_owner on payment (account_id, owner_id, paid_at desc);
create index payment_by_number_of_invoice on payment (account_id, lower(invoice_number)) where invoice_number is not null;
create index payment_by_number_of_receipt on payment (account_id, lower(receipt_number)) where receipt_number is not null;

-- Stripe may know one person as several customers: `also` are the others that a session may see.
alter table portal_link add column also text[] not null default '{}';
alter table portal_session add column also text[] not null default '{}';

-- Ways in -------------------------------------------------------------------------------------------------------------

-- Somebody asked for a link by e-mail. Whether anything is known about the address is looked up by the work behind it, so
-- that the answer takes as long and says the same for every address.
create table portal_sign_in (
  account_id   text not null references account,
  id           text not null,                    -- psi_…
  email        text not null,                    -- as it was typed
  number       text,                             -- of a receipt or an invoice
  language     text not null,
  browser_hash text not null,                    -- sha256 of the cookie of the browser that asked
  code_hash    text not null,                    -- of the six digits that were shown there
  wrong_codes  integer not null default 0,
  token_hash   text,                             -- sha256 of the link's token, once a link was sent
  owners       text[] not null default '{}',
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  used_at      timestamptz,
  tries        integer not null default 0,
  next_at      timestamptz,
  lease_until  timestamptz,
  primary key (account_id, id),
  unique (account_id, token_hash)
);
create index portal_sign_in_due on portal_sign_in (account_id, next_at) where next_at is not null;

-- Keys by which the merchant's own backend signs links. One algorithm per key, never the one that a token names.
create table portal_key (
  account_id text not null references account,
  id         text not null,                      -- pk_…: the token's `kid`
  name       text not null,
  alg        text not null check (alg in ('EdDSA', 'HS256')),
  issuer     text not null,                      -- what `iss` must say
  -- SPKI in PEM. An HS256 secret is derived from the installation's key and this id, so that no table holds it.
  public_key text,
  created_at timestamptz not null,
  created_by text not null,
  revoked_at timestamptz,
  primary key (account_id, id),
  constraint a_public_key_for_eddsa_and_none_for_hs256 check ((alg = 'EdDSA') = (public_key is not null))
);

-- Tokens that were used. Kept until they would be refused for their age.
create table portal_jti (
  account_id text not null references account,
  key_id     text not null,
  jti        text not null,
  expires_at timestamptz not null,
  primary key (account_id, key_id, jti)
);

-- How often something was tried (rate-limiter-flexible's columns).
create table rate_limit (
  key    text primary key,
  points integer not null default 0,
  expire bigint
);

-- Look and words ------------------------------------------------------------------------------------------------------

create table portal_look (
  account_id text primary key references account,
  look       jsonb not null,                     -- src/domain/portal-look.ts
  logo       bytea check (octet_length(logo) <= 524288),
  logo_type  text check (logo_type in ('image/png', 'image/jpeg', 'image/webp')),
  changed_at timestamptz not null,
  constraint a_logo_has_its_type check ((logo is null) = (logo_type is null))
);

-- The merchant's own words for a sentence of the portal.
create table portal_text (
  account_id text not null references account,
  language   text not null,
  key        text not null,                      -- "then.refund_button"
  text       text not null,
  primary key (account_id, language, key)
);

-- What stood beside a refund, and whether it was chosen. Once for each payment, however often it was looked at.
create table portal_alternative (
  account_id text not null references account,
  name       text not null,
  payment_id text not null,
  shown_at   timestamptz not null,
  taken_at   timestamptz,
  primary key (account_id, name, payment_id)
);
