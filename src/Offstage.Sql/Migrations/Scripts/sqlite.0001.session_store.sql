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
