import * as z from 'zod';
import { route } from '#kit/api/route.ts';
import type { erasureRoutes } from '../api/rooms.ts';
import { tenantOf } from '../api/tenancy.ts';
import { userId } from '../identifiers.ts';
import type { ErasurePorts } from './ports.ts';

const eraseUser = route({
  summary: 'Erases a user',
  description:
    'Behaviour, profile and recommendations go at once, files and their older versions within minutes; what comes of the user later is refused. Whether there was such a user is not told.',
  permission: 'operate',
  path: z.object({ user_id: userId }),
  answers: { 200: z.object({ erased: z.int().describe('Rows that went.') }) },
  handle: async ({ path, ...asked }, { erasure }: ErasurePorts) => ({
    status: 200,
    body: { erased: await erasure.erase(tenantOf(asked), path.user_id) },
  }),
});

export const erasureApi = { 'DELETE /api/v1/users/{user_id}': eraseUser } satisfies Record<
  (typeof erasureRoutes)[number],
  unknown
>;
