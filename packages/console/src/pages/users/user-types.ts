import type { components } from '../../api/schema.gen';

export type User = components['schemas']['User'];
export type Permission = User['permissions'][number];

/** What somebody may beyond what every user may. */
export const permissions = ['operate', 'admin'] as const satisfies readonly Permission[];
