import { execFile } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testCredentials } from '../support/aws.ts';
import { type StorageUnderTest, storageUnderTest } from './storage-under-test.ts';

let under: StorageUnderTest;

beforeEach(async () => {
  under = await storageUnderTest();
});

afterEach(() => under.remove());

const run = promisify(execFile);
const Bucket = 'raw';
const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** By the letter of AWS's documentation, and by nothing that the server uses. */
function signed(
  { method = 'PUT', path = '/raw/a', query = '', headers = {} as Record<string, string>, body = sha256('') },
  { at = new Date(), service = 's3', secret = testCredentials.secretAccessKey, leaveOut = '' } = {},
) {
  const date = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${date.slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const all: Record<string, string> = {
    host: new URL(under.storage.s3Url).host,
    'x-amz-content-sha256': body,
    'x-amz-date': date,
    ...headers,
  };
  const names = Object.keys(all)
    .filter((name) => name !== leaveOut)
    .sort();
  const canonical = [method, path, query, ...names.map((name) => `${name}:${all[name]}`), '', names.join(';'), body];
  const key = scope.split('/').reduce<Buffer>((made, part) => hmac(made, part), Buffer.from(`AWS4${secret}`));
  const signature = hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical.join('\n'))].join('\n')).toString(
    'hex',
  );
  const { host: _host, ...sent } = all;
  const authorization = `AWS4-HMAC-SHA256 Credential=${testCredentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { headers: { ...sent, authorization }, signature, key, date, scope };
}

async function told(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  return `${response.status} ${/<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? ''}`.trim();
}

const send = (headers: Record<string, string>, body = '', target = '/raw/a', method = 'PUT') =>
  told(fetch(`${under.storage.s3Url}${target}`, { method, headers, ...(method === 'GET' ? {} : { body }) }));

test('what is signed is taken: a hash, an unsigned body, a query, a path that needs escapes', async () => {
  expect(await send(signed({ body: sha256('abc') }).headers, 'abc')).toBe('200');
  expect(await send(signed({ body: 'UNSIGNED-PAYLOAD' }).headers, 'abc')).toBe('200');
  const path = '/raw/%E6%AA%94%20%281%29%2Bb';
  expect(await send(signed({ path }).headers, '', path)).toBe('200');
  expect(await send(signed({ path }).headers, '', '/raw/%e6%aa%94%20(1)+b')).toBe('200');
  const list = signed({ method: 'GET', path: '/raw', query: 'list-type=2&prefix=a%2Fb%20c' });
  expect(await send(list.headers, '', '/raw?prefix=a%2Fb%20c&list-type=2', 'GET')).toBe('200');
});

test('another body, path, query, method, secret, service or time is refused', async () => {
  const body = sha256('abc');
  expect(await send(signed({ body }).headers, 'abd')).toBe('400 XAmzContentSHA256Mismatch');
  expect(await send(signed({ body }).headers, 'abc', '/raw/b')).toBe('403 SignatureDoesNotMatch');
  expect(await send(signed({ body }).headers, 'abc', '/plain/a')).toBe('403 SignatureDoesNotMatch');
  expect(await send(signed({ body }).headers, 'abc', '/raw/a?uploadId=1')).toBe('403 SignatureDoesNotMatch');
  expect(await send(signed({}).headers, '', '/raw/a', 'DELETE')).toBe('403 SignatureDoesNotMatch');
  expect(await send(signed({ body }, { secret: 'guessed' }).headers, 'abc')).toBe('403 SignatureDoesNotMatch');
  expect(await send(signed({ body }, { service: 'sqs' }).headers, 'abc')).toBe('400 AuthorizationHeaderMalformed');
  for (const minutes of [-16, 16]) {
    const at = new Date(Date.now() + minutes * 60_000);
    expect(await send(signed({ body }, { at }).headers, 'abc')).toBe('403 RequestTimeTooSkewed');
  }
  await expect(under.read('b')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('a header that changes the request is covered, or the request is refused', async () => {
  const copy = { 'x-amz-copy-source': '/raw/secret' };
  expect(await send({ ...signed({}).headers, ...copy })).toBe('403 SignatureDoesNotMatch');
  expect(await send(signed({ headers: copy }, { leaveOut: 'x-amz-copy-source' }).headers)).toBe(
    '403 SignatureDoesNotMatch',
  );
  expect(await send(signed({}, { leaveOut: 'host' }).headers)).toBe('403 SignatureDoesNotMatch');
  expect(await send({ ...signed({}).headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' })).toBe(
    '403 SignatureDoesNotMatch',
  );
});

test.each([
  ['', '403 AccessDenied'],
  ['AWS4-x', '400 AuthorizationHeaderMalformed'],
  ['AWS4-HMAC-SHA256 Credential=local', '400 AuthorizationHeaderMalformed'],
  [
    'AWS4-ECDSA-P256-SHA256 Credential=local/20261121/s3/aws4_request, SignedHeaders=host, Signature=00',
    '400 AuthorizationHeaderMalformed',
  ],
  ['AWS local:c2lnbmF0dXJl', '400 InvalidRequest'],
  ['Basic bG9jYWw6bG9jYWw=', '400 InvalidRequest'],
])('%s is no signature', async (authorization, expected) => {
  const { authorization: _none, ...headers } = signed({}).headers;

  expect(await send({ ...headers, ...(authorization === '' ? {} : { authorization }) })).toBe(expected);
});

test('two ways at once are refused', async () => {
  expect(await send(signed({}).headers, '', '/raw/a?X-Amz-Signature=0')).toBe('400 InvalidArgument');
});

/** A body in signed chunks, as Java's SDK and others send it. */
function chunked(
  pieces: readonly string[],
  change: (signatures: string[]) => void = () => undefined,
  trailer?: string,
) {
  const kind = `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer === undefined ? '' : '-TRAILER'}`;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const headers = {
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': String(length),
    ...(trailer === undefined ? {} : { 'x-amz-trailer': 'x-amz-checksum-crc32' }),
  };
  const { headers: sent, signature, key, date, scope } = signed({ body: kind, headers });
  let previous = signature;
  const next = (what: string, ...covered: string[]) => {
    previous = hmac(key, [what, date, scope, previous, ...covered].join('\n')).toString('hex');
    return previous;
  };
  const all = [...pieces, ''];
  const signatures = all.map((piece) => next('AWS4-HMAC-SHA256-PAYLOAD', sha256(''), sha256(piece)));
  if (trailer !== undefined) signatures.push(next('AWS4-HMAC-SHA256-TRAILER', sha256(`${trailer}\n`)));
  change(signatures);
  const chunks = all.map((piece, index) => {
    const end = index === pieces.length ? '' : '\r\n';
    return `${piece.length.toString(16)};chunk-signature=${signatures[index]}\r\n${piece}${end}`;
  });
  const after = trailer === undefined ? '' : `${trailer}\r\nx-amz-trailer-signature:${signatures.at(-1)}\r\n`;
  return [sent, `${chunks.join('')}${after}\r\n`] as const;
}

test('each chunk of a body is signed after the one before it, and so is what follows the last', async () => {
  const pieces = ['a'.repeat(8192), 'b'.repeat(100)];
  const swap = (signatures: string[]) => signatures.splice(0, 2, signatures[1] ?? '', signatures[0] ?? '');
  const crc32 = 'x-amz-checksum-crc32:vA/5cA==';

  expect(await send(...chunked(pieces))).toBe('200');
  expect(await under.read('a')).toBe(pieces.join(''));
  expect(await send(...chunked(['x'], swap))).toBe('403 SignatureDoesNotMatch');
  expect(await send(...chunked(['x'], (all) => all.splice(1, 1, '0'.repeat(64))))).toBe('403 SignatureDoesNotMatch');
  const [headers, body] = chunked(pieces);
  expect(await send(headers, body.replace('aaaa', 'aaac'))).toBe('403 SignatureDoesNotMatch');
  const wrong = (all: string[]) => all.splice(-1, 1, '0'.repeat(64));
  expect(await send(...chunked(pieces, wrong, crc32))).toBe('403 SignatureDoesNotMatch');
  // Signed well, with a checksum that isn't the body's.
  expect(await send(...chunked(pieces, undefined, crc32))).toBe('400 BadDigest');
  expect(await under.read('a')).toBe(pieces.join(''));
});

test('the SDK’s own ways of sending a body are taken', async () => {
  for (const requestChecksumCalculation of ['WHEN_SUPPORTED', 'WHEN_REQUIRED'] as const) {
    const s3 = new S3Client({
      endpoint: under.storage.s3Url,
      region: 'eu-central-1',
      credentials: testCredentials,
      forcePathStyle: true,
      requestChecksumCalculation,
    });
    await s3.send(new PutObjectCommand({ Bucket, Key: "it's (1)*!/ä+&=?.txt", Body: 'abc', Metadata: { a: 'b  c' } }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "it's (1)*!/ä+&=?.txt" }));
    expect(await Body?.transformToString()).toBe('abc');
    s3.destroy();
  }
});

test('curl’s signatures are taken', async (context) => {
  const isThere = await run('curl', ['--version']).then(
    () => true,
    () => false,
  );
  if (!isThere) context.skip('There is no curl');
  const folder = await mkdtemp(join(tmpdir(), 'one-machine-test-'));
  await writeFile(join(folder, 'a.txt'), 'abc');
  const key = `${testCredentials.accessKeyId}:${testCredentials.secretAccessKey}`;
  const curl = (more: string[]) => run('curl', ['-sS', '--aws-sigv4', 'aws:amz:us-east-1:s3', '-u', key, ...more]);
  const url = `${under.storage.s3Url}/raw/c/a.txt`;
  const hash = ['-H', 'x-amz-content-sha256: UNSIGNED-PAYLOAD'];
  const put = await curl(['-o', '-', '-w', '%{http_code}', ...hash, '-T', join(folder, 'a.txt'), url]);
  const got = await curl([url]);
  await rm(folder, { recursive: true });

  expect([put.stdout, got.stdout]).toEqual(['200', 'abc']);
});
