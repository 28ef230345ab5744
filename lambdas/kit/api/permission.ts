import { ForbiddenError, UnauthorizedError } from '../errors.ts';
import type { Permission } from './authentication/users.ts';
import type { Caller } from './authentication.ts';

/** What each permission of a route asks of its caller, in the words of the documentation. */
export const routePermissions = {
  none: 'Anybody, without a credential.',
  read: 'Every user: what it shows belongs to nobody.',
  own: 'Every user, for what they made themselves; an admin for everybody.',
  link: 'Whoever has the signed address, without a credential, until it expires.',
  operate: 'Users with the permission `operate`, and admins.',
  admin: 'Users with the permission `admin`.',
} as const;

/** Who may call a route. A route without one does not compile. */
export type RoutePermission = keyof typeof routePermissions;

/** Whether a caller was given a permission; `admin` includes all. */
export function isGiven({ permissions }: Pick<Caller, 'permissions'>, permission: Permission): boolean {
  return permissions.includes('admin') || permissions.includes(permission);
}

/** Lets a caller pass, or throws: UnauthorizedError for one without a name, ForbiddenError for one who may not. */
export function permit(caller: Caller, permission: RoutePermission): void {
  if (permission === 'none') return;
  if (permission === 'link') {
    if (caller.scheme === 'link') return;
    throw new ForbiddenError('This address is only good with its signature.');
  }
  if (caller.scheme === 'none' || caller.scheme === 'link')
    throw new UnauthorizedError('The Authorization header is missing.');
  if (permission === 'read' || permission === 'own' || isGiven(caller, permission)) return;
  throw new ForbiddenError(`This needs the permission ${permission}, which ${caller.name} was not given.`);
}
