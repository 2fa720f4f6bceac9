-- What the merchant calls a customer in Stripe: the metadata `tags`, cut at its commas.
alter table customer add column tags text[] not null default '{}';
