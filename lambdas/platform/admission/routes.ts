import * as z from 'zod';
import { resultOf } from '#kit/api/answers.ts';
import { route } from '#kit/api/route.ts';

const me = z.object({
  name: z.string(),
  scheme: z.enum(['basic', 'hmac', 'bearer']).describe('What the request showed of them.'),
  permissions: z.array(z.enum(['operate', 'admin'])).describe('What they were given beyond what every user may.'),
  tenants: z.array(z.string()).nullable().describe('Whose data they work with; null where that is nobody’s.'),
});

/** GET /platform/me */
export const showMe = route({
  summary: 'Tells who the credential is, and what they may do',
  description: 'An application asks this once and offers what its user may do.',
  permission: 'read',
  answers: { 200: resultOf(me) },
  handle: async ({ caller: { name, scheme, permissions, tenants } }) => ({
    status: 200,
    body: { result: { name, scheme, permissions, tenants: tenants ?? null } },
  }),
});
