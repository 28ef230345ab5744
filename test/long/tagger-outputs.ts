import type { ReadRecord } from '../flows/topics.ts';
import { sentenceOf } from './page-site.ts';
import type { Input } from './tagger-inputs.ts';

/** Where an input stands, as its output and its row of the ledger name it: `1:7`. */
export const place = (partition: number | string, offset: number | string) => `${partition}:${offset}`;

/** `1:7` of `stream:tagger/tag-messages:wx.messages:1:7:1700000000000`. */
export const placeIn = (naturalKey: string) => /wx\.messages:(\d+:\d+)/.exec(naturalKey)?.[1] ?? '';

/** What is wrong with an output; the ledger knows which pages could not be had. */
export function faultOf(input: Input, output: ReadRecord | undefined, failedPages: ReadonlyMap<string, string>) {
  const { number, partition, offset, value, kind } = input;
  if (!output) return 'is missing';
  const raw = value?.subarray(0, -1) ?? Buffer.alloc(0);
  if (!output.value.subarray(0, raw.length).equals(raw) || output.value[raw.length] !== 0x2c) return 'lost its bytes';
  if (output.key !== String(number) || output.partition !== partition) return 'came with another key or partition';
  if (output.headers[0]?.join() !== `trace,${number}`) return 'lost its headers';
  const tagged = JSON.parse(output.value.toString()) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(tagged.tags) || !Array.isArray(tagged.keywords)) return 'is not tagged';
  if (kind.name === 'plain') return 'content' in tagged ? 'has a page' : undefined;
  if (kind.name === 'bad page' || failedPages.has(place(partition, offset)))
    return tagged.content === '' && tagged.webCrawlConsume === 0 ? undefined : 'has a page that failed';
  if (kind.name !== 'good page') return 'should be in the ledger';
  return String(tagged.content).includes(sentenceOf(kind.path)) ? undefined : 'has not its page';
}
