import type { Caller } from '#kit/api/authentication.ts';
import { textParameter } from '#kit/api/parameters.ts';
import { ForbiddenError, InvalidInputError, NotFoundError, PermanentError, TooManyRequestsError } from '#kit/errors.ts';

export type QueryState = 'running' | 'succeeded' | 'failed' | 'stopped';

/** A question that was asked, and what became of it. */
export interface AskedQuery {
  readonly id: string;
  readonly sql: string;
  readonly state: QueryState;
  readonly reason: string | undefined;
  readonly asked: Date;
  readonly ended: Date | undefined;
  readonly scannedBytes: number;
}

export interface QueryRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** There are more. */
  readonly isCut: boolean;
}

/** Where people's questions are answered. */
export interface QueryEngine {
  /** Throws {@link PermanentError} for what it can't parse. */
  start(sql: string): Promise<string>;
  find(id: string): Promise<AskedQuery | undefined>;
  /** The newest. */
  recent(): Promise<readonly AskedQuery[]>;
  /** The first rows of one that has succeeded, as many as `most` allows; none where they are not kept any more. */
  rows(id: string, most: RowLimit): Promise<QueryRows | undefined>;
  stop(id: string): Promise<void>;
}

export interface RowLimit {
  readonly rows: number;
  /** Of all cells together. */
  readonly characters: number;
}

/** What one question may take. The work group bounds the bytes that it reads: lib/constructs/tables/analytics.ts. */
export const queryLimits = {
  /** Far more rows than a person reads; for all rows there are counts and exports. */
  rows: 1000,
  /** A character is six bytes of an answer at most, of which Lambda sends 6 MB. */
  characters: 800_000,
  seconds: 60,
  /** Of everybody together. */
  running: 3,
} as const;

/** A query as it is sent. */
export const sqlText = textParameter({ min: 1, max: 20_000 }).meta({
  examples: ['SELECT county, count(*) AS deals FROM deals GROUP BY county'],
});

/** Starts a question, after those that have taken too long are stopped. */
export async function ask(sql: string, engine: QueryEngine, now: Date): Promise<string> {
  const fault = faultOf(sql);
  if (fault !== undefined) throw new InvalidInputError({ json: { sql: [fault] } });
  let running = 0;
  for (const query of await engine.recent()) {
    if (query.state !== 'running') continue;
    if (isOverdue(query, now)) await engine.stop(query.id);
    else running += 1;
  }
  if (running >= queryLimits.running)
    throw new TooManyRequestsError(`${running} questions are being answered. Wait for one, or stop one.`, 5);
  return engine.start(sql).catch((error: unknown) => {
    throw error instanceof PermanentError ? new InvalidInputError({ json: { sql: [error.message] } }) : error;
  });
}

/** A question as it is now; one that has taken too long is stopped. Throws {@link NotFoundError} for none of ours. */
export async function tell(id: string, engine: QueryEngine, now: Date): Promise<AskedQuery & Partial<QueryRows>> {
  const query = await engine.find(id);
  if (!query) throw unknown(id);
  if (query.state === 'running' && isOverdue(query, now)) {
    await engine.stop(id);
    return explained({ ...query, state: 'stopped', ended: now });
  }
  if (query.state !== 'succeeded') return explained(query);
  const rows = await engine.rows(id, queryLimits);
  if (!rows) throw unknown(id);
  return { ...query, ...rows };
}

const unknown = (id: string) => new NotFoundError(`There is no query ${id}, or its answer is not kept any more.`);

/** With what to do about it, where the engine's own words do not say. */
function explained(query: AskedQuery): AskedQuery {
  const { state, reason = '', ended } = query;
  if (state === 'stopped' && ended && isOverdue(query, ended))
    return {
      ...query,
      reason: `It took longer than ${queryLimits.seconds} s. Ask about fewer days, or for less at once.`,
    };
  const hint = hints.find(([words]) => words.test(reason))?.[1];
  return hint === undefined ? query : { ...query, reason: `${hint} (${reason})` };
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/injected projected partition column/, "Say whose rows: WHERE tenant = '…'."],
  [/Bytes scanned limit/, 'It would read more than one query may. Ask about fewer days.'],
];

function isOverdue({ asked }: AskedQuery, now: Date): boolean {
  return now.getTime() - asked.getTime() > queryLimits.seconds * 1000;
}

/** The tables hold rows of all tenants: who works for some alone asks the routes of their workload. */
export function mayAskAll({ name, tenants = [] }: Caller): void {
  if (tenants.length === 0) return;
  throw new ForbiddenError(
    `Queries are over all tenants, and ${name} works with the data of ${tenants.join(', ')} alone.`,
  );
}

// Parts of a statement that are no keywords: comments, texts, quoted names.
const aside = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

/** Why a text is no question; `undefined` for one. The engine's own bounds hold whatever passes here. */
export function faultOf(sql: string): string | undefined {
  const words = sql.replaceAll(aside, (part) => (/^['"]/.test(part) ? (part[0] ?? '') : ' ')).trim();
  const statements = words.split(';').filter((one) => one.trim() !== '');
  if (statements.length === 0) return 'A query is missing: SELECT …';
  if (statements.length > 1) return 'One query at a time: there is a ; between two.';
  const [first = ''] = /^[\s(]*(\w*)/.exec(words)?.slice(1) ?? [];
  if (/^(select|with|values)$/i.test(first)) return undefined;
  return `Only SELECT is answered, not ${first === '' ? words.slice(0, 20) : first.toUpperCase()}: nothing is changed here.`;
}
