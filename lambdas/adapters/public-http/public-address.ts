import { lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { PageError } from '#kit/pages/page-error.ts';

/** `127.0.0.1:4600`: an address that may be asked for although it is not public. For one machine and for tests. */
export type AllowedAddress = string;

// All that IANA has given out. `::7f00:1`, which is 127.0.0.1 in an old form, lies outside of it.
const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * True for addresses of the open internet alone. Private, loopback, link-local (169.254.169.254 is a cloud's metadata),
 * shared, reserved, multicast and documentation ranges are not, nor IPv6 that carries an IPv4 address inside.
 * Source: the IANA special-purpose address registries (RFC 6890), as ipaddr.js keeps them.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(globalUnicast)) return false;
  return parsed.range() === 'unicast';
}

/** Throws a PageError for an address that strangers must not send us to. */
export function requirePublic(host: string, address: string, port: number, allowed: readonly AllowedAddress[]): void {
  if (isPublicAddress(address) || allowed.includes(`${address}:${port}`)) return;
  throw new PageError('ForbiddenAddress', `${host} leads to ${address}, which is not on the open internet`);
}

/**
 * A lookup for `net.connect`: the addresses that were checked are the very ones that are connected to, so that a name
 * whose answer changes in between (DNS rebinding) gains nothing. One address that is not public refuses the name.
 */
export function publicLookup(port: number, allowed: readonly AllowedAddress[], dns = resolve): LookupFunction {
  return (host, options, callback) => {
    dns(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      try {
        for (const { address } of addresses) requirePublic(host, address, port, allowed);
      } catch (refused) {
        return callback(refused as NodeJS.ErrnoException, '', 0);
      }
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      return first ? callback(null, first.address, first.family) : callback(new Error(`${host}: no address`), '', 0);
    });
  };
}
