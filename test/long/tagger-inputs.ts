import { badPages } from './page-site.ts';
import { fiveMegabytes, oddMembers, poison } from './poison.ts';

/** The topic's partitions. */
export const partitions = 4;

/** What a message is, and with it what must become of it. */
export type Kind =
  | { readonly name: 'plain' }
  /** Nobody can tag it: it goes to the ledger with its bytes. */
  | { readonly name: 'poison' }
  /** Lambda takes no event of its size: it goes to the ledger by the pollers' own way. */
  | { readonly name: 'too large' }
  | { readonly name: 'good page'; readonly path: string }
  | { readonly name: 'bad page'; readonly fault: string };

/** One message of the topic; its number is its key. */
export interface Input {
  readonly number: number;
  readonly partition: number;
  readonly offset: number;
  /** `undefined`: a tombstone. */
  readonly value: Buffer | undefined;
  readonly kind: Kind;
}

const goodPagesOfHost = 25;
// In the middle of their partitions: what stands before all that the tagger has done is not in its counts.
const largeAt = 2001;

/**
 * So many messages: 1 % poison of each kind in turn, four of five megabytes, 5 % with a page of which a third fail in
 * each way in turn, all others plain with members that are easily lost. Every kind comes in every partition.
 */
export function makeInputs(count: number, hosts: readonly string[]): readonly Input[] {
  const next = Array.from({ length: partitions }, () => 0);
  return Array.from({ length: count }, (_, number) => {
    const partition = (number + Math.floor(number / 20)) % partitions;
    const offset = next[partition] ?? 0;
    next[partition] = offset + 1;
    return { number, partition, offset, ...messageOf(number, count, hosts) };
  });
}

function messageOf(number: number, count: number, hosts: readonly string[]): Pick<Input, 'value' | 'kind'> {
  if (number % (count / partitions) === largeAt) return { value: fiveMegabytes, kind: { name: 'too large' } };
  if (number % 100 === 7)
    return { value: poison[Math.floor(number / (100 * partitions)) % poison.length], kind: { name: 'poison' } };
  const { kind, url } = number % 20 === 0 ? pageOf(number / 20, hosts) : { kind: { name: 'plain' as const }, url: '' };
  const page = url === '' ? '' : `,"type":3,"url":"${url}"`;
  const odd = oddMembers[Math.floor(number / partitions) % oddMembers.length];
  return { value: Buffer.from(`{"id":${number},${odd},"text":"第${number}号船试航，联赛主场取胜"${page}}`), kind };
}

function pageOf(page: number, hosts: readonly string[]): { readonly kind: Kind; readonly url: string } {
  const host = hosts[page % hosts.length] ?? '';
  if (page % 3 === 0) {
    const bad = badPages[(page / 3) % badPages.length] ?? badPages[0];
    if (!bad) throw new Error('No page fails');
    return { kind: { name: 'bad page', fault: bad.fault }, url: bad.url(host) };
  }
  const path = `/page${Math.floor(page / hosts.length) % goodPagesOfHost}`;
  return { kind: { name: 'good page', path }, url: `http://${host}${path}` };
}
