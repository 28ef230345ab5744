import { objectStore } from '#adapters/object-store.ts';
import type { ModelFiles } from './model-record.ts';

/** The bytes of models, in the raw bucket. */
export function modelFiles(bucket: string): ModelFiles {
  const store = objectStore(bucket);
  return {
    put: (key, bytes) => store.put(key, bytes, { contentType: 'application/octet-stream' }),
    read: async (key) => Buffer.concat(await Array.fromAsync(await store.read(key))),
  };
}
