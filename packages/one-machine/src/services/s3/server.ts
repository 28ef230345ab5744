import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Credentials } from '../../guard/credentials.ts';
import { guardServer } from '../../guard/guard-server.ts';
import { listen } from '../free-port.ts';
import { type Refusals, refusals } from '../refusals.ts';
import { getObjectAttributes } from './about/attributes.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './about/tagging.ts';
import { checkAccess, refuseOldSignature } from './access.ts';
import { bringObject } from './bring.ts';
import { deleteObjects, getBucketLocation, getBucketVersioning, headBucket, listBuckets } from './buckets.ts';
import type { Answer, Call, Store } from './call.ts';
import { copyObject, uploadPartCopy } from './copy.ts';
import { corsHeaders, preflightAnswer } from './cors.ts';
import { invalidArgument, noSuchBucket, S3Error } from './errors.ts';
import { isForm, postObject } from './forms/post-object.ts';
import { listMultipartUploads, listObjects, listObjectsV2, listVersions } from './listing.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listParts,
  uploadPart,
} from './multipart.ts';
import { deleteObject, getObject, putObject } from './objects.ts';
import { type Operation, operationOf, type Target } from './operation.ts';
import { errorAnswer, send } from './respond.ts';
import { Blobs } from './storage/blobs.ts';
import type { Bucket, CorsRule } from './storage/bucket.ts';
import { Catalogue } from './storage/catalogue.ts';
import type { ObjectCreatedListener } from './storage/outbox.ts';

/** A running object store. */
export interface S3Server {
  readonly url: string;
  onObjectCreated(listener: ObjectCreatedListener): void;
  /** A page of this origin may send what a bucket lets pages send, as if the bucket's rules named it. */
  letPageIn(origin: string): void;
  /** Makes the bytes of an object a file. */
  bring(bucket: string, key: string, file: string): Promise<void>;
  /** Answers 503 SlowDown for this long. */
  refuse(milliseconds: number): void;
  stop(): Promise<void>;
}

export interface S3Options {
  readonly directory: string;
  readonly port?: number;
  readonly region: string;
  readonly buckets: readonly Bucket[];
  /** Whose signatures count. */
  readonly credentials: readonly Credentials[];
}

/** Serves the S3 protocol from a folder: the bytes as files, what they are in SQLite. */
export async function startS3(options: S3Options): Promise<S3Server> {
  const store = await openStore(options);
  const { catalogue } = store;
  const refused = refusals();
  const server = createServer((request, response) => {
    void serve(store, request, response, refused);
  });
  // The guard looks at each request: a page that is let in later is known to it.
  const origins = allRules(options.buckets).flatMap((rule) => rule.origins);
  guardServer(server, { credentialed: true, origins });
  // A slow upload is not a broken one; kept connections live longer than the clients', which would else meet a reset.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 75_000;
  const port = await listen(server, options.port);

  return {
    url: `http://127.0.0.1:${port}`,
    onObjectCreated: (listener) => catalogue.outbox.listen(listener),
    letPageIn(origin) {
      origins.push(origin);
      store.pages.push(origin);
    },
    bring: (bucket, key, file) => bringObject(store, { bucket, key }, file),
    refuse: refused.refuse,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      // Clients that still read or write are cut off, as at the end of the process.
      setTimeout(() => server.closeAllConnections(), 200).unref();
      await closed;
      await catalogue.outbox.stop();
      catalogue.close();
    },
  };
}

async function openStore({ directory, buckets, region, credentials }: S3Options): Promise<Store> {
  await mkdir(directory, { recursive: true });
  const catalogue = new Catalogue(join(directory, 'catalogue.sqlite'));
  const created = new Date();
  for (const { name } of buckets) catalogue.addBucket(name, created);
  const blobs = new Blobs(join(directory, 'blobs'));
  await blobs.removeAllBut(catalogue.blobs());
  return {
    catalogue,
    blobs,
    buckets: new Map(buckets.map((bucket) => [bucket.name, bucket])),
    pages: [],
    region,
    credentials,
  };
}

