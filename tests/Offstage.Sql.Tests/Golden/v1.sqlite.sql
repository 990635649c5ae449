-- A database of version 1, with one row of everything. Never edited: every later version must read it.
-- Times are 100 ns ticks since 0001-01-01 UTC, as TimeProvider gives them. Ids sort by their bytes.
create table sessions (
    session_id text not null primary key,
    sequence integer not null check (sequence >= 1),
    status text not null,
    title text,
    agent text not null,
    repository text,
    created_by text,
    created_at integer not null,
    updated_at integer not null,
    wake_at integer,
    live_host text,
    deleted integer not null check (deleted in (0, 1)),
    state text not null
);
create index sessions_by_wake on sessions (wake_at) where wake_at is not null;
create index sessions_by_live_host on sessions (live_host) where live_host is not null;
create index sessions_by_status on sessions (status, session_id);

-- Clustered by session: a session's events are read in one sweep, and its appends touch one page.
create table events (
    session_id text not null references sessions (session_id) on delete cascade,
    sequence integer not null check (sequence >= 1),
    kind text not null,
    schema_version integer not null,
    at integer not null,
    data text not null,
    primary key (session_id, sequence)
) without rowid;

-- autoincrement: an ordinal is never given twice, even when the newest effect is gone.
create table outbox (
    ordinal integer primary key autoincrement,
    effect_id text not null unique,
    session_id text not null references sessions (session_id) on delete cascade,
    lane text not null,
    kind text not null,
    data text not null,
    attempts integer not null,
    due_at integer not null,
    error text,
    dead_at integer
);
create index outbox_by_session on outbox (session_id);
create index outbox_dead on outbox (ordinal) where dead_at is not null;

create table sandboxes (
    sandbox_id text not null primary key,
    session_id text not null references sessions (session_id) on delete cascade,
    host text not null,
    driver text not null,
    state text not null,
    updated_at integer not null
);
create index sandboxes_by_host on sandboxes (host);
create index sandboxes_by_session on sandboxes (session_id);

create table idempotency_keys (
    scope text not null,
    key text not null,
    fingerprint text not null,
    answer text not null,
    at integer not null,
    primary key (scope, key)
) without rowid;
create index idempotency_keys_by_time on idempotency_keys (at);

create table schema_migrations (
    component text not null,
    version bigint not null,
    name text not null,
    checksum text not null,
    applied_at bigint not null,
    primary key (component, version)
);
insert into schema_migrations values ('sessions', 1, 'session_store', 'a554dd4797704f3ad68230f6b68c726680c71d9e553d76f0b6d3987fff8fbb07', 639081975671234567);
insert into sessions values ('ses_golden', 2, 'idle', 'Gölden', 'codex', 'owner/name', 'ada', 639081975671234567, 639081975691234567, 639081976271234567, 'hst_1', 0, '{"nul":"\u0000"}');
insert into events values ('ses_golden', 1, 'turn_started', 1, 639081975671234568, '{"n":1}');
insert into events values ('ses_golden', 2, 'turn_started', 1, 639081975671234569, '{"n":2}');
insert into outbox (effect_id, session_id, lane, kind, data, attempts, due_at) values ('e1', 'ses_golden', 'agent', 'start_turn', '{"a":1}', 0, 639081975671234567);
insert into outbox (effect_id, session_id, lane, kind, data, attempts, due_at, error, dead_at) values ('e2', 'ses_golden', 'agent', 'start_turn', '{"a":1}', 8, 639081975671234567, 'no such agent', 639081975671234567);
insert into sandboxes values ('sbx_1', 'ses_golden', 'hst_1', 'process', 'ready', 639081975671234567);
insert into idempotency_keys values ('sessions', 'k', 'sha:k', 'ses_a', 639081975671234567);
