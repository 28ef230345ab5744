import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';

/** What the stack and the handler of users agree on. */

export const usersApiEnv = z.object({ DATABASE_URL: z.string().min(1), ...callerEnv });

/** Served by `users-api`. */
export const usersRoutes = [
  'GET /platform/users',
  'POST /platform/users',
  'PUT /platform/users/{name}',
  'DELETE /platform/users/{name}',
  'POST /platform/users/{name}/password',
  'POST /platform/users/{name}/tokens',
  'DELETE /platform/users/{name}/tokens/{token}',
  'GET /platform/user-changes',
] as const;
