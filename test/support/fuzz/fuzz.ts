import fc from 'fast-check';
import { asker } from './ask.ts';
import { type Document, named, type Operation, operationsOf } from './document.ts';
import { judgeBy } from './judge.ts';
import { type Request, requestsOf } from './requests.ts';
import type { Schema } from './values.ts';

export interface FuzzOptions {
  readonly document: Document;
  /** Where the API is. */
  readonly base: string;
  /** What opens it. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** Requests for each route. */
  readonly requests: number;
  readonly seed: number;
  /** Of the whole; each route gets an equal share of it, and is asked five times in any case. */
  readonly timeLimitMs: number;
}

/** An answer that is not as documented, with what it takes to see it again. */
export interface Finding {
  readonly route: string;
  readonly fault: string;
  readonly request: Request;
}

export interface Fuzzed {
  readonly findings: readonly Finding[];
  /** How often each route was asked. */
  readonly asked: Readonly<Record<string, number>>;
  /** How often each status came. */
  readonly statuses: Readonly<Record<number, number>>;
}

// As many routes at once as leave a machine of two cores something for the answers.
const lanes = 3;
const atLeast = 5;

const changes = ({ method }: Operation) => Number(method !== 'GET');

/** Asks every route of a document again and again; of each route the first wrong answer is told, with its smallest request. */
export async function fuzz(options: FuzzOptions): Promise<Fuzzed> {
  const { document, base, headers, seed } = options;
  const client = asker(base, headers);
  const judge = judgeBy(document);
  const resolve = (reference: string) => named(document, reference) as Schema;
  // What is only read comes first: what the others set going takes its time.
  const left = operationsOf(document).toSorted((one, other) => changes(one) - changes(other));
  const shareMs = (options.timeLimitMs * lanes) / left.length;
  const asked: Record<string, number> = {};
  const statuses: Record<number, number> = {};
  const findings: Finding[] = [];

  const examine = async (operation: Operation) => {
    const route = `${operation.method} ${operation.path}`;
    const until = Date.now() + shareMs;
    asked[route] = 0;
    let last: Finding | undefined;
    const property = fc.asyncProperty(requestsOf(operation, resolve), async (request) => {
      const before = asked[route] ?? 0;
      if (before >= atLeast && Date.now() > until) return true;
      const answer = await client.ask(request);
      asked[route] = before + 1;
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      const fault = judge(operation, request, answer);
      if (fault !== undefined) last = { route, fault, request };
      return fault === undefined;
    });
    const details = await fc.check(property, { seed, numRuns: options.requests });
    if (details.failed && last) findings.push(last);
  };

  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) await examine(next);
  };
  try {
    await Promise.all(Array.from({ length: lanes }, work));
  } finally {
    client.close();
  }
  return { findings, asked, statuses };
}
