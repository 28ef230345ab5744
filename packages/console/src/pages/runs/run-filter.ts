import type { Address } from '../../lists/address.ts';

export const runStates = ['running', 'succeeded', 'partial', 'failed', 'stopped'] as const;

/** The workloads, as their runs and failures name them. */
export const workloads = ['presale', 'tagger', 'tasks', 'briefs', 'recommender', 'platform'] as const;

/** What the address filters runs by, as the API takes it. */
export function runFilter({ get }: Address) {
  const state = runStates.find((known) => known === get('state'));
  const lost = get('lost') === 'true' ? true : get('lost') === 'false' ? false : undefined;
  const from = momentOf(get('from'));
  const to = momentOf(get('to'));
  return {
    ...(get('workload') ? { workload: get('workload') } : {}),
    ...(get('name') ? { name: get('name') } : {}),
    ...(get('parent') ? { parent: get('parent') } : {}),
    ...(state ? { state } : {}),
    ...(lost === undefined ? {} : { lost }),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}

/** The beginning of a day in the reader's own zone, or the moment that is written; `undefined` for what is neither. */
export function momentOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const at = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
