import type { ApiAnswer } from '#kit/api/api-response.ts';
import type { Clock } from '#kit/clock.ts';

/** Details that a check of a dependency found, besides that it answers. */
export interface Finding {
  readonly version?: string | undefined;
  /** Worth knowing, in words: how many messages wait, when a schedule runs. */
  readonly note?: string | undefined;
}

export interface Dependency {
  readonly kind: string;
  readonly name: string;
  /** The page answers 503 while it is not reachable. */
  readonly required: boolean;
  /** What stops working without it, as a sentence. */
  readonly without: string;
  /** Throws when it can't be used; `undefined` where none is configured. */
  readonly probe: ((signal: AbortSignal) => Promise<Finding>) | undefined;
}

/** Finds the sites that work waits for at the moment. */
export type WaitedSites = () => Promise<readonly Dependency[]>;

/** Where they can't be asked for, that is told like anything else that can't be had. */
function unknownSites(error: unknown): readonly Dependency[] {
  const probe = () => Promise.reject(error);
  return [{ kind: 'site', name: 'all', required: false, without: 'Nothing tells which sites are waited for.', probe }];
}

interface Looked extends Finding {
  readonly state: 'reachable' | 'unreachable' | 'not configured';
  readonly latency_ms: number | null;
}

/**
 * Looks at all of them at once, each for `limitMs` at most, and answers with every one of them, and with the sites that
 * are waited for: 200 when all that are required can be used, else 503.
 */
export async function checkDependencies(
  dependencies: readonly Dependency[],
  clock: Clock,
  { waited, limitMs = 2000 }: { readonly waited?: WaitedSites | undefined; readonly limitMs?: number } = {},
): Promise<ApiAnswer> {
  const lookAt = async ({ probe, kind, name, required, without }: Dependency) => {
    const { state, latency_ms, version = null, note = null } = await look(probe, clock, limitMs);
    return { kind, name, required, state, latency_ms, version, note, without };
  };
  const sites = waited ? within(limitMs, waited).catch(unknownSites) : Promise.resolve([]);
  const [known, silent] = await Promise.all([
    Promise.all(dependencies.map(lookAt)),
    sites.then((found) => Promise.all(found.map(lookAt))),
  ]);
  const rows = [...known, ...silent];
  const failing = rows.some(({ required, state }) => required && state !== 'reachable');
  return {
    status: failing ? 503 : 200,
    headers: { 'cache-control': 'no-store' },
    body: { status: failing ? 'failing' : 'ok', checked_at: clock().toISOString(), dependencies: rows },
  };
}

async function look(probe: Dependency['probe'], clock: Clock, limitMs: number): Promise<Looked> {
  if (!probe) return { state: 'not configured', latency_ms: null };
  const began = clock().getTime();
  const latency = () => clock().getTime() - began;
  try {
    const finding = await within(limitMs, probe);
    return { ...finding, state: 'reachable', latency_ms: latency() };
  } catch (error) {
    return { state: 'unreachable', latency_ms: latency(), note: inWords(error) };
  }
}

/** Leaves a probe that takes longer behind, even one that doesn't listen to its signal. */
async function within<R>(limitMs: number, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`No answer within ${limitMs / 1000} s`));
      abort.abort();
    }, limitMs);
  });
  try {
    return await Promise.race([work(abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

const longestWords = 300;

/** The error and the one below it; `code` where a socket's error has no message of its own. */
function inWords(error: unknown): string {
  const words: string[] = [];
  for (let at: unknown = error; at instanceof Error && words.length < 2; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    words.push(at.message || code || at.name);
  }
  return (words.join(': ') || 'It failed without a reason').slice(0, longestWords);
}
