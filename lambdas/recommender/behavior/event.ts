import * as z from 'zod';
import { asStorableJson, isStorable } from '#kit/text/storable.ts';
import { eventId, itemId, scenarioId, tenantId, userId } from '../identifiers.ts';

const short = z.string().max(200).refine(isStorable, 'has a character that can’t be stored');
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

/** Also as its text. Nothing else is taken for a number: null would be 0, and 1970 a time. */
const number = z.union([
  z.number(),
  z
    .string()
    .trim()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);

const devices = ['mobile', 'pc', 'tablet', 'tv', 'unknown'] as const;

const context = z
  .object({ device_type: optional(z.enum(devices).catch('unknown')), os: optional(short), location: optional(short) })
  .prefault({});

// PostgreSQL's last year is far beyond; a date that JavaScript can't hold is none.
const milliseconds = number.pipe(
  z
    .int()
    .min(0)
    .max(Date.UTC(9999, 11, 31)),
);

/** Items shown together that one event may name. */
const mostShown = 25;

const fields = {
  event_id: eventId,
  scenario_id: scenarioId,
  user_id: userId,
  item_id: itemId.optional(),
  /** Of an impression: all that was shown together. */
  items: z.array(itemId).min(1).max(mostShown).optional(),
  action_type: z
    .string()
    .trim()
    .regex(/^[\w.-]{1,64}$/)
    .toLowerCase(),
  context,
  extra: z.record(z.string(), z.unknown()).prefault({}).transform(asStorableJson),
  timestamp: milliseconds,
  request_id: optional(z.uuid().toLowerCase()),
  session_id: optional(short),
  experiment_id: optional(short),
  experiment_group: optional(short),
  position: optional(number.pipe(z.int().min(0).max(1_000_000))),
  duration: optional(number.pipe(z.number().min(0))),
  completion_rate: optional(number.pipe(z.number().min(0).max(1))),
};

const isAboutItems = {
  check: ({
    item_id,
    items,
  }: {
    readonly item_id?: string | undefined;
    readonly items?: readonly string[] | undefined;
  }) => item_id !== undefined || items !== undefined,
  error: { message: 'names no item', path: ['item_id'] },
};
const isImpression = {
  check: ({ action_type, items }: { readonly action_type: string; readonly items?: readonly string[] | undefined }) =>
    items === undefined || action_type === 'impression',
  error: { message: 'only an impression has several', path: ['items'] },
};

/** What a client says a user did; whose it is its credential says. */
export const trackedEvent = z
  .object({ ...fields, tenant_id: tenantId.optional() })
  .refine(isAboutItems.check, isAboutItems.error)
  .refine(isImpression.check, isImpression.error);
export type TrackedEvent = z.output<typeof trackedEvent>;

/** An event as it stands in Kafka. */
export const behaviorEvent = z
  .object({ ...fields, tenant_id: tenantId })
  .refine(isAboutItems.check, isAboutItems.error)
  .refine(isImpression.check, isImpression.error);
export type BehaviorEvent = z.output<typeof behaviorEvent>;
