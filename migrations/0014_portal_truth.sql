-- A person's answer can be taken back for some seconds, and nobody is told before they are over. The portal does not show it
-- before either. Every move of the request sets it anew; null: the answer stands.
alter table refund_request add column undo_until timestamptz;
