import {
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  S3Client,
} from '@aws-sdk/client-s3';
import type { FastifyInstance } from 'fastify';
import type { Credentials } from 'one-machine/guard/credentials.ts';
import { region } from 'one-machine/region.ts';
import * as z from 'zod';
import { parsed } from './parsed.ts';

const listQuery = z.strictObject({
  prefix: z.string().max(1024).default(''),
  after: z.string().max(2000).optional(),
});
const objectQuery = z.strictObject({ key: z.string().min(1).max(1024) });

// A page of folders and objects that a person looks through.
const pageLength = 500;

// As much text as a preview shows.
const previewBytes = 64 * 1024;

/** Buckets as folders, with a preview and a download of each object. */
export function serveBucketFolders(
  server: FastifyInstance,
  { credentials, s3Url }: { readonly credentials: Credentials; readonly s3Url: string },
): void {
  const s3 = new S3Client({ region, credentials, endpoint: s3Url, forcePathStyle: true });
  server.get('/local/buckets', async () => {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    return { buckets: Buckets.map(({ Name = '' }) => Name).sort() };
  });
  server.get<{ Params: { bucket: string } }>('/local/buckets/:bucket', ({ params, query }) =>
    folder(s3, params.bucket, parsed(listQuery, query)),
  );
  server.get<{ Params: { bucket: string } }>('/local/buckets/:bucket/preview', async ({ params, query }, reply) => {
    const found = await preview(s3, params.bucket, parsed(objectQuery, query).key);
    return found ?? reply.code(404).send({ error: 'There is no such object.' });
  });
  server.get<{ Params: { bucket: string } }>('/local/buckets/:bucket/download', async ({ params, query }, reply) => {
    const { key } = parsed(objectQuery, query);
    const found = await body(s3, params.bucket, key);
    if (!found) return reply.code(404).send({ error: 'There is no such object.' });
    const name = encodeURIComponent(key.split('/').at(-1) ?? key);
    // Never shown as a page of this origin, whatever it holds.
    return reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
      .send(found);
  });
}

async function folder(s3: S3Client, bucket: string, { prefix, after }: z.output<typeof listQuery>) {
  const listed = await s3.send(
    new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      Delimiter: '/',
      MaxKeys: pageLength,
      ...(after === undefined ? {} : { ContinuationToken: after }),
    }),
  );
  return {
    prefix,
    folders: (listed.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix),
    objects: (listed.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
      key: Key,
      bytes: Size,
      at: LastModified,
    })),
    after: listed.NextContinuationToken ?? null,
  };
}

async function body(s3: S3Client, bucket: string, key: string) {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body;
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** The beginning of an object as text; null where its bytes are none. */
async function preview(s3: S3Client, bucket: string, key: string) {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    const { ContentLength: bytes = 0, ContentType: type = '', LastModified: at } = head;
    const Range = `bytes=0-${previewBytes - 1}`;
    const start = bytes === 0 ? undefined : await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range }));
    const read = (await start?.Body?.transformToByteArray()) ?? new Uint8Array();
    return { key, bytes, type, at, text: textIn(read), cut: bytes > read.length };
  } catch (error) {
    if (error instanceof NotFound || error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

function textIn(bytes: Uint8Array): string | null {
  try {
    // A stream: what is cut off may end within a character.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return text.includes('\0') ? null : text;
  } catch {
    // No UTF-8: a picture, an archive, or another character set.
    return null;
  }
}
