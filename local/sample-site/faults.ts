import { z } from 'zod';
import { faultEntries } from '../fault-entries.ts';
import type { Asked } from './site.ts';

const common = {
  /** Where it strikes: a pattern over path and query. Everywhere by default. */
  path: z
    .union([z.instanceof(RegExp), z.string().transform((pattern, context) => asPattern(pattern, context))])
    .optional(),
  /** Only requests for this county, by letter. */
  county: z
    .string()
    .regex(/^[A-Za-z]$/)
    .transform((letter) => letter.toUpperCase())
    .optional(),
  /** How many requests it strikes; forever by default. */
  times: z.int().positive().optional(),
};

const megabytes = z.number().positive().max(20_000);
const begins = z.enum(['zeros', 'file']).default('zeros');
const status = z.int().min(200).max(599);

/** What can be wrong with the site. */
const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('html-error'), status: status.default(200), ...common }),
  z.strictObject({ kind: z.literal('under-construction'), status: status.default(200), ...common }),
  z.strictObject({
    kind: z.literal('status'),
    status: status.default(500),
    retryAfterSeconds: z.int().nonnegative().optional(),
    ...common,
  }),
  /** Half of the bytes, then the connection is reset. */
  z.strictObject({ kind: z.literal('half-then-reset'), ...common }),
  /** The connection is reset before any answer. */
  z.strictObject({ kind: z.literal('reset'), ...common }),
  /** Half of the bytes, then nothing more; the connection stays. */
  z.strictObject({ kind: z.literal('silence'), ...common }),
  /** Half of the bytes and a proper end; the length of the whole is declared, or no length at all. */
  z.strictObject({ kind: z.literal('truncated'), length: z.enum(['declared', 'none']).default('declared'), ...common }),
  /** The whole file under a length that is that of its half, or twice as much. */
  z.strictObject({ kind: z.literal('wrong-length'), declared: z.enum(['half', 'double']).default('half'), ...common }),
  /** Header after header, until the other side has had enough. */
  z.strictObject({ kind: z.literal('endless-headers'), ...common }),
  z.strictObject({
    kind: z.literal('wrong-content-type'),
    contentType: z.enum(['image/png', 'application/json']).default('image/png'),
    ...common,
  }),
  z.strictObject({ kind: z.literal('slow'), bytesPerSecond: z.int().positive().default(1024), ...common }),
  /** A valid file of so many megabytes (of 1,048,576 bytes) for the county asked for. */
  z.strictObject({ kind: z.literal('huge'), megabytes: megabytes.default(200), ...common }),
  /** The list ends one publication earlier, or on a day of your choice. */
  z.strictObject({ kind: z.literal('not-out'), lastDate: z.iso.date().optional(), ...common }),
  z.strictObject({ kind: z.literal('redirect-loop'), ...common }),
  /** So many megabytes of zeros, compressed on the way to a thousandth; behind the file, in lines, or alone. */
  z.strictObject({ kind: z.literal('gzip-bomb'), megabytes: megabytes.default(200), begins, ...common }),
  z.strictObject({ kind: z.literal('zeros'), megabytes: megabytes.default(200), ...common }),
]);

/** A fault as it is ordered: what is left out takes its default. */
export type FaultOrder = z.input<typeof faultSchema>;

/** A fault with all its settings. */
export type Fault = z.output<typeof faultSchema>;

/** The faults in force, in the order they were ordered; the first that fits a request strikes it. */
export interface FaultBook {
  /** Throws where the order makes no sense. Returns what takes this one fault back. */
  add(order: FaultOrder): () => void;
  clear(): void;
  /** As they can be sent as JSON, each with the number of requests it will still strike. */
  list(): object[];
  /** The fault that strikes this request, if any; counts it. */
  strike(url: string, request: Asked): Fault | undefined;
}

/** An empty book. */
export function faultBook(): FaultBook {
  const { add, clear, list, strike } = faultEntries<Fault>();
  return {
    add: (order) => add(faultSchema.parse(order)),
    clear,
    list,
    strike: (url, request) => strike((fault) => fits(fault, url, request)),
  };
}

function fits(fault: Fault, url: string, request: Asked): boolean {
  const county = 'county' in request ? request.county : undefined;
  const possible = fault.kind === 'not-out' ? request.for === 'list' : fault.kind !== 'huge' || county !== undefined;
  const here =
    fault.path === undefined || new RegExp(fault.path.source, fault.path.flags.replace(/[gy]/g, '')).test(url);
  return possible && here && (fault.county === undefined || fault.county === county);
}

function asPattern(pattern: string, context: z.core.$RefinementCtx<string>): RegExp {
  try {
    return new RegExp(pattern);
  } catch (cause) {
    context.addIssue({ code: 'custom', message: `Not a regular expression: ${String(cause)}` });
    return z.NEVER;
  }
}
