import { z } from 'zod';
import { faultEntries } from '../../fault-entries.ts';

/** The sites there are: three platforms' own, and the paid interface. */
export const siteNames = ['weixin', 'weibo', 'bili', 'gateway'] as const;
export type SiteName = (typeof siteNames)[number];

const common = {
  /** Where it strikes. Everywhere by default. */
  site: z.enum(siteNames).optional(),
  /** A pattern over path, query and body, as they come. */
  path: z
    .string()
    .optional()
    .transform((pattern, context) => pattern && asPattern(pattern, context)),
  /** How many requests it strikes; forever by default. */
  times: z.int().positive().optional(),
  /** How many of a hundred requests it strikes. */
  percent: z.number().positive().max(100).default(100),
};

/** What can be wrong with a platform. */
const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('status'), status: z.int().min(200).max(599).default(500), ...common }),
  /** Cookies or token are no longer good, in the platform's own words. */
  z.strictObject({ kind: z.literal('login-wall'), ...common }),
  /** Taken for a robot: a captcha, a voucher, a page of the guard. */
  z.strictObject({ kind: z.literal('captcha'), ...common }),
  /** Too often. */
  z.strictObject({ kind: z.literal('throttled'), ...common }),
  /** The account with the paid interface is empty. */
  z.strictObject({ kind: z.literal('no-balance'), ...common }),
  /** An answer of another shape than ever. */
  z.strictObject({ kind: z.literal('unknown-shape'), ...common }),
  /** Half of the text, as if it were whole: JSON that ends in the middle. */
  z.strictObject({ kind: z.literal('half'), ...common }),
  /** Half of the bytes under the length of all, then the end. */
  z.strictObject({ kind: z.literal('cut'), ...common }),
  /** The connection is reset before any answer. */
  z.strictObject({ kind: z.literal('reset'), ...common }),
  /** The answer comes so much later. */
  z.strictObject({ kind: z.literal('late'), milliseconds: z.int().positive().max(600_000).default(30_000), ...common }),
  /** Times of posts that nobody can read. */
  z.strictObject({ kind: z.literal('unreadable-times'), ...common }),
  /** Just no results. */
  z.strictObject({ kind: z.literal('nothing-found'), ...common }),
]);

/** A fault as it is ordered: what is left out takes its default. */
export type PlatformFaultOrder = z.input<typeof faultSchema>;
export type PlatformFault = z.output<typeof faultSchema>;

/** The faults in force, in the order they were ordered; the first that fits a request strikes it. */
export interface PlatformFaultBook {
  /** Returns what takes this one fault back. Throws a ZodError for an order that makes no sense. */
  add(order: PlatformFaultOrder): () => void;
  clear(): void;
  list(): readonly object[];
  strike(site: SiteName, request: string): PlatformFault | undefined;
}

/** `random` returns [0, 1). */
export function platformFaultBook(random: () => number = Math.random): PlatformFaultBook {
  const { add, clear, list, strike } = faultEntries<PlatformFault>();
  return {
    add: (order) => add(faultSchema.parse(order)),
    clear,
    list,
    strike: (site, request) => strike((fault) => fits(fault, site, request) && random() * 100 < fault.percent),
  };
}

function fits({ site, path }: PlatformFault, struck: SiteName, request: string): boolean {
  return (site === undefined || site === struck) && (!path || path.test(request));
}

function asPattern(pattern: string, context: z.core.$RefinementCtx<unknown>): RegExp {
  try {
    return new RegExp(pattern);
  } catch (cause) {
    context.addIssue({ code: 'custom', message: `Not a regular expression: ${String(cause)}` });
    return z.NEVER;
  }
}
