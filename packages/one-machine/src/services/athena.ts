import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { Credentials } from '../guard/credentials.ts';
import type { TableReader } from './athena/duck.ts';
import { type AnalyticsModel, Executions } from './athena/executions.ts';
import { answerTo } from './athena/operations.ts';
import { serveJsonApi } from './json-api.ts';

/** A running Athena: DuckDB over the objects of the tables that the template has. */
export interface Athena {
  readonly url: string;
  stop(): Promise<void>;
}

// A query has 262,144 bytes at most, each of which JSON may write as six.
const mostBytes = 2 * 1024 * 1024;

/** Serves the operations that ask a question and fetch its answer; the tables and work groups are the template's. */
export async function startAthena(options: {
  readonly model: AnalyticsModel;
  readonly port?: number;
  /** Whose requests are answered. */
  readonly credentials: readonly Credentials[];
  readonly reader: TableReader;
  /** Of questions alone: what one that was killed has left there goes. */
  readonly directory: string;
}): Promise<Athena> {
  const { reader, directory } = options;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const executions = new Executions(options.model, { reader, directory });

  const api = await serveJsonApi({
    service: 'athena',
    port: options.port,
    credentials: options.credentials,
    internalError: 'InternalServerException',
    mostBytes,
    answer: (headers, body) => answerTo(executions, headers, body),
  });
  return {
    url: api.url,
    async stop() {
      await Promise.all([api.stop(), executions.close()]);
    },
  };
}

/** Objects by the API of S3, wherever that is. */
export function objectsOf(s3: S3Client): TableReader {
  return {
    async *list(Bucket, Prefix) {
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }))
        for (const { Key: key = '', Size: size = 0 } of Contents) yield { key, size };
    },
    async bring(Bucket, Key, file) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      if (!(Body instanceof Readable)) throw new Error(`S3 sent no body for ${Key}`);
      await pipeline(Body, createWriteStream(file));
    },
  };
}
