import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { region } from 'one-machine/region.ts';
import { objectKey } from '../../lambdas/tasks/files/file-row.ts';
import type { TestStack } from './stack.ts';

/** Takes the bytes of a task's file (`file:{id}`) away, as nobody may. */
export async function loseBytes({ stack }: Pick<TestStack, 'stack'>, file: string): Promise<void> {
  const { credentials, storage } = stack.services;
  const client = new S3Client({ region, credentials, endpoint: storage.s3Url });
  const Bucket = stack.model.buckets.find(({ name }) => name.includes('files'))?.name;
  await client.send(new DeleteObjectCommand({ Bucket, Key: objectKey({ id: file.slice('file:'.length) }) }));
  client.destroy();
}