async function serve(
  store: Store,
  request: IncomingMessage,
  response: ServerResponse,
  refused: Refusals,
): Promise<void> {
  const ids = { requestId: randomBytes(8).toString('hex').toUpperCase(), hostId: randomBytes(48).toString('base64') };
  response.setHeader('x-amz-request-id', ids.requestId);
  response.setHeader('x-amz-id-2', ids.hostId);
  const rules = rulesFor(store, request);
  for (const [name, value] of Object.entries(corsHeaders(request, rules))) response.setHeader(name, value);
  const answer = await answerTo(store, request, refused.active()).catch((error) => errorAnswer(error, request, ids));
  await send(request, response, answer).catch((error) => console.error(`S3 ${request.method} ${request.url}:`, error));
}

async function answerTo(store: Store, request: IncomingMessage, refused: boolean): Promise<Answer> {
  if (refused) throw new S3Error(503, 'SlowDown', 'Please reduce your request rate.');
  if (request.method === 'OPTIONS') return preflightAnswer(request, rulesFor(store, request));
  const target = readTarget(request);
  if (isForm(target, request)) return postObject(store, target, request);
  const presented = { ...target, path: splitOnce(request.url ?? '/', '?')[0], headers: { ...request.headers } };
  refuseOldSignature(target);
  takeHoistedHeaders(target.query, request);
  const operation = operationOf(target, request.headers);
  const signed = await checkAccess(presented, { credentials: store.credentials, operation });
  if (operation === 'ListBuckets') return listBuckets(store, target.query);
  const bucketProperties = store.buckets.get(target.bucket);
  if (!bucketProperties) throw noSuchBucket(target.bucket);
  return handlers[operation]({ ...target, bucketProperties, request, store, signed });
}

const handlers: Record<Exclude<Operation, 'ListBuckets'>, (call: Call) => Answer | Promise<Answer>> = {
  HeadBucket: headBucket,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listVersions,
  ListMultipartUploads: listMultipartUploads,
  DeleteObjects: deleteObjects,
  GetObject: getObject,
  GetObjectAttributes: getObjectAttributes,
  GetObjectTagging: getObjectTagging,
  PutObjectTagging: putObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  HeadObject: getObject,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  ListParts: listParts,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
};

function allRules(buckets: readonly Bucket[]): readonly CorsRule[] {
  return buckets.flatMap(({ cors = [] }) => cors);
}

/** The rules of the bucket that is asked. */
function rulesFor({ buckets, pages }: Store, { url = '/' }: IncomingMessage): readonly CorsRule[] {
  const [, bucket = ''] = /^\/([^/?]+)/.exec(url) ?? [];
  return (buckets.get(bucket)?.cors ?? []).map((rule) => ({ ...rule, origins: [...rule.origins, ...pages] }));
}

/** Headers that a presigned URL carries as parameters count like headers. */
function takeHoistedHeaders(query: URLSearchParams, request: IncomingMessage): void {
  for (const [name, value] of query) {
    if (/^x-amz-(?!algorithm|credential|date|expires|signature|signedheaders)/i.test(name)) {
      request.headers[name.toLowerCase()] ??= value;
    }
  }
}

/** `/bucket/key?query`. No URL class: it would resolve the `..` that a key may hold. */
function readTarget(request: IncomingMessage): Target {
  const [path = '', query = ''] = splitOnce(request.url ?? '/', '?');
  const [bucket = '', key = ''] = splitOnce(path.replace(/^\//, ''), '/');
  try {
    const decoded = decodeURIComponent(key);
    // S3's bound; keys are paths nowhere here, so nothing else about them matters.
    if (Buffer.byteLength(decoded) > 1024) throw new S3Error(400, 'KeyTooLongError', 'Your key is too long.');
    const method = request.method ?? 'GET';
    return { method, bucket: decodeURIComponent(bucket), key: decoded, query: new URLSearchParams(query) };
  } catch (error) {
    throw error instanceof URIError ? invalidArgument('The path is not percent-encoded rightly.') : error;
  }
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
