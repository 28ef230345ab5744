import { type Database, openDatabase } from '../database.ts';

// A caller waits: an early 503 is better than the gateway's own after 30 s.
const connectTimeoutMs = 8000;

const opened = new Map<string, Database<never>>();

/** The database of a function that answers people: one connection for all its parts, whichever asks first. */
export function apiDatabase<T>(url: string): Database<T> {
  const known = opened.get(url) ?? openDatabase<never>({ url, connectTimeoutMs });
  opened.set(url, known);
  // What tables there are is the caller's to say; the connection is the same.
  return known as unknown as Database<T>;
}
