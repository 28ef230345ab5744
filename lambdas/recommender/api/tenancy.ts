import type { Caller } from '#kit/api/authentication.ts';
import { isGiven } from '#kit/api/permission.ts';
import { InvalidInputError, NotFoundError, PermanentError } from '#kit/errors.ts';
import { tenantId, userId } from '../identifiers.ts';

/** What of a request says whose data it is about. */
interface Asked {
  readonly caller: Caller;
  readonly event: { readonly headers: Readonly<Record<string, string | undefined>> };
}

/**
 * The tenant of a request: the caller's only one, or the one that `X-Tenant-Id` names among theirs. An admin who has no
 * list may name any. Throws {@link NotFoundError} for another's, whether or not there is one.
 */
export function tenantOf({ caller, event }: Asked): string {
  const { tenants = [] } = caller;
  const named = event.headers['x-tenant-id'];
  if (named === undefined) {
    const [only, second] = tenants;
    if (only === undefined || second !== undefined)
      throw new PermanentError('X-Tenant-Id must name the tenant: the credential does not say which.');
    return only;
  }
  const isAny = tenants.length === 0 && isGiven(caller, 'admin');
  const read = tenantId.safeParse(named);
  if (read.success && (isAny || tenants.includes(read.data))) return read.data;
  throw new NotFoundError('There is no such tenant.');
}

/** The user that a request is for: `X-User-Id`. */
export function userOf({ event }: Pick<Asked, 'event'>): string {
  const read = userId.safeParse(event.headers['x-user-id']);
  if (read.success) return read.data;
  throw new InvalidInputError({ path: { 'X-User-Id': ['Missing data for required field.'] } });
}
