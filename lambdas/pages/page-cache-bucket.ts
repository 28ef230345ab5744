import { createHash } from 'node:crypto';
import type { ObjectStore } from '#adapters/object-store.ts';
import { NotFoundError } from '#kit/errors.ts';
import { parsedJson } from '#kit/text/json.ts';
import type { PageCache, PageRecord } from './ports.ts';

/** Pages as JSON objects in the bucket, each under a name made of its URL. */
export function pageCache(bucket: Pick<ObjectStore, 'put' | 'readText'>): PageCache {
  return {
    async get(url) {
      try {
        // What is no JSON can't be used, and is written anew with the page.
        return parsedJson(await bucket.readText(keyOf(url))).value as PageRecord | undefined;
      } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
      }
    },
    put: (record) => bucket.put(keyOf(record.url), JSON.stringify(record), { contentType: 'application/json' }),
  };
}

function keyOf(url: string): string {
  return `tagger/pages/${createHash('sha256').update(url).digest('hex')}.json`;
}
