import * as z from 'zod';
import { checkInsideRoutes, checkOutsideRoutes } from '../../lambdas/platform/contract.ts';

/** Where an API is, and what opens it. */
export interface ApiAddress {
  readonly url: string;
  readonly token: string;
}

const row = z.object({
  kind: z.string(),
  name: z.string(),
  required: z.boolean(),
  state: z.enum(['reachable', 'unreachable', 'not configured']),
  latency_ms: z.number().nullable(),
  version: z.string().nullable(),
  note: z.string().nullable(),
  without: z.string(),
});
const page = z.object({ dependencies: z.array(row) });
const alive = z.strictObject({ status: z.literal('ok') });

/** One line of the table. */
export type Row = z.output<typeof row>;

/** Everything the stack depends on, as the API tells it. */
export interface Diagnosis {
  readonly status: 'ok' | 'failing';
  readonly api: string;
  readonly dependencies: readonly Row[];
}

// Each look ends after 2 s; a cold start and a slow road come on top.
const answerWithinMs = 20_000;

const routes = [
  { key: 'GET /health', without: 'Nobody gets an answer from outside.' },
  ...[...checkInsideRoutes, ...checkOutsideRoutes].map((key) => ({
    key,
    without: 'Nothing is known about what this route looks at.',
  })),
];

/** Asks all health routes at once. One that doesn't answer as it should is a row of its own, so nothing is left out. */
export async function diagnose({ url, token }: ApiAddress): Promise<Diagnosis> {
  const base = url.replace(/\/+$/, '');
  const asked = routes.map(async ({ key, without }): Promise<readonly Row[]> => {
    const began = Date.now();
    const own = { kind: 'route', name: key, required: true, version: null, without };
    try {
      const dependencies = await ask(`${base}${key.replace('GET ', '')}`, token);
      return [{ ...own, state: 'reachable', latency_ms: Date.now() - began, note: null }, ...dependencies];
    } catch (error) {
      return [{ ...own, state: 'unreachable', latency_ms: Date.now() - began, note: inWords(error) }];
    }
  });
  const dependencies = (await Promise.all(asked)).flat();
  const failing = dependencies.some(({ required, state }) => required && state !== 'reachable');
  return { status: failing ? 'failing' : 'ok', api: base, dependencies };
}

async function ask(url: string, token: string): Promise<readonly Row[]> {
  const response = await fetch(url, {
    // A token is for this address alone.
    redirect: 'error',
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(answerWithinMs),
  });
  const body = jsonIn(await response.text());
  const parsed = page.safeParse(body);
  if (parsed.success) return parsed.data.dependencies;
  // The public route tells nothing but that it lives.
  if (response.ok && alive.safeParse(body).success) return [];
  const { message } = (body ?? {}) as { message?: unknown };
  throw new Error(`It answered ${response.status}${typeof message === 'string' ? `: ${message}` : ''}`);
}

/** What else than JSON an address answers is told by its status; an answer that breaks off is told as that. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
