import type { Store } from './call.ts';
import { noSuchKey } from './errors.ts';

/**
 * Makes an object's bytes a file, for a part of this machine that reads files: as a second name of the bytes that lie there
 * already. An object that came in parts is joined first, and stays so: the next time finds it in one.
 */
export async function bringObject(
  { catalogue, blobs }: Pick<Store, 'catalogue' | 'blobs'>,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  file: string,
): Promise<void> {
  while (true) {
    const object = catalogue.find(bucket, key);
    if (!object || object.deleted) throw noSuchKey(key);
    const [first, second] = object.segments;
    if (first && !second) return blobs.link(first, file);
    const joined = await blobs.join(object.segments);
    const isKept = catalogue.rejoin(bucket, object, joined);
    await blobs.remove((isKept ? object.segments : [joined]).map(({ blob }) => blob));
  }
}
