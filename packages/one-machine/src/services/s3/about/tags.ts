import { type Headed, header } from '../call.ts';
import { invalidArgument, S3Error } from '../errors.ts';
import { type StoredObject, tagHeader } from '../storage/catalogue.ts';

// S3's bounds for the tags of an object.
const mostTags = 10;
const longestKey = 128;
const longestValue = 256;
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export type Tag = readonly [key: string, value: string];

/** The tags that a request gives an object it makes, as they are kept among its headers. */
export function givenTags(call: Headed): Record<string, string> {
  const given = header(call, 'x-amz-tagging');
  if (given === undefined) return {};
  const tags = [...new URLSearchParams(given)];
  if (new Set(tags.map(([key]) => key)).size < tags.length)
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    );
  return tagHeader(textOf(tags));
}

/** Checked tags as one text. */
export function textOf(tags: readonly Tag[]): string {
  if (tags.length > mostTags) throw new S3Error(400, 'BadRequest', `Object tags cannot be greater than ${mostTags}`);
  if (new Set(tags.map(([key]) => key)).size < tags.length)
    throw new S3Error(400, 'InvalidTag', 'Cannot provide multiple Tags with the same key');
  for (const [key, value] of tags) {
    if (key === '' || key.length > longestKey || !allowed.test(key))
      throw new S3Error(400, 'InvalidTag', 'The TagKey you have provided is invalid', { TagKey: key });
    if (value.length > longestValue || !allowed.test(value))
      throw new S3Error(400, 'InvalidTag', 'The TagValue you have provided is invalid', {
        TagKey: key,
        TagValue: value,
      });
  }
  return new URLSearchParams(tags.map(([key, value]): [string, string] => [key, value])).toString();
}

/** Reading an object tells how many tags it has, not which. */
export function tagCount({ tags }: StoredObject): Record<string, string> {
  return tags === '' ? {} : { 'x-amz-tagging-count': String([...new URLSearchParams(tags)].length) };
}
