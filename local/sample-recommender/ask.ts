import { tokenOf } from '../callers/console-token.ts';
import type { Stack } from '../stack.ts';

/** Who asks, where nobody else is named. */
export const asking = 'user-7';

/** What is asked of the API. */
export interface Question {
  /** Below /api/v1. */
  readonly route: string;
  readonly body?: object;
  /** Whom it is about. @default a user of every sample */
  readonly user?: string;
  /** @default POST where there is a body */
  readonly method?: 'POST';
}

/** The data of an answer that is none of a failure. */
export async function ask<T>(stack: Stack, tenant: string, question: Question): Promise<T> {
  const answer = await answerOf(stack, tenant, question);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${question.route} answered ${answer.status}: ${text}`);
  return (JSON.parse(text) as { data: T }).data;
}

/** The answer, whatever it is. */
export function answerOf(
  { wiring, services }: Stack,
  tenant: string,
  { route, body, user = asking, method }: Question,
): Promise<Response> {
  return fetch(`${wiring.api?.url}/api/v1${route}`, {
    method: method ?? (body ? 'POST' : 'GET'),
    headers: {
      authorization: `Bearer ${tokenOf(services)}`,
      'content-type': 'application/json',
      'x-tenant-id': tenant,
      'x-user-id': user,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}
