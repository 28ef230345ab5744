import { join } from 'node:path';
import type { Credentials } from '../guard/credentials.ts';
import { startS3 } from './s3/server.ts';
import type { Bucket } from './s3/storage/bucket.ts';
import type { ObjectCreatedListener } from './s3/storage/outbox.ts';
import type { QueueDescription } from './sqs/queues.ts';
import { startSqs } from './sqs/server.ts';

export type { ObjectCreated } from './s3/storage/outbox.ts';

/** S3 and SQS of one machine. */
export interface Storage {
  readonly s3Url: string;
  readonly sqsUrl: string;
  queueUrl(name: string): string;
  queueArn(name: string): string;
  /**
   * Told of every object after it is on the disk, one after the other; what a crash or a rejected promise kept from
   * being told is told again. Register before objects are written: without a listener there are no events.
   */
  onObjectCreated(listener: ObjectCreatedListener): void;
  /** A page of this origin may upload to the buckets that let pages do so. */
  letPageIn(origin: string): void;
  /** Makes the bytes of an object a file, beside the protocol: for what reads files on this machine. */
  bring(bucket: string, key: string, file: string): Promise<void>;
  /** Answers 503 for this long, as a fault of the service would. */
  refuse(service: 's3' | 'sqs', milliseconds: number): void;
  stop(): Promise<void>;
}

/** Starts both on the loopback address. What was acknowledged survives a kill and a restart. */
export async function startStorage(options: {
  directory: string;
  s3Port?: number;
  sqsPort?: number;
  /** @default us-east-1 */
  region?: string;
  buckets: readonly Bucket[];
  /** Whose requests are answered. */
  credentials: readonly Credentials[];
  queues: readonly QueueDescription[];
}): Promise<Storage> {
  const { directory, s3Port, sqsPort, region = 'us-east-1', buckets, queues, credentials } = options;
  const s3 = await startS3({ directory: join(directory, 's3'), region, buckets, credentials, ...withPort(s3Port) });
  const sqs = await startSqs({
    directory: join(directory, 'sqs'),
    region,
    queues,
    credentials,
    ...withPort(sqsPort),
  }).catch(async (error) => {
    await s3.stop();
    throw error;
  });
  return {
    s3Url: s3.url,
    sqsUrl: sqs.endpoint,
    queueUrl: (name) => sqs.url(name),
    queueArn: (name) => sqs.arn(name),
    onObjectCreated: (listener) => s3.onObjectCreated(listener),
    letPageIn: (origin) => s3.letPageIn(origin),
    bring: (bucket, key, file) => s3.bring(bucket, key, file),
    refuse: (service, milliseconds) => (service === 's3' ? s3 : sqs).refuse(milliseconds),
    async stop() {
      await Promise.all([s3.stop(), sqs.stop()]);
    },
  };
}

function withPort(port: number | undefined): { port?: number } {
  return port === undefined ? {} : { port };
}
