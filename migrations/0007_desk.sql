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
