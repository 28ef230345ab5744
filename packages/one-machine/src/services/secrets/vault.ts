import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writePrivately } from '../../guard/private-files.ts';
import { ServiceError } from '../service-error.ts';
import { type Generation, generate } from './generate.ts';

/** A secret as the template describes it. */
export interface SecretDescription {
  /** The name. */
  readonly id: string;
  readonly arn: string;
  /** How to make the value when there is none; without it, 32 random characters. */
  readonly generate?: Generation;
  /** Wins over what the file holds. */
  readonly value?: string;
}

/** A secret with its one version. */
export interface StoredSecret {
  readonly id: string;
  readonly arn: string;
  readonly value: string;
  readonly version: string;
  readonly changedAt: Date;
}

/** The secrets of one file. */
export interface Vault {
  /** By name or ARN; ResourceNotFoundException otherwise. */
  find(id: string): StoredSecret;
  list(): StoredSecret[];
  /** Returns when the new value is in the file. */
  put(id: string, value: string, version?: string): Promise<StoredSecret>;
}

type Entries = Record<string, { value: string; version: string; changedAt: string }>;

/** Opens the file, with a value for every secret described; secrets that are no longer described stay in it. */
export async function openVault(file: string, descriptions: readonly SecretDescription[]): Promise<Vault> {
  const entries = await readEntries(file);
  for (const description of descriptions) {
    const kept = entries[description.id];
    const value = description.value ?? kept?.value ?? generate(description.generate ?? { length: 32 });
    if (value !== kept?.value) entries[description.id] = newEntry(value);
  }
  await writeEntries(file, entries);

  const list = () => descriptions.map((description) => stored(description, entries));
  const find = (id: string) => {
    const found = list().find((secret) => secret.id === id || secret.arn === id);
    if (found) return found;
    throw new ServiceError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };
  // One write after the other, each of the whole file.
  let writing = Promise.resolve();
  return {
    find,
    list,
    async put(id, value, version) {
      const secret = find(id);
      entries[secret.id] = newEntry(value, version);
      writing = writing.catch(() => undefined).then(() => writeEntries(file, entries));
      await writing;
      return find(id);
    },
  };
}

function newEntry(value: string, version: string = randomUUID()): Entries[string] {
  return { value, version, changedAt: new Date().toISOString() };
}

function stored({ id, arn }: SecretDescription, entries: Entries): StoredSecret {
  const entry = entries[id];
  if (!entry) throw new Error(`The secret ${id} has no value`);
  return { id, arn, value: entry.value, version: entry.version, changedAt: new Date(entry.changedAt) };
}

async function readEntries(file: string): Promise<Entries> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  return JSON.parse(text) as Entries;
}

async function writeEntries(file: string, entries: Entries): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writePrivately(file, `${JSON.stringify(entries, undefined, 2)}\n`);
}
