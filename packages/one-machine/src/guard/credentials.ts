import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { writePrivately } from './private-files.ts';

/** A key pair as AWS gives them out. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const keptCredentials = z.object({
  aws: z.object({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) }),
  /** One for each role of the database. */
  database: z.object({ postgres: z.string().min(1) }).catchall(z.string().min(1)),
});

/** What the parts of one stack show each other: made for its folder once, readable by its owner alone. */
export type StackCredentials = z.output<typeof keptCredentials>;

/** Those of a folder, made when there are none, also for one more role. */
export async function stackCredentials(directory: string, role?: string): Promise<StackCredentials> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const kept = await readFile(fileOf(directory), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const found = kept === undefined ? undefined : keptCredentials.parse(JSON.parse(kept));
  if (found !== undefined && (role === undefined || found.database[role] !== undefined)) return found;
  const { aws, database } = found ?? newCredentials();
  const made = { aws, database: { ...database, ...(role === undefined ? {} : { [role]: password() }) } };
  await writePrivately(fileOf(directory), `${JSON.stringify(made, undefined, 2)}\n`);
  return made;
}

function newCredentials(): StackCredentials {
  return {
    // The form that tools expect of an access key: 20 characters, the first four say that it is a user's.
    aws: { accessKeyId: `AKIA${base32(16)}`, secretAccessKey: randomBytes(30).toString('base64') },
    database: { postgres: password() },
  };
}

function fileOf(directory: string): string {
  return path.join(directory, 'credentials.json');
}

// 192 random bits, in characters that need no escape in an address.
function password(): string {
  return randomBytes(24).toString('base64url');
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
}
