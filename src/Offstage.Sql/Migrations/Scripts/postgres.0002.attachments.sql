-- What came with prompts besides their text.
create table attachments (
    attachment_id text collate "C" not null primary key,
    session_id text collate "C" not null references sessions (session_id) on delete cascade,
    name text not null,
    media_type text not null,
    data bytea not null
);
create index attachments_by_session on attachments (session_id);

-- What agents said and nothing else describes is kept for a time only.
create index events_raw on events (at) where kind = 'agent.raw';
