import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';
import type { EditableSources } from '#kit/ledger/editable.ts';
import { type Compression, compression } from '#kit/stream/compression.ts';
import { kafkaEnv } from '#kit/stream/env.ts';
import { jsonText } from '#kit/text/json.ts';
import { pageEnv } from '#pages/contract.ts';

/** What the stack and the handlers of the tagger agree on. Imported by both; does no work. */

/** What people may edit of a failure's input before it goes back in: the message, never which record of which topic it is. */
export const editableInputs = { 'tag-messages': { fields: ['records.*.*.value'] } } as const satisfies EditableSources;

/** Topics of one service: where its messages come in and where they go out tagged. */
export interface TaggerService {
  readonly name: string;
  readonly in: string;
  readonly out: string;
  /** How what goes out is packed: its readers must know how to unpack it. */
  readonly compression: Compression;
}

/** `wx` -> `wx.messages`, `wx.messages.tagged`. */
export function serviceNamed(name: string): TaggerService {
  return { name, in: `${name}.messages`, out: `${name}.messages.tagged`, compression: compression.parse(undefined) };
}

const serviceName = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/);
// Kafka's own letters. It takes 249 of them; with partition and offset it must fit into the 128 of a FIFO message's id.
const topic = z.string().regex(/^[\w.-]{1,80}$/);

const service = z.union([
  serviceName.transform(serviceNamed),
  z
    .strictObject({ name: serviceName, in: topic.optional(), out: topic.optional(), compression })
    .transform(({ name, ...own }): TaggerService => ({ ...serviceNamed(name), ...own })),
]);

/** Services by their names, or with topics of their own. One reads no topic that another reads or writes. */
export const taggerServices = z
  .array(service)
  .min(1)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'A service stands once')
  .refine(
    (all) => new Set(all.flatMap((one) => [one.in, one.out])).size === all.length * 2,
    'A topic stands once: who reads what is written would never end',
  );

/** The services as JSON. */
const services = jsonText(taggerServices);

const milliseconds = z.coerce.number().int().positive();

/** How long rules stand before the bucket is asked for newer ones. */
const RULES_FRESH_MS = milliseconds;

/** Everything that tags and publishes. */
const publishing = {
  DATABASE_URL: z.string().min(1),
  ...kafkaEnv,
  RAW_BUCKET: z.string().min(1),
  TAGGER_SERVICES: services,
  FAILURES_QUEUE_URL: z.url(),
  RULES_FRESH_MS,
};

export const tagMessagesEnv = z.object({ ...publishing, PAGES_QUEUE_URL: z.url() });

export const tagPagesEnv = z.object(publishing);

/** What asks for pages. */
const fetching = { RAW_BUCKET: z.string().min(1), ...pageEnv };

export const fetchPagesEnv = z.object({ ...fetching, TAG_PAGES_QUEUE_URL: z.url() });

export const tryTaggerEnv = z.object({ ...fetching, RULES_FRESH_MS, ...callerEnv });

export const taggerApiEnv = z.object({
  DATABASE_URL: z.string().min(1),
  ...callerEnv,
  ...kafkaEnv,
  TAGGER_SERVICES: services,
});

/** What came in is held against what became of it. */
export const checkCountsEnv = z.object({ DATABASE_URL: z.string().min(1), TAGGER_SERVICES: services });

/** What a missed look costs. */
export const checkCountsImpact = 'Nobody looks whether messages got lost.';

/** Served by `tagger/api`, inside of the VPC. */
export const taggerRoutes = ['GET /tagger/services', 'GET /tagger/failures', 'GET /tagger/page-failures'] as const;

/** Served by `tagger/try`, outside of it, for it may have to fetch a page. */
export const tryRoutes = [
  'POST /tagger/try',
  'GET /tagger/rules',
  'PUT /tagger/rules',
  'DELETE /tagger/rules',
  'GET /tagger/rules/versions',
  'GET /tagger/rules/versions/{version}',
] as const;

/** The rules that stand above the shipped ones: docs/how-to/change-the-rules.md. */
export const rulesKey = 'tagger/rules.json';

/** The last of them that were good, for a function that starts while the newest are broken. */
export const keptRulesKey = 'tagger/kept-rules/rules.json';
