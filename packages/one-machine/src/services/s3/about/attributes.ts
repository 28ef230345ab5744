import { type Answer, type Call, header, versionHeader } from '../call.ts';
import { invalidArgument } from '../errors.ts';
import { existing } from '../objects.ts';
import type { StoredObject } from '../storage/catalogue.ts';
import { checksumElements, checksumType } from '../transfer/body.ts';
import { renderXml, type XmlValue } from '../transfer/xml.ts';

const attributes: Readonly<Record<string, (object: StoredObject) => XmlValue>> = {
  ETag: ({ etag }) => etag,
  Checksum: ({ checksum }) => checksum && { ...checksumElements(checksum), ChecksumType: checksumType(checksum) },
  ObjectParts: ({ etag }) => {
    const [, count] = /-(\d+)$/.exec(etag) ?? [];
    return count === undefined ? undefined : { PartsCount: count };
  },
  StorageClass: () => 'STANDARD',
  ObjectSize: ({ size }) => size,
};

/** What is known of an object, as far as it is asked for. */
export function getObjectAttributes(call: Call): Answer {
  const object = existing(call);
  const asked = (header(call, 'x-amz-object-attributes') ?? '').split(',').map((name) => name.trim());
  if (asked.some((name) => !Object.hasOwn(attributes, name)))
    throw invalidArgument('Invalid attribute name specified.');
  const told = asked.map((name) => [name, attributes[name]?.(object)]);
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      'last-modified': object.modified.toUTCString(),
      ...versionHeader(call, object.version),
    },
    body: renderXml('GetObjectAttributesResponse', Object.fromEntries(told)),
  };
}
