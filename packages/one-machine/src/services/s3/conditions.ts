import type { Call } from './call.ts';
import { header } from './call.ts';
import { noSuchKey, notImplemented, preconditionFailed } from './errors.ts';
import type { StoredObject } from './storage/catalogue.ts';

/**
 * The conditions under which an object may be written: If-None-Match: * and If-Match. Ask in the transaction that
 * writes, so that of ten who race one wins.
 */
export function checkWriteConditions(call: Call, current: StoredObject | undefined): void {
  const exists = current !== undefined && !current.deleted;
  const ifNoneMatch = header(call, 'if-none-match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw notImplemented('If-None-Match with an ETag on a write');
  if (ifNoneMatch === '*' && exists) throw preconditionFailed('If-None-Match');

  const ifMatch = header(call, 'if-match');
  if (ifMatch === undefined) return;
  if (!exists) throw noSuchKey(call.key);
  if (!matches(ifMatch, current)) throw preconditionFailed('If-Match');
}

/** The conditions under which an object may be copied; there is no 304 for a copy. */
export function checkCopyConditions(call: Call, source: StoredObject): void {
  if (checkReadConditions(call, source, 'x-amz-copy-source-'))
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
}

/** Throws PreconditionFailed; true means "not modified", to be answered with 304. */
export function checkReadConditions(call: Call, object: StoredObject, prefix = ''): boolean {
  const ifMatch = header(call, `${prefix}if-match`);
  const ifUnmodifiedSince = dateOf(header(call, `${prefix}if-unmodified-since`));
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object)) throw preconditionFailed('If-Match');
  } else if (ifUnmodifiedSince !== undefined && wholeSeconds(object) > ifUnmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since');
  }

  const ifNoneMatch = header(call, `${prefix}if-none-match`);
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object);
  const ifModifiedSince = dateOf(header(call, `${prefix}if-modified-since`));
  return ifModifiedSince !== undefined && wholeSeconds(object) <= ifModifiedSince;
}

function matches(list: string, object: StoredObject): boolean {
  const tags = list.split(',').map((tag) => tag.trim().replace(/^"(.*)"$/, '$1'));
  return tags.includes('*') || tags.includes(object.etag);
}

function dateOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** HTTP dates know no milliseconds. */
function wholeSeconds(object: StoredObject): number {
  return Math.floor(object.modified.getTime() / 1000) * 1000;
}
