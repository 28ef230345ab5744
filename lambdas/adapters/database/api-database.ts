import { type Database, openDatabase } from '../database.ts';

// Somebody waits: better told to come back (503) than left until the gateway's 30 s are over.
const connectTimeoutMs = 8000;

const opened = new Map<string, Database<never>>();

/** The database of a function that answers people: one connection for all its parts, whichever asks first. */
export function apiDatabase<T>(url: string): Database<T> {
  const known = opened.get(url) ?? openDatabase<never>({ url, connectTimeoutMs });
  opened.set(url, known);
  // What tables there are is the caller's to say; the connection is the same.
  return known as unknown as Database<T>;
}
