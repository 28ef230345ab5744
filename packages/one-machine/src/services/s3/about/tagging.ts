import { type Answer, type Call, versionHeader } from '../call.ts';
import { S3Error } from '../errors.ts';
import { existing } from '../objects.ts';
import type { StoredObject } from '../storage/catalogue.ts';
import { readDocument } from '../transfer/body.ts';
import { childText, parseXml, renderXml } from '../transfer/xml.ts';
import { textOf } from './tags.ts';

/** The tags of an object, or of a version. */
export function getObjectTagging(call: Call): Answer {
  const object = existing(call);
  const tags = [...new URLSearchParams(object.tags)].map(([Key, Value]) => ({ Key, Value }));
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...versionHeader(call, object.version) },
    body: renderXml('Tagging', { TagSet: { Tag: tags } }),
  };
}

/** Puts these in the place of all that were there. */
export async function putObjectTagging(call: Call): Promise<Answer> {
  const document = parseXml(await readDocument(call), 'Tagging');
  const set = document.children.find(({ name }) => name === 'TagSet');
  if (!set) throw new S3Error(400, 'MalformedXML', 'A document <Tagging> has a <TagSet>.');
  const tags = set.children.map((tag) => [childText(tag, 'Key') ?? '', childText(tag, 'Value') ?? ''] as const);
  return keep(call, existing(call), textOf(tags), 200);
}

/** Removes them all. */
export function deleteObjectTagging(call: Call): Answer {
  return keep(call, existing(call), '', 204);
}

function keep(call: Call, object: StoredObject, tags: string, status: number): Answer {
  call.store.catalogue.setTags(call.bucket, object, tags);
  return { status, headers: versionHeader(call, object.version) };
}
