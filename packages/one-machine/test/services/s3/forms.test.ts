import { createHmac } from 'node:crypto';
import { GetObjectTaggingCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testCredentials } from '../../support/aws.ts';
import { type StorageUnderTest, storageUnderTest } from '../storage-under-test.ts';

let under: StorageUnderTest;

const Bucket = 'plain';
const day = '20261130';
const scope = `${day}/us-east-1/s3/aws4_request`;

beforeAll(async () => {
  under = await storageUnderTest();
});
afterAll(() => under.remove());

/** Signs a policy as SDKs do for a form. */
function signed(
  conditions: readonly unknown[],
  expiration = '2999-01-01T00:00:00Z',
  secret = testCredentials.secretAccessKey,
) {
  const fields = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${testCredentials.accessKeyId}/${scope}`,
    'x-amz-date': `${day}T000000Z`,
  };
  const all = [
    ...conditions,
    { bucket: Bucket },
    ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
  ];
  const policy = Buffer.from(JSON.stringify({ expiration, conditions: all })).toString('base64');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return { ...fields, policy, 'x-amz-signature': hmac(key, policy).toString('hex') };
}

async function send(fields: Readonly<Record<string, string>>, file: File | undefined = new File(['body'], 'a ä.txt')) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (file) form.append('file', file);
  // What stands after the file counts for nothing.
  form.append('key', 'other');
  const answer = await fetch(`${under.storage.s3Url}/${Bucket}`, { method: 'POST', body: form, redirect: 'manual' });
  const text = await answer.text();
  return { status: answer.status, text, code: /<Code>(\w+)</.exec(text)?.[1], headers: answer.headers };
}

// Where the name of the file is to stand.
const theirName = ['$', '{filename}'].join('');
const anyKey = ['starts-with', '$key', ''];

test('a form takes the file that its policy lets in, with what its fields say', async () => {
  const more = {
    'x-amz-meta-m': '1',
    'Content-Type': 'text/plain',
    'x-amz-tagging': 'a=1',
    success_action_status: '201',
  };
  const conditions = [
    anyKey,
    ['content-length-range', 1, 10],
    ...Object.entries(more).map(([name, value]) => ({ [name]: value })),
  ];
  const { status, text, headers } = await send({ key: `in/${theirName}`, ...signed(conditions), ...more });
  const named = { Bucket, Key: 'in/a ä.txt' };
  const tags = await under.s3.send(new GetObjectTaggingCommand(named));

  expect([status, text]).toEqual([201, expect.stringContaining('<Key>in/a ä.txt</Key>')]);
  expect(headers.get('etag')).toBe('"841a2d689ad86bd1611447453c22c6fc"');
  expect(await under.s3.send(new HeadObjectCommand(named))).toMatchObject({
    ContentLength: 4,
    ContentType: 'text/plain',
    Metadata: { m: '1' },
  });
  expect(tags.TagSet).toEqual([{ Key: 'a', Value: '1' }]);
});

test('a form is answered with nothing, or leads on', async () => {
  const next = 'https://pages.example.com/done?a=1';
  const conditions = [anyKey, { success_action_redirect: next }];

  expect((await send({ key: 'k', ...signed([anyKey]) })).status).toBe(204);
  const led = await send({ key: 'k', ...signed(conditions), success_action_redirect: next });
  expect([led.status, led.headers.get('location')]).toEqual([
    303,
    expect.stringMatching(/done\?a=1&bucket=plain&key=k&/),
  ]);
});

test.each<[string, () => Record<string, string>, string, File?]>([
  ['too short', () => signed([anyKey, ['content-length-range', 5, 9]]), 'EntityTooSmall'],
  ['too long', () => signed([anyKey, ['content-length-range', 0, 3]]), 'EntityTooLarge'],
  ['too late', () => signed([anyKey], '2020-01-01T00:00:00Z'), 'AccessDenied'],
  ['under another key', () => signed([{ key: 'other' }]), 'AccessDenied'],
  ['below another folder', () => signed([['starts-with', '$key', 'in/']]), 'AccessDenied'],
  ['with a field that the policy lacks', () => ({ ...signed([anyKey]), 'x-amz-meta-m': '1' }), 'AccessDenied'],
  ['signed by another secret', () => signed([anyKey], undefined, 'guessed'), 'SignatureDoesNotMatch'],
  [
    'with a policy that was changed',
    () => ({ ...signed([]), policy: signed([anyKey]).policy }),
    'SignatureDoesNotMatch',
  ],
  ['without a policy', () => ({}), 'AccessDenied'],
  ['public', () => ({ ...signed([anyKey, { acl: 'public-read' }]), acl: 'public-read' }), 'NotImplemented'],
])('a file is refused: %s', async (_, fields, code) => {
  const { code: told } = await send({ key: 'refused', ...fields() });

  expect(told).toBe(code);
  await expect(under.s3.send(new HeadObjectCommand({ Bucket, Key: 'refused' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
});

test('what is no form is told', async () => {
  const post = (body: string) =>
    fetch(`${under.storage.s3Url}/${Bucket}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    }).then((answer) => answer.text());

  expect(await post('nonsense')).toContain('<Code>MalformedPOSTRequest</Code>');
  expect(await post('--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n--x--\r\n')).toContain('one file');
});
