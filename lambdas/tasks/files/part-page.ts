import type * as z from 'zod';
import { type partsAnswer, shownLayout, shownRequest } from './answers.ts';
import { type FileRow, type InParts, objectKey } from './file-row.ts';
import { partsFrom } from './plan-upload.ts';
import type { SignRequests, Uploads } from './ports.ts';

/** An URL has about 2 KB with a role's token in it: 1,000 of them stay below the 6 MB of an answer. */
export const longestPage = 1000;

export interface PartPagePorts {
  readonly sign: SignRequests;
  readonly uploads: Pick<Uploads, 'received'>;
}

/** Requests for some parts of an upload, and which of them have arrived: enough to go on with an upload that broke. */
export async function partPage(
  file: FileRow & { readonly inParts: InParts },
  range: { readonly from: number; readonly count: number; readonly expiresAt: Date },
  { sign, uploads }: PartPagePorts,
): Promise<z.output<typeof partsAnswer>> {
  const { from, count, expiresAt } = range;
  const { uploadId, partBytes } = file.inParts;
  const key = objectKey(file);
  const layout = shownLayout(file);
  const parts = await Promise.all(
    partsFrom({ size: file.size, partBytes }, { from, count }).map(async ({ number, bytes }) => ({
      ...shownRequest(await sign.part(key, { uploadId, number, bytes }), expiresAt),
      part_number: number,
      size: bytes,
    })),
  );
  const received = await uploads.received(key, uploadId, { from, count });
  return {
    ...layout,
    parts,
    received: received.map(({ number, bytes, etag }) => ({ part_number: number, size: bytes, etag })),
    next_from: from + count <= layout.part_count ? from + count : null,
  };
}
