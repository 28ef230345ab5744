import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, copyFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { startPostgres } from 'one-machine/services/postgres.ts';
import pg from 'pg';

/** A PostgreSQL as functions of the template meet Aurora: over TLS only, under the owner's name that the template gives. */
export interface PostgresOverTls {
  readonly address: string;
  /** The owner's; who comes is let in by name, as IAM has no token here that a server could check. */
  readonly password: string;
  /** A file with the authority that its certificate is of. */
  readonly authority: string;
  /** Of the superuser, in the application's database. */
  rows(statement: string): Promise<Record<string, unknown>[]>;
  /** Throws everything away, as a cluster that is deleted does. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

const database = 'millrace';
const owner = 'millrace_admin';
const run = promisify(execFile);

/** Starts one in a folder of its own. */
export async function startPostgresOverTls(directory: string): Promise<PostgresOverTls> {
  const postgres = await startPostgres({ directory, name: database });
  const asked = async (statement: string, of = database) => {
    const client = new pg.Client({ connectionString: postgres.url('postgres', of) });
    await client.connect();
    try {
      return (await client.query(statement)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  const authority = path.join(directory, 'authority.pem');
  await takeOnlyTls(directory, authority, asked);
  await asked(`CREATE ROLE ${owner} LOGIN SUPERUSER`);
  return {
    address: `127.0.0.1:${postgres.port}`,
    password: randomBytes(24).toString('hex'),
    authority,
    rows: asked,
    async empty() {
      await asked(`DROP DATABASE ${database} WITH (FORCE)`, 'postgres');
      await asked(`CREATE DATABASE ${database}`, 'postgres');
    },
    stop: () => postgres.stop(),
  };
}

/** Only this machine reaches the port. The superuser's own way in, by password, stays. */
const access = `local all all scram-sha-256
host all postgres 127.0.0.1/32 scram-sha-256
hostssl all all 127.0.0.1/32 trust
`;

async function takeOnlyTls(
  directory: string,
  authority: string,
  asked: (statement: string) => Promise<Record<string, unknown>[]>,
): Promise<void> {
  const [settings] = await asked('SHOW data_directory');
  const data = String(settings?.data_directory);
  const key = path.join(directory, 'server.key');
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    ...subject,
    '-keyout',
    key,
    '-out',
    authority,
  ]);
  const { uid, gid } = await stat(data);
  for (const [from, to] of [
    [key, 'server.key'],
    [authority, 'server.crt'],
  ] as const) {
    await copyFile(from, path.join(data, to));
    await chown(path.join(data, to), uid, gid);
  }
  await writeFile(path.join(data, 'pg_hba.conf'), access);
  await asked("ALTER SYSTEM SET ssl = 'on'");
  await asked('SELECT pg_reload_conf()');
}
