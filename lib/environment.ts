import * as z from 'zod';
import { onBrokers, workloads } from './settings/index.ts';

/** What happens to a resource that holds data when its stack is deleted. */
const removal = z.enum(['destroy', 'retain']);

/** CloudWatch takes only these numbers of days. */
const retentionDays = z.literal([7, 14, 30, 90, 180, 365]);

/** Aurora capacity units; a minimum of 0 lets the cluster pause, and the first query after that waits 15 to 30 s. */
const database = z
  .object({
    minAcu: z.number().min(0).max(256),
    maxAcu: z.number().min(1).max(256),
    /** Only with `minAcu: 0`. */
    pauseAfterMinutes: z.int().min(5).max(1440).optional(),
    backupDays: z.int().min(1).max(35),
    deletionProtection: z.boolean(),
  })
  .refine(({ minAcu, maxAcu }) => minAcu <= maxAcu, 'minAcu is above maxAcu')
  .refine(({ minAcu, pauseAfterMinutes }) => pauseAfterMinutes === undefined || minAcu === 0, 'Only 0 ACU can pause');

const environmentSchema = z
  .object({
    name: z.string().regex(/^[a-z]+$/),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
    /** Addresses of the VPC; peered networks must not overlap. */
    vpcCidr: z.cidrv4(),
    database,
    removal,
    logRetentionDays: retentionDays,
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
    mail: z.object({
      /** SES asks its owner to confirm this address. */
      from: z.email(),
      /** Who reads reports and alerts; in the SES sandbox each of them must be confirmed too. */
      to: z.array(z.email()).min(1),
      /** Who reads alerts of one severity. @default `to` */
      high: z.array(z.email()).min(1).optional(),
      medium: z.array(z.email()).min(1).optional(),
      low: z.array(z.email()).min(1).optional(),
      /** Where people read docs/runbook.md; mails lead to its sections. */
      runbook: z.union([z.url(), z.literal('docs/runbook.md')]).default('docs/runbook.md'),
    }),
    api: z.object({
      /** Where the API answers, with a slash at its end: an own domain, or the output of the stack Api. Mails lead there. */
      url: z
        .url({ protocol: /^https$/ })
        .endsWith('/')
        .optional(),
      /** Web pages of these origins may call the API from a browser. */
      corsOrigins: z.array(z.url()).min(1),
      requestsPerSecond: z.int().positive(),
      burst: z.int().positive(),
      /** Of one credential, so that nobody takes all. On one machine it is the only limit, and load tests run there. */
      callers: z.object({ requestsPerSecond: z.int().positive(), burst: z.int().positive() }),
    }),
    slots: z.object({
      /** How often missed slots are looked for: `rate(15 minutes)`. Each look wakes a database that pauses. */
      keepEvery: z.string().regex(/^rate\(\d+ (minutes?|hours?)\)$/),
    }),
    /** Kafka: costs 298 USD a month as two standard brokers, 547 serverless, 894 as three express brokers (us-east-1). */
    broker: z.enum(['none', 'provisioned', 'serverless', 'express']),
    workloads,
  })
  .superRefine(({ broker, workloads }, { addIssue }) => {
    if (broker !== 'none') return;
    for (const name of onBrokers.filter((one) => workloads[one].enabled))
      addIssue({
        code: 'custom',
        path: ['workloads', name, 'enabled'],
        message: `The ${name} reads from Kafka: it needs a broker`,
      });
  });

/** One place to run: sizes, addresses, switches. No secrets. Of a workload it says what differs from lib/settings. */
export type Environment = z.output<typeof environmentSchema>;

const trial = {
  region: 'ap-northeast-1',
  database: { minAcu: 0, maxAcu: 2, pauseAfterMinutes: 10, backupDays: 1, deletionProtection: false },
  removal: 'destroy',
  logRetentionDays: 14,
  logLevel: 'INFO',
  // Four wakes a day: every quarter of an hour, the database would never pause.
  slots: { keepEvery: 'rate(6 hours)' },
  broker: 'provisioned',
};

const environments: Record<string, unknown> = {
  dev: {
    ...trial,
    name: 'dev',
    vpcCidr: '10.40.0.0/16',
    mail: { from: 'millrace-dev@example.com', to: ['developers@example.com'] },
    api: {
      corsOrigins: ['http://localhost:5173'],
      requestsPerSecond: 20,
      burst: 40,
      callers: { requestsPerSecond: 1000, burst: 2000 },
    },
    // Whoever tries it sees files, and who was erased gone from them, while they look.
    workloads: { recommender: { filesDelaySeconds: 20 } },
  },
  staging: {
    ...trial,
    name: 'staging',
    vpcCidr: '10.41.0.0/16',
    mail: { from: 'millrace-staging@example.com', to: ['developers@example.com'] },
    api: {
      corsOrigins: ['https://staging.millrace.example.com'],
      requestsPerSecond: 50,
      burst: 100,
      callers: { requestsPerSecond: 25, burst: 50 },
    },
  },
  prod: {
    ...trial,
    name: 'prod',
    vpcCidr: '10.42.0.0/16',
    database: { minAcu: 0.5, maxAcu: 8, backupDays: 14, deletionProtection: true },
    removal: 'retain',
    slots: { keepEvery: 'rate(15 minutes)' },
    logRetentionDays: 90,
    mail: { from: 'millrace@example.com', to: ['operations@example.com', 'data@example.com'] },
    api: {
      corsOrigins: ['https://millrace.example.com'],
      requestsPerSecond: 100,
      burst: 200,
      callers: { requestsPerSecond: 50, burst: 100 },
    },
    workloads: {
      presale: { parallelCounties: 6 },
      tagger: { pollers: { maximum: 4 }, pages: { workers: 10 } },
      tasks: { workers: 10, longWorkers: 6, longTasks: 6, requests: 40, files: { maxBytes: 5 * 1024 ** 4 } },
    },
  },
};

/** How soon a person should look. */
export const severities = ['high', 'medium', 'low'] as const;

/** Who reads alerts of that severity. */
export function recipientsOf(mail: Environment['mail'], severity: (typeof severities)[number]): readonly string[] {
  return mail[severity] ?? mail.to;
}

/** Every environment that can be asked for. */
export const environmentNames: readonly string[] = Object.keys(environments);

/** The environment of that name. Throws with every wrong value at once, or with the names there are. */
export function environmentNamed(name: string): Environment {
  if (!Object.hasOwn(environments, name))
    throw new Error(`No environment "${name}" in lib/environment.ts; there are ${environmentNames.join(', ')}`);
  return readEnvironment(environments[name]);
}

/** Checks one environment's data. Throws with every wrong value at once. */
export function readEnvironment(data: unknown): Environment {
  const parsed = environmentSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new Error(`lib/environment.ts: ${z.prettifyError(parsed.error)}`);
}
