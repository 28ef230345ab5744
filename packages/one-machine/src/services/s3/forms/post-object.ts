import type { IncomingMessage } from 'node:http';
import { givenTags } from '../about/tags.ts';
import { type Answer, describingHeaders, quoted, type Store, versionHeader } from '../call.ts';
import { invalidArgument, noSuchBucket, S3Error } from '../errors.ts';
import { orRemove, store } from '../objects.ts';
import { refuseHeaders, type Target } from '../operation.ts';
import { startDigests } from '../transfer/digests.ts';
import { renderXml } from '../transfer/xml.ts';
import { type Allowed, checkPolicy, type Fields } from './policy.ts';
import { readForm } from './read-form.ts';

// What a page writes where the name of the file is to stand.
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is S3's own word
const filename = '${filename}';

/** Whether a request is a form that a page sends to a bucket. */
export function isForm({ method, bucket, key, query }: Target, { headers }: IncomingMessage): boolean {
  const isMultipart = /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');
  return method === 'POST' && bucket !== '' && key === '' && query.size === 0 && isMultipart;
}

/** Stores the file of a form, as far as the policy that came with it lets it in. */
export async function postObject(given: Store, target: Target, request: IncomingMessage): Promise<Answer> {
  const bucketProperties = given.buckets.get(target.bucket);
  if (!bucketProperties) throw noSuchBucket(target.bucket);
  const { fields, file } = await readForm(request);
  const allowed = await checkPolicy(given, new Map([...fields, ['bucket', target.bucket]]));
  checkLength(file.bytes.length, allowed);
  const key = (fields.get('key') ?? '').replaceAll(filename, file.name);
  if (key === '') throw invalidArgument("Bucket POST must contain a field named 'key'.");
  // What other uploads say in headers, a form says in fields.
  const headed = { request: { headers: { ...Object.fromEntries(fields), 'x-amz-acl': fields.get('acl') } } };
  refuseHeaders('PostObject', headed.request.headers);
  const headers = { ...describingHeaders(headed), ...givenTags(headed) };

  const call = { ...target, key, bucketProperties, request, store: given, signed: allowed.signed };
  const size = file.bytes.length;
  const digests = startDigests(undefined);
  const blob = await given.blobs.write(digests.of(once(file.bytes)));
  const object = await orRemove(call, [blob], () =>
    store(call, { size, ...digests.finish(), headers, segments: [{ blob, size }] }),
  );
  const told = { bucket: target.bucket, key, etag: quoted(object.etag) };
  return answerTo(fields, told, versionHeader(call, object.version));
}

function checkLength(size: number, { least, most }: Allowed): void {
  if (size < least)
    throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  if (size > most) throw new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** 204 unless the form asks for another status, or for a page to go on to. */
function answerTo(
  fields: Fields,
  { bucket, key, etag }: { readonly bucket: string; readonly key: string; readonly etag: string },
  version: Readonly<Record<string, string>>,
): Answer {
  const headers = { etag, location: `/${bucket}/${encodeURIComponent(key)}`, ...version };
  const next = fields.get('success_action_redirect') ?? '';
  if (URL.canParse(next)) {
    const url = new URL(next);
    for (const [name, value] of Object.entries({ bucket, key, etag })) url.searchParams.set(name, value);
    return { status: 303, headers: { ...headers, location: url.href } };
  }
  const asked = fields.get('success_action_status');
  if (asked !== '201') return { status: asked === '200' ? 200 : 204, headers };
  const document = { Location: headers.location, Bucket: bucket, Key: key, ETag: etag };
  return {
    status: 201,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: renderXml('PostResponse', document),
  };
}
