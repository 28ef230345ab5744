import { isIP } from 'node:net';
import { longestUrl } from '#kit/pages/longest-url.ts';
import { PageError } from '#kit/pages/page-error.ts';
import { type AllowedAddress, requirePublic } from './public-address.ts';

/**
 * A URL that a stranger named, or that a site redirects to. The WHATWG parser has already made one of all ways to
 * write an address (decimal, octal, hex, full width). Throws a PageError: `InvalidUrl`, `ForbiddenAddress`.
 */
export function pageUrl(text: string, base: URL | undefined, allowed: readonly AllowedAddress[]): URL {
  if (text.length > longestUrl) throw new PageError('InvalidUrl', `The URL has more than ${longestUrl} characters`);
  const url = parsed(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new PageError('InvalidUrl', `${url.protocol} is neither http nor https`);
  if (url.username !== '' || url.password !== '') throw new PageError('InvalidUrl', 'The URL carries credentials');
  // net.connect asks no lookup for an address.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) requirePublic(host, host, portOf(url), allowed);
  return url;
}

export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

function parsed(text: string, base: URL | undefined): URL {
  try {
    return new URL(text, base);
  } catch (cause) {
    throw new PageError('InvalidUrl', 'Not a URL', { cause });
  }
}
