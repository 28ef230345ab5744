import * as z from 'zod';

/** What the console's routes take. A wrong body is told field by field. */

export const triggerRequest = z.strictObject({ name: z.string().min(1), input: z.unknown().optional() });

export const invokeRequest = z.strictObject({ function: z.string().min(1), event: z.unknown() });

export const variablesRequest = z.strictObject({ function: z.string().min(1) });

const probability = z.number().min(0).max(1);

export const faultRequest = z
  .strictObject({
    duplicate: z.boolean(),
    deliveries: z.int().min(1).max(10),
    crashBefore: probability,
    crashAfter: probability,
  })
  .partial();

export const refusalRequest = z.strictObject({
  service: z.enum(['s3', 'sqs', 'ses', 'secretsmanager', 'states']),
  seconds: z.number().positive().max(3600),
});

/** One record for a topic; keys and values as text. */
export const recordRequest = z.strictObject({
  key: z.string().optional(),
  value: z.string().nullable(),
  partition: z.int().nonnegative().optional(),
  headers: z.record(z.string(), z.string()).default({}),
});

export { parsed } from '../this-machine/parsed.ts';
