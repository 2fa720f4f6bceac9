-- 0007: the desk: questions to the customer, and what staff need to work together.
set local lock_timeout = '5s';

-- Questions -----------------------------------------------------------------------------------------------------------

-- What staff want to know from the customer before they decide. The request waits for the customer meanwhile.
create table question (
  account_id  text not null references account,
  id          text not null,                      -- que_…
  request_id  text not null,
  question    text not null,
  asked_by    text not null,                      -- staff:… · api_key:…
  asked_at    timestamptz not null,
  answer_by   timestamptz not null,               -- without an answer until then, the request is back with staff
  answer      text,
  answered_by text,                               -- customer:cus_…
  answered_at timestamptz,
  closed_at   timestamptz,                        -- over without an answer: decided, withdrawn, or taken too long
  primary key (account_id, id),
  foreign key (account_id, request_id) references refund_request,
  constraint answered_or_not
    check ((answer is null) = (answered_at is null) and (answer is null) = (answered_by is null)),
  constraint answered_or_over check (answered_at is null or closed_at is null)
);
create unique index one_open_question_per_request on question (account_id, request_id)
  where answered_at is null and closed_at is null;
create index question_by_request on question (account_id, request_id, asked_at);
create index question_open on question (account_id, answer_by) where answered_at is null and closed_at is null;

-- Since when the request waits for the customer's answer; null when it doesn't.
alter table refund_request add column asked_at timestamptz;

-- Work on a request ---------------------------------------------------------------------------------------------------

alter table refund_request
  add column snoozed_until timestamptz,           -- out of the queue until then; comes back by itself
  add column escalated_to text check (escalated_to in ('support', 'approver', 'finance', 'owner')),
  add column merged_into text,                    -- rr_…: where it goes on
  add constraint merged_has_its_aim check ((status = 'merged') = (merged_into is not null));
create index request_snoozed on refund_request (account_id, snoozed_until) where snoozed_until is not null;
create index request_merged_here on refund_request (account_id, merged_into) where merged_into is not null;

-- Who was named in a note. The note itself stands in the audit trail.
create table mention (
  account_id text not null references account,
  request_id text not null,
  staff_id   text not null references staff on delete cascade,
  by         text not null,
  at         timestamptz not null,
  seen_at    timestamptz,
  primary key (account_id, staff_id, request_id),
  foreign key (account_id, request_id) references refund_request
);

-- Until then a person's approval can be taken back and nothing is sent; null for what the policy or an API key approved.
alter table refund add column undo_until timestamptz;

-- Who may approve what -------------------------------------------------------------------------------------------------

-- What an owner has set for the desk (src/domain/desk.ts); what is not in it has a default in the code.
create table desk (
  account_id text primary key references account,
  settings   jsonb not null,
  changed_by text not null,
  changed_at timestamptz not null
);

-- Since when somebody has this role: who got it less than a day ago is not the second of two.
alter table staff add column role_since timestamptz not null default now();
create function note_role_change() returns trigger language plpgsql as $$
begin
  new.role_since := now();
  return new;
end $$;
create trigger staff_role_since before update of role on staff for each row
  when (old.role is distinct from new.role) execute function note_role_change();

-- Somebody is away and a colleague decides in their place, with their right, until they are back.
create table absence (
  staff_id   text primary key references staff on delete cascade,
  deputy_id  text not null references staff on delete cascade,
  from_at    timestamptz not null,
  until_at   timestamptz not null,
  set_by     text not null,
  constraint nobody_stands_in_for_themselves check (staff_id <> deputy_id),
  constraint ends_after_it_begins check (until_at > from_at)
);
create index absence_by_deputy on absence (deputy_id);

-- What a person approved on a day, for their daily limit.
create index decision_by_person on decision (account_id, by, at) where verdict = 'approve' and by <> 'policy';

-- Time ------------------------------------------------------------------------------------------------------------------

-- When the assignee was reminded that a request is due soon.
alter table refund_request add column reminded_at timestamptz;
-- What can still be taken back by whoever denied it.
create index decision_denied on decision (account_id, by, at) where verdict = 'deny' and by <> 'policy';

-- Working together ------------------------------------------------------------------------------------------------------

-- Who has which request open. Worth nothing after fifteen seconds, so it need not survive a crash.
create unlogged table presence (
  account_id text not null,
  staff_id   text not null,
  request_id text not null,
  seen_at    timestamptz not null,
  primary key (account_id, staff_id)
);

create table saved_view (
  account_id text not null references account,
  id         text not null,                       -- view_…
  staff_id   text not null references staff on delete cascade,
  name       text not null,
  search     jsonb not null,                      -- as it stands in the address bar
  shared     boolean not null,
  created_at timestamptz not null,
  primary key (account_id, id)
);
