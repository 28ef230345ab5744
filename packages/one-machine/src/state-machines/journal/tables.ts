import type pg from 'pg';

/**
 * Payloads are `json`, not `jsonb`: it keeps the text, hence the order of keys, as AWS does.
 * `owner` is the start of the runtime that works on an execution; a process that outlived its successor's start can
 * write nothing more.
 */
const tables = `
create schema if not exists local;
create sequence if not exists local.owners;

create table if not exists local.executions (
  id bigint generated always as identity primary key,
  arn text not null unique,
  name text not null,
  machine_arn text not null,
  machine_name text not null,
  role_arn text not null,
  definition json not null,
  input json not null,
  started_at timestamptz not null,
  owner bigint not null,
  status text not null default 'RUNNING'
    check (status in ('RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')),
  stopped_at timestamptz,
  output json,
  error text,
  cause text,
  -- Whether those who want to know of its end have been told.
  announced boolean not null default false
);
create index if not exists executions_of_machine on local.executions (machine_arn, id);
create index if not exists executions_unfinished on local.executions (id) where status = 'RUNNING' or not announced;

create table if not exists local.frames (
  execution_id bigint not null references local.executions,
  path text not null,
  state text not null,
  entered_at timestamptz not null,
  wake_at timestamptz,
  last_event integer not null,
  finished boolean not null,
  input json not null,
  variables json not null,
  retries json not null,
  fan_out json,
  output json,
  primary key (execution_id, path)
);

-- Folders of earlier versions have frames without them.
alter table local.frames add column if not exists entered_event integer not null default 0;
alter table local.frames add column if not exists entered_after integer not null default 0;

create table if not exists local.events (
  execution_id bigint not null references local.executions,
  id integer not null,
  at timestamptz not null,
  type text not null,
  previous integer not null,
  details json,
  primary key (execution_id, id)
);
`;

/** Makes what isn't there yet. */
export async function createTables(pool: pg.Pool): Promise<void> {
  await pool.query(tables);
}
