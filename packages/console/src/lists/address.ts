import { useSearchParams } from 'react-router';

/** What a list shows, as the address has it: a link shows somebody else the same. */
export interface Address {
  /** A filter's value; `undefined` where it is not set. */
  readonly get: (name: string) => string | undefined;
  /** Sets filters, and goes back to the first page. */
  readonly set: (changes: Readonly<Record<string, string | undefined>>) => void;
  /** The first page is 1. */
  readonly page: number;
  readonly goTo: (page: number) => void;
  readonly length: number;
}

export const pageLengths = [25, 50, 100, 500] as const;

/** The address of this page, to be read and changed. */
export function useAddress(): Address {
  const [parameters, setParameters] = useSearchParams();
  const change = (changes: Readonly<Record<string, string | undefined>>) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value === undefined || value === '') after.delete(name);
          else after.set(name, value);
        }
        return after;
      },
      { replace: true },
    );
  const page = Number(parameters.get('page') ?? 1);
  const length = Number(parameters.get('length') ?? pageLengths[0]);
  return {
    get: (name) => parameters.get(name) ?? undefined,
    set: (changes) => change({ page: undefined, ...changes }),
    page: Number.isInteger(page) && page > 0 ? page : 1,
    goTo: (to) => change({ page: to === 1 ? undefined : String(to) }),
    length: pageLengths.find((known) => known === length) ?? pageLengths[0],
  };
}

/** A part of the address for one of several lists on a page: their filters and pages do not meet. */
export function scoped({ get, set, length }: Address, scope: string): Address {
  const key = (name: string) => `${scope}-${name}`;
  const page = Number(get(key('page')) ?? 1);
  const change: Address['set'] = (changes) =>
    set(Object.fromEntries(Object.entries(changes).map(([name, value]) => [key(name), value])));
  return {
    get: (name) => get(key(name)),
    set: (changes) => change({ page: undefined, ...changes }),
    page: Number.isInteger(page) && page > 0 ? page : 1,
    goTo: (to) => change({ page: to === 1 ? undefined : String(to) }),
    length,
  };
}
