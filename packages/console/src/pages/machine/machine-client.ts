import { useQuery } from '@tanstack/react-query';
import { ApiError, wordsOf } from '../../api/api-error.ts';

/** What only one machine answers, at /local on the address that the console comes from; it takes no credential. */

export interface MachineOverview {
  readonly now: string;
  readonly functions: readonly MachineFunction[];
  readonly routes: readonly { readonly route: string; readonly function: string }[];
  readonly triggers: readonly string[];
  readonly buckets: readonly string[];
  readonly topics: boolean;
  readonly sites: readonly string[];
}

export interface MachineFunction {
  readonly name: string;
  readonly memory_mb: number;
  readonly timeout_seconds: number;
  readonly concurrency: number;
}

/** Asks this machine. Throws an {@link ApiError} with its own words. */
export async function askMachine<T>(path: string, body?: unknown, method = 'POST'): Promise<T> {
  const order =
    body === undefined
      ? {}
      : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } as const };
  const response = await fetch(`/local${path}`, { ...order, cache: 'no-store' });
  const told: unknown = await response.json();
  if (response.ok) return told as T;
  const { error } = told as { readonly error?: string };
  throw new ApiError(error ?? wordsOf(told, response.statusText), response.status, undefined);
}

/** What this machine has; nothing where the console is served by a deployed stack, or not known yet. */
export function useMachine(): MachineOverview | undefined {
  const { data } = useQuery({
    queryKey: ['machine'],
    queryFn: async () => {
      const response = await fetch('/local', { cache: 'no-store' });
      const isThere = response.ok && response.headers.get('content-type')?.includes('json');
      return isThere ? ((await response.json()) as MachineOverview) : null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? undefined;
}
