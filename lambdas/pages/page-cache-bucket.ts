import { createHash } from 'node:crypto';
import type { ObjectStore } from '#adapters/object-store.ts';
import { NotFoundError } from '#kit/errors.ts';
import type { PageCache, PageRecord } from './ports.ts';

/** Pages as JSON objects in the bucket, each under a name made of its URL. */
export function pageCache(bucket: Pick<ObjectStore, 'put' | 'readText'>): PageCache {
  return {
    async get(url) {
      try {
        return JSON.parse(await bucket.readText(keyOf(url))) as PageRecord;
      } catch (error) {
        // What is no JSON can't be used, and is written anew with the page.
        if (error instanceof NotFoundError || error instanceof SyntaxError) return undefined;
        throw error;
      }
    },
    put: (record) => bucket.put(keyOf(record.url), JSON.stringify(record), { contentType: 'application/json' }),
  };
}

function keyOf(url: string): string {
  return `tagger/pages/${createHash('sha256').update(url).digest('hex')}.json`;
}
