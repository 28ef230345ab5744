import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { FastifyInstance } from 'fastify';
import { region } from 'one-machine/region.ts';
import type { Stack } from '../stack.ts';

/** Buckets to look into: a listing below a prefix that ends in a slash, else the object itself. */
export function serveBuckets(server: FastifyInstance, stack: Stack): void {
  const { credentials, storage } = stack.services;
  const s3 = new S3Client({ region, credentials, endpoint: storage.s3Url });
  server.get<{ Params: { bucket: string; '*': string } }>('/buckets/:bucket/*', async ({ params }, reply) => {
    const key = params['*'];
    if (key === '' || key.endsWith('/')) return listed(s3, params.bucket, key);
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: params.bucket, Key: key }));
      return await reply.type('text/plain; charset=utf-8').send(Body);
    } catch (error) {
      if (error instanceof NoSuchKey) return reply.code(404).send({ error: `There is no ${key} in ${params.bucket}` });
      throw error;
    }
  });
}

interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly at: Date | undefined;
}

async function listed(s3: S3Client, bucket: string, prefix: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key = '', Size = 0, LastModified } of Contents)
      objects.push({ key: Key, bytes: Size, at: LastModified });
  }
  return objects;
}
