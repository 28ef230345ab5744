import * as z from 'zod';
import type { Caller } from '#kit/api/authentication.ts';
import { integerParameter } from '#kit/api/parameters.ts';
import { isGiven } from '#kit/api/permission.ts';
import { route } from '#kit/api/route.ts';
import { NotFoundError } from '#kit/errors.ts';
import { completedAnswer, createdAnswer, foundAnswer, partsAnswer, shownFile, shownRequest } from './answers.ts';
import { type CompletePorts, completeFile } from './complete-file.ts';
import { type CreatePorts, createFile } from './create-file.ts';
import { type FileRow, type InParts, objectKey } from './file-row.ts';
import { longestPage, partPage } from './part-page.ts';
import { largestFileBytes } from './plan-upload.ts';
import type { SignRequests } from './ports.ts';

/** What the routes of files work with. */
export interface FilesPorts extends CreatePorts, CompletePorts {
  readonly sign: SignRequests;
}

const idPath = z.object({ file_id: z.uuid('should be the id of a file.') });

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const controls = /[\u0000-\u001f\u007f]/;

// zod has two words for it, "number" for what is none and "int" for one with a fraction.
const notAnInteger = ({ code }: { readonly code?: string }) =>
  code === 'invalid_type' ? 'should be integer.' : undefined;

const announcement = z.object({
  name: z
    .string()
    .min(1)
    .max(255)
    .refine((name) => name.isWellFormed() && !controls.test(name), 'should have no control characters.')
    .meta({ description: 'For people, and for whoever downloads it.' }),
  size: z.int({ error: notAnInteger }).min(0).max(largestFileBytes).meta({ description: 'In bytes.' }),
  content_type: z
    .string()
    .max(255)
    .regex(/^[\w.+-]+\/[\w.+-]+(; ?[\w.+-]+=[\w.+-]+)*$/, 'should be a media type, such as text/plain.'),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'should be 64 hexadecimal digits.')
    .transform((digits) => digits.toLowerCase())
    .nullish()
    .meta({ description: 'Of the whole content. Where it is given, a file with another one is refused.' }),
});

const sentParts = z
  .object({
    parts: z
      .array(z.object({ part_number: z.int().min(1).max(10_000), etag: z.string().min(1).max(100) }))
      .max(10_000)
      .optional()
      .meta({
        description:
          'Of an upload in parts: all of them, each with the ETag it was answered with. Without the list, those that have arrived are taken; a list of more than 3,000 is too large for a request.',
      }),
  })
  .default({});

/** A file of the caller's, or any for an admin; that of another is as unknown as one that isn't there. */
async function ownFile(id: string, caller: Caller, { book }: Pick<FilesPorts, 'book'>): Promise<FileRow> {
  const file = await book.find(id);
  if (!file || !(file.username === caller.name || isGiven(caller, 'admin')))
    throw new NotFoundError(`There is no file ${id}.`);
  return file;
}

const isInParts = (file: FileRow): file is FileRow & { readonly inParts: InParts } => file.inParts !== undefined;

const signedUntil = ({ clock, sign }: FilesPorts) => new Date(clock().getTime() + sign.seconds * 1000);

const firstPage = 100;

/** POST /api/v1/files */
const announceFile = route({
  summary: 'Announces a file and answers where to upload it',
  permission: 'own',
  description:
    'Up to 100 MB in one piece, above it in parts. The addresses count for an hour; those of further parts, and new ones, come from the route of parts.',
  body: announcement,
  answers: { 200: createdAnswer },
  handle: async ({ body, caller }, ports: FilesPorts) => {
    const { name, size, content_type: contentType, sha256 } = body;
    const file = await createFile(caller.name, { name, size, contentType, sha256: sha256 ?? undefined }, ports);
    const expiresAt = signedUntil(ports);
    const upload = isInParts(file)
      ? { kind: 'multipart', ...(await partPage(file, { from: 1, count: firstPage, expiresAt }, ports)) }
      : {
          kind: 'single',
          ...shownRequest(
            await ports.sign.put(objectKey(file), { bytes: size, contentType, sha256: file.sha256 }),
            expiresAt,
          ),
        };
    return { status: 200, body: { file: shownFile(file), upload } };
  },
});

/** GET /api/v1/files/{file_id}/parts */
const listParts = route({
  summary: 'Answers where to upload further parts of a file, and which parts have arrived',
  permission: 'own',
  path: idPath,
  query: z.object({
    from: integerParameter({ min: 1, max: 10_000 }).default(1),
    count: integerParameter({ min: 1, max: longestPage }).default(firstPage),
  }),
  answers: { 200: partsAnswer },
  handle: async ({ path, query, caller }, ports: FilesPorts) => {
    const file = await ownFile(path.file_id, caller, ports);
    if (file.state !== 'uploading' || !isInParts(file))
      throw new NotFoundError(
        `No parts are awaited: the file is ${file.state}, ${isInParts(file) ? '' : 'not '}in parts.`,
      );
    return { status: 200, body: await partPage(file, { ...query, expiresAt: signedUntil(ports) }, ports) };
  },
});

/** POST /api/v1/files/{file_id}/complete */
const endUpload = route({
  summary: 'Ends the upload of a file and checks it against what was announced',
  permission: 'own',
  description:
    'Another size refuses it at once. The SHA-256 of a file in parts is compared while it is `verifying`: ask for the file until it is `ready` or `refused`.',
  path: idPath,
  body: sentParts,
  answers: { 200: completedAnswer },
  handle: async ({ path: { file_id }, body, caller }, ports: FilesPorts) => {
    const file = await ownFile(file_id, caller, ports);
    const parts = body.parts?.map(({ part_number: number, etag }) => ({ number, etag }));
    await completeFile(file, parts, ports);
    return { status: 200, body: { file: shownFile(await ownFile(file_id, caller, ports)) } };
  },
});

/** GET /api/v1/files/{file_id} */
const findFile = route({
  summary: 'Tells how a file is, and where to download it',
  permission: 'own',
  path: idPath,
  answers: { 200: foundAnswer },
  handle: async ({ path: { file_id }, caller }, ports: FilesPorts) => {
    const file = await ownFile(file_id, caller, ports);
    const download = file.state === 'ready' ? await ports.sign.get(objectKey(file), file) : undefined;
    return {
      status: 200,
      body: {
        file: shownFile(file),
        download: download === undefined ? null : shownRequest(download, signedUntil(ports)),
      },
    };
  },
});

/** By API Gateway's route keys. */
export const filesApi = {
  'POST /api/v1/files': announceFile,
  'GET /api/v1/files/{file_id}': findFile,
  'GET /api/v1/files/{file_id}/parts': listParts,
  'POST /api/v1/files/{file_id}/complete': endUpload,
};
