import { objectStore } from '#adapters/object-store.ts';
import { presigner } from '#adapters/objects/presigned.ts';
import type { BriefFiles } from '../api/ports.ts';

// Browsers follow the redirect at once; the role's own credentials may end before the hour does.
const addressSeconds = 3600;

/** The files of stages in the bucket. */
export function briefFiles(bucket: string): BriefFiles {
  const objects = objectStore(bucket);
  const sign = presigner(bucket, addressSeconds);
  return {
    list: (prefix) => objects.list(prefix),
    exists: (key) => objects.exists(key),
    read: async (key) => Buffer.concat(await Array.fromAsync(await objects.read(key))),
    address: async (key, name) => (await sign.get(key, { name, contentType: 'application/zip' })).url,
  };
}
