import * as z from 'zod';
import { type FileRow, fileStates } from './file-row.ts';
import { partCount } from './plan-upload.ts';
import type { SignedRequest } from './ports.ts';

/** What the routes of files answer. */

const moment = z.iso.datetime().meta({ description: 'UTC.' });

export const fileAnswer = z.object({
  file_id: z.uuid(),
  argument: z.string().meta({ description: 'How a task names the file: `file:{id}`.' }),
  name: z.string(),
  size: z.int(),
  content_type: z.string(),
  sha256: z.string().nullable(),
  state: z.enum(fileStates).meta({
    description: 'Tasks open files that are `ready`. `verifying`: the content is read to compare its SHA-256.',
  }),
  reason: z.string().nullable().meta({ description: 'Why it was refused, or has expired.' }),
  created_at: moment,
  completed_at: moment.nullable(),
  expires_at: moment,
});

export const signedRequest = z.object({
  method: z.enum(['GET', 'PUT']),
  url: z.string(),
  headers: z.record(z.string(), z.string()).meta({ description: 'To be sent with exactly these values.' }),
  expires_at: moment,
});

const partRequest = signedRequest.extend({ part_number: z.int(), size: z.int() });

export const partsAnswer = z.object({
  part_bytes: z.int().meta({ description: 'Of each part but the last.' }),
  part_count: z.int(),
  parts: z.array(partRequest),
  received: z
    .array(z.object({ part_number: z.int(), size: z.int(), etag: z.string() }))
    .meta({ description: 'Those of this page that have arrived.' }),
  next_from: z.int().nullable().meta({ description: 'Where the next page begins.' }),
});

export const createdAnswer = z.object({
  file: fileAnswer,
  upload: z.discriminatedUnion('kind', [
    signedRequest.extend({ kind: z.literal('single') }),
    partsAnswer.extend({ kind: z.literal('multipart') }),
  ]),
});

export const foundAnswer = z.object({
  file: fileAnswer,
  download: signedRequest.nullable().meta({ description: 'Of a file that is ready.' }),
});

export const completedAnswer = z.object({ file: fileAnswer });

/** A row as callers see it. */
export function shownFile(file: FileRow): z.output<typeof fileAnswer> {
  return {
    file_id: file.id,
    argument: `file:${file.id}`,
    name: file.name,
    size: file.size,
    content_type: file.contentType,
    sha256: file.sha256 ?? null,
    state: file.state,
    reason: file.reason ?? null,
    created_at: file.createdAt.toISOString(),
    completed_at: file.completedAt?.toISOString() ?? null,
    expires_at: file.expiresAt.toISOString(),
  };
}

/** A request with the moment at which it is over. */
export function shownRequest(request: SignedRequest, expiresAt: Date): z.output<typeof signedRequest> {
  return { ...request, headers: { ...request.headers }, expires_at: expiresAt.toISOString() };
}

/** The layout of a file in parts. */
export function shownLayout({ size, inParts }: FileRow): { readonly part_bytes: number; readonly part_count: number } {
  const partBytes = inParts?.partBytes ?? size;
  return { part_bytes: partBytes, part_count: partCount(size, partBytes) };
}
