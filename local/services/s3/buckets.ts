import type { Answer, Call, Store } from './call.ts';
import { S3Error } from './errors.ts';
import { deleteKey } from './objects.ts';
import { readDocument } from './transfer/body.ts';
import { childText, parseXml, renderXml, type XmlValue } from './transfer/xml.ts';

/** The buckets of the template. */
export function listBuckets(store: Store): Answer {
  const buckets = [...store.buckets.keys()].sort().map((name) => ({ Name: name }));
  return xml('ListAllMyBucketsResult', { Owner: { ID: 'local' }, Buckets: { Bucket: buckets } });
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
