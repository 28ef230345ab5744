import { NotFoundError } from '../../../lambdas/kit/errors.ts';
import type { RawFiles } from '../../../lambdas/presale/ports.ts';

/** A bucket in memory; like the real one it has nothing under a key whose upload failed. */
export function fakeRawFiles(): RawFiles & { readonly objects: Map<string, Buffer> } {
  const objects = new Map<string, Buffer>();
  const found = (key: string) => {
    const bytes = objects.get(key);
    if (!bytes) throw new NotFoundError(`${key} doesn't exist`);
    return bytes;
  };
  return {
    objects,
    put: async (key, body) => void objects.set(key, Buffer.from(body)),
    async upload(key, body) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      objects.set(key, Buffer.concat(chunks));
    },
    async read(key) {
      const bytes = found(key);
      return (async function* () {
        yield bytes;
      })();
    },
    readText: async (key) => found(key).toString(),
    exists: async (key) => objects.has(key),
  };
}
