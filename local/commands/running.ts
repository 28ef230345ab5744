import { readLock } from 'one-machine/lock.ts';
import * as z from 'zod';
import { settingsFromEnvironment } from '../settings.ts';

/** Asks the stack that runs on this checkout. Throws in words when none does or when it refuses. */
export async function ask(route: string, body: unknown): Promise<unknown> {
  const lock = await readLock(settingsFromEnvironment().directory);
  if (!lock?.url) throw new Error(lock ? 'Millrace is still starting.' : 'Millrace is not running: npm start');
  const response = await fetch(`${lock.url}${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `The console answered ${response.status}`);
  return answer;
}

const addresses = z.object({ api: z.url(), s3: z.url(), sqs: z.url(), secrets: z.url(), database: z.url() });

/** Where the parts of the stack that runs on this checkout are. Throws in words when none does. */
export async function runningStack(): Promise<z.output<typeof addresses>> {
  const lock = await readLock(settingsFromEnvironment().directory);
  if (!lock?.url) throw new Error(lock ? 'Millrace is still starting.' : 'Millrace is not running: npm start');
  return addresses.parse(await (await fetch(`${lock.url}/stack`)).json());
}

/** The variables of a function of the running stack as its template has them: names and addresses, no password. */
export async function variablesOf(name: string): Promise<Readonly<Record<string, string>>> {
  return z.record(z.string(), z.string()).parse(await ask('/variables', { function: name }));
}

/** What a command was given as JSON. Throws in words where it is none. */
export function jsonOf(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${what} is no JSON: ${text.slice(0, shownCharacters)}`);
  }
}

// A line of a terminal; a file may be long.
const shownCharacters = 120;

/** Runs a command and ends the process with its result: the answer on standard output, a failure in words and status 1. */
export async function command(work: () => Promise<unknown>): Promise<never> {
  try {
    process.stdout.write(`${JSON.stringify(await work(), null, 2)}\n`);
    // With the status that the work has set: an answer may tell of a failure.
    process.exit();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
