-- 0003: links into the portal that work more than once. Only the demo makes them, so that the links it prints last for a day.
set local lock_timeout = '5s';

alter table portal_link add column reusable boolean not null default false;

-- What is over is deleted when somebody enters; these find it without reading the rest.
create index portal_link_expired on portal_link (account_id, expires_at);
create index portal_session_begun on portal_session (account_id, created_at);
