import * as z from 'zod';
import { pageOf, resultOf } from '#kit/api/answers.ts';
import { pagingParameters } from '#kit/api/paging.ts';
import { integerParameter, textParameter } from '#kit/api/parameters.ts';
import { type Route, route } from '#kit/api/route.ts';
import type { TaggerService, taggerRoutes } from '../contract.ts';
import { unaccountedOf } from '../steps/check-counts.ts';
import type { CountHosts, ListFailures } from '../stores/failure-view-store.ts';
import type { ServiceReader } from '../stores/service-store.ts';
import { hostFailures, service as serviceAnswer, taggerFailure } from './answers.ts';

export interface ServicePorts {
  readonly services: readonly TaggerService[];
  readonly reader: ServiceReader;
  /** The offset behind the last record of each partition. Throws an UnavailableError while the broker is away. */
  readonly ends: (topic: string) => Promise<readonly { readonly partition: number; readonly end: number }[]>;
  /** Day of its training and checksum, as published messages have it. */
  readonly model: () => string;
  readonly failures: ListFailures;
  readonly hosts: CountHosts;
}

/** GET /tagger/services */
const listServices = route({
  summary: 'Shows the services of the tagger with their lag and counts',
  permission: 'read',
  answers: { 200: resultOf(z.array(serviceAnswer)) },
  handle: async (_request, ports: ServicePorts) => ({
    status: 200,
    body: { result: await Promise.all(ports.services.map((service) => serviceOf(service, ports))) },
  }),
});

/** Lag: records that are in the topic and not done. */
async function serviceOf(service: TaggerService, { reader, ends, model }: ServicePorts) {
  const [counts, positions, last] = await Promise.all([
    reader.counts(service),
    reader.positions(service),
    ends(service.in),
  ]);
  const next = new Map(positions.map((position) => [position.partition, position.next]));
  const lag = last.reduce((sum, { partition, end }) => sum + Math.max(0, end - (next.get(partition) ?? 0)), 0);
  const unaccounted = unaccountedOf(counts);
  return {
    service: service.name,
    topics: { in: service.in, out: service.out },
    lag,
    counts,
    unaccounted,
    model: model(),
  };
}

/** GET /tagger/failures */
const listFailures = route({
  summary: 'Lists what the tagger failed on',
  permission: 'operate',
  description: 'Its part of the failure ledger in the words of the existing alerts; the newest first.',
  answers: { 200: pageOf(taggerFailure) },
  query: z.object({ reason: textParameter({ max: 200 }).optional(), ...pagingParameters(50) }),
  handle: async ({ query }, { failures }: ServicePorts) => ({
    status: 200,
    body: { result: await failures({ ...query, reason: query.reason }) },
  }),
});

/** GET /tagger/page-failures */
const countPageFailures = route({
  summary: 'Counts the pages that could not be had by host',
  permission: 'operate',
  description: 'Those with most failures first, a hundred at most.',
  answers: { 200: resultOf(z.object({ data: z.array(hostFailures) })) },
  query: z.object({ days: integerParameter({ min: 1, max: 90 }).default(7).describe('Back from now.') }),
  handle: async ({ query }, { hosts }: ServicePorts) => ({
    status: 200,
    body: { result: { data: await hosts(query.days) } },
  }),
});

/** What `api` answers. */
export const taggerApi = {
  'GET /tagger/services': listServices,
  'GET /tagger/failures': listFailures,
  'GET /tagger/page-failures': countPageFailures,
} satisfies Record<(typeof taggerRoutes)[number], Route<ServicePorts>>;
