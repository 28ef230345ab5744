import type { Answer, Call, Store } from './call.ts';
import { invalidArgument, S3Error } from './errors.ts';
import { deleteKey } from './objects.ts';
import { readDocument } from './transfer/body.ts';
import { childText, parseXml, renderXml, type XmlValue } from './transfer/xml.ts';

/** Who owns everything here. */
export const owner = { ID: 'local', DisplayName: 'local' };

// S3's bound for a page of buckets.
const mostBuckets = 10_000;

/** One page of the buckets of the template. */
export function listBuckets(store: Store, query: URLSearchParams): Answer {
  const limit = Number(query.get('max-buckets') ?? mostBuckets);
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= mostBuckets))
    throw invalidArgument(`max-buckets must be a whole number from 1 to ${mostBuckets}.`);
  const prefix = query.get('prefix') ?? undefined;
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64url').toString();
  const elsewhere = (query.get('bucket-region') ?? store.region) !== store.region;
  const found = [...store.buckets.keys()]
    .sort()
    .filter((name) => !elsewhere && name.startsWith(prefix ?? '') && name > after);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return xml('ListAllMyBucketsResult', {
    Owner: owner,
    Buckets: {
      Bucket: page.map((name) => ({
        Name: name,
        CreationDate: store.catalogue.bucketCreated(name).toISOString(),
        BucketRegion: store.region,
      })),
    },
    Prefix: prefix,
    ContinuationToken:
      page.length < found.length && last !== undefined ? Buffer.from(last).toString('base64url') : undefined,
  });
}

/** Whether it is there. */
export function headBucket(call: Call): Answer {
  return { status: 200, headers: { 'x-amz-bucket-region': call.store.region } };
}

/** us-east-1 is, for S3's reasons, an empty one. */
export function getBucketLocation(call: Call): Answer {
  return xml('LocationConstraint', call.store.region === 'us-east-1' ? undefined : call.store.region);
}

/** As the template says. */
export function getBucketVersioning(call: Call): Answer {
  return xml('VersioningConfiguration', call.bucketProperties.versioned ? { Status: 'Enabled' } : undefined);
}

/** Up to a thousand keys, each with its own outcome. */
export async function deleteObjects(call: Call): Promise<Answer> {
  const wanted = parseXml(await readDocument(call), 'Delete');
  const objects = wanted.children.filter(({ name }) => name === 'Object');
  if (objects.length === 0 || objects.length > 1000) {
    throw new S3Error(400, 'MalformedXML', 'Name 1 to 1000 objects.');
  }
  const deleted: XmlValue[] = [];
  for (const object of objects) {
    const key = childText(object, 'Key') ?? '';
    const asked = childText(object, 'VersionId');
    const { version, marker } = await deleteKey(call, key, asked);
    deleted.push({
      Key: key,
      VersionId: asked,
      DeleteMarker: marker,
      DeleteMarkerVersionId: marker ? version : undefined,
    });
  }
  const quiet = childText(wanted, 'Quiet') === 'true';
  return xml('DeleteResult', { Deleted: quiet ? [] : deleted });
}

function xml(root: string, value: XmlValue): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: renderXml(root, value) };
}
