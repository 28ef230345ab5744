import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { tokenOf } from '../callers/console-token.ts';
import type { Stack } from '../stack.ts';
import { failurePage, failuresPage, ledgerFailure, ledgerPage, noFailures } from './failures-page.ts';
import { parsed, settleRequest } from './requests.ts';

/** What is asked of the list: passed on to the API, which knows what is right. */
const filters = ['workload', 'kind', 'source', 'reason', 'state', 'from', 'to', 'start'] as const;
const filterQuery = z.object(Object.fromEntries(filters.map((name) => [name, z.string().optional()])));

const html = 'text/html; charset=utf-8';

/** The failure ledger for people: lists, one with its input, and what can be done about it. All of it by the API. */
export function serveFailures(server: FastifyInstance, stack: Stack): void {
  server.get('/failures', async ({ query }, reply) => {
    const given = Object.entries(filterQuery.parse(query)).filter((entry): entry is [string, string] =>
      Boolean(entry[1]),
    );
    const asked = new URLSearchParams(given);
    const { status, body } = await askApi(stack, `/platform/failures?${asked}`);
    const found = status === 200 ? failuresPage(ledgerPage.parse(body).result, asked) : noFailures(status, body);
    return reply.code(status).type(html).send(found);
  });
  server.get<{ Params: { id: string } }>('/failures/:id', async ({ params }, reply) => {
    const { status, body } = await askApi(stack, `/platform/failures/${encodeURIComponent(params.id)}`);
    const found = status === 200 ? failurePage(ledgerFailure.parse(body).result) : noFailures(status, body);
    return reply.code(status).type(html).send(found);
  });
  server.post<{ Params: { id: string } }>('/failures/:id', async ({ params, body }, reply) => {
    const { action, input, note } = parsed(settleRequest, body);
    const place = `/platform/failures/${encodeURIComponent(params.id)}/${action === 'dry-run' ? 'replay' : action}`;
    const sent = {
      replay: { input },
      'dry-run': { input, dry_run: true },
      resolve: { note },
      discard: {},
    }[action];
    const answer = await askApi(stack, place, { ...sent, who: 'console' });
    return reply.code(answer.status).send(answer.body);
  });
}

async function askApi(stack: Stack, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const { api } = stack.wiring;
  if (!api) throw new Error('This environment has no API');
  const response = await fetch(`${api.url}${path}`, {
    headers: { authorization: `Bearer ${tokenOf(stack.services)}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
