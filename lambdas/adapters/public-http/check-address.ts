import { lookup as resolve } from 'node:dns';
import { PageError } from '#kit/pages/page-error.ts';
import { pageUrl, portOf } from './page-url.ts';
import { type AllowedAddress, publicLookup } from './public-address.ts';

/** Throws a PageError for an address that nothing of ours would ever connect to. */
export type CheckAddress = (url: string) => Promise<void>;

// The caller waits for it; a name that takes longer is judged when it is connected to.
const patienceMs = 1000;

/**
 * Checks an address long before it is connected to, where it is checked again: what is written as an address, and what its
 * name leads to now. A name that leads nowhere, or not in time, passes: it may lead somewhere later.
 */
export function addressChecker(allowed: readonly AllowedAddress[], dns = resolve): CheckAddress {
  return async (text) => {
    const url = pageUrl(text, undefined, allowed);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const { promise, resolve: pass, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(pass, patienceMs);
    publicLookup(portOf(url), allowed, dns)(host, { all: true }, (error) => {
      if (error instanceof PageError) reject(error);
      else pass();
    });
    await promise.finally(() => clearTimeout(timer));
  };
}
