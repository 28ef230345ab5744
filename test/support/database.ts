import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Postgres, startPostgres } from 'one-machine/services/postgres.ts';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../../lambdas/adapters/database.ts';
import { copyCluster } from '../../packages/one-machine/test/support/clusters.ts';

/** A real database of a test file's own, migrated to the newest. */
export interface TestDatabase<T> {
  /** As the functions see it: role millrace_app, one connection. */
  readonly app: Database<T>;
  /** As the superuser. */
  readonly admin: Database<T>;
  /** One more pool of the functions' kind, for what happens at once. Closed with the rest. */
  another(): Database<T>;
  /** The superuser's address. */
  readonly url: string;
  stop(): Promise<void>;
}

let server: Promise<Postgres> | undefined;
let made = 0;

/**
 * Makes a database on an embedded PostgreSQL, which the files of a process share: a copy of the one that every migration
 * ran in. Roles and settings of the server are everybody's; who changes those starts a server alone.
 */
export async function startTestDatabase<T>(): Promise<TestDatabase<T>> {
  server ??= startServer();
  const { url } = await server;
  made += 1;
  const name = `millrace_${made}`;
  await administer(url('postgres', 'postgres'), [
    // Its files as they are: the other way writes each of their pages to the log.
    `create database ${name} template millrace strategy file_copy`,
    // What a database grants is no part of its copy.
    `grant connect, temporary on database ${name} to millrace_app`,
  ]);
  const opened: Database<T>[] = [];
  const open = (role: string) => {
    const database = openDatabase<T>({ url: url(role, name) });
    opened.push(database);
    return database;
  };
  const admin = open('postgres');
  return {
    app: open('millrace_app'),
    admin,
    another: () => open('millrace_app'),
    url: url('postgres', name),
    async stop() {
      await Promise.all(opened.map((database) => database.close()));
      await administer(url('postgres', 'postgres'), [`drop database ${name} with (force)`]);
    },
  };
}

/** It ends with this process; its folder goes with the clusters that it is a copy of. */
async function startServer(): Promise<Postgres> {
  const home = await mkdtemp(join(inject('clusters'), 'server-'));
  await chmod(home, 0o755);
  const directory = join(home, 'postgres');
  await copyCluster('migrated', directory);
  return startPostgres({ name: 'millrace', directory });
}

async function administer(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
