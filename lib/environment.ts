import * as z from 'zod';
import { countyLetters } from '../lambdas/presale/contract.ts';
import { taggerServices } from '../lambdas/tagger/contract.ts';

/** What happens to a resource that holds data when its stack is deleted. */
const removal = z.enum(['destroy', 'retain']);

/** CloudWatch takes only these numbers of days. */
const retentionDays = z.literal([7, 14, 30, 90, 180, 365]);

const counties = z
  .array(z.enum(countyLetters))
  .min(1)
  .refine((letters) => new Set(letters).size === letters.length, 'A county stands once');

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

const presale = z.object({
  enabled: z.boolean(),
  /** Off: runs start by hand only. */
  scheduled: z.boolean(),
  siteUrl: z.url(),
  counties,
  /** Counties fetched and loaded at once; each holds one database connection while it loads. */
  parallelCounties: z.int().min(1).max(22),
  retrySeconds: z.int().positive(),
  maxAttempts: z.int().positive(),
});

const tagger = z.object({
  enabled: z.boolean(),
  /** `wx`: reads `wx.messages`, writes `wx.messages.tagged`. `{ name: 'app', in: 'posts', out: 'tagged-posts' }`: its own. */
  services: taggerServices,
  /** Of each topic; as many batches are tagged side by side at most. It can grow, never shrink. */
  partitions: z.int().min(1).max(100),
  /** Lambda's own, kept ready; each takes 5 MB/s. */
  pollers: z
    .object({ minimum: z.int().min(1).max(200), maximum: z.int().min(1).max(2000) })
    .refine(({ minimum, maximum }) => minimum <= maximum, 'minimum is above maximum'),
  pages: z.object({
    /** Functions that fetch at once. */
    workers: z.int().min(2).max(1000),
    timeoutMs: z.int().min(100).max(60_000),
    /** Of the decoded page. */
    maxBytes: z.int().positive(),
    /** Of what is published of it; Kafka takes a MiB a message, and both HTML and text must fit in. */
    keptBytes: z
      .int()
      .positive()
      .max(400 * 1024),
    /** Requests to one host at once, and the gap between two of them. */
    perHost: z.int().min(1).max(10),
    gapMs: z.int().min(0),
    /** How long a page stands for itself in further messages. */
    freshMs: z.int().positive(),
    /** `10.0.0.7:8080`: what may be asked for although it is not public. */
    allowed: z.array(z.string()),
  }),
});

const tasks = z.object({
  enabled: z.boolean(),
  /** Workers of short tasks at once; each runs up to ten side by side, and holds two database connections. */
  workers: z.int().min(2).max(1000),
  /** The same of those that may take minutes. */
  longWorkers: z.int().min(2).max(1000),
  /** Turns of long tasks at once. */
  longTasks: z.int().min(1).max(1000),
  /** Requests at once. */
  requests: z.int().min(1).max(1000),
  /** How long a task stays its worker's without a word from it; it says one every two seconds. */
  leaseSeconds: z.int().min(10).max(600),
  /** How long a task that has ended is remembered. */
  keepDays: z.int().min(1).max(3650),
  callbackTimeoutMs: z.int().min(100).max(60_000),
  /** `10.0.0.7:8080`: what may be called back although it is not public. */
  callbacksAllowed: z.array(z.string()),
  files: z.object({
    /** Of one file; S3 takes no more than 5 TiB. */
    maxBytes: z
      .int()
      .positive()
      .max(5 * 1024 ** 4),
    /** How long an upload may take. */
    unfinishedHours: z.int().min(1).max(168),
    /** How long a file stays. */
    keepDays: z.int().min(1).max(365),
  }),
  spark: z.object({
    /** Of all jobs together, each with 4 GB: what bounds the cost. 0.26 USD an hour for four (us-east-1, arm64). */
    maxVcpu: z.int().min(4).max(400),
  }),
});

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
    workloads: z.object({ presale, tagger, tasks }),
  })
  .refine(({ broker, workloads }) => broker !== 'none' || !workloads.tagger.enabled, {
    path: ['workloads', 'tagger', 'enabled'],
    message: 'The tagger reads from Kafka: it needs a broker',
  });

/** One place to run: sizes, addresses, switches. No secrets. */
export type Environment = z.output<typeof environmentSchema>;

const presaleDefaults = {
  enabled: true,
  scheduled: true,
  siteUrl: 'https://plvr.land.moi.gov.tw',
  counties: countyLetters,
  parallelCounties: 4,
  retrySeconds: 3600,
  maxAttempts: 24,
};

const taggerDefaults = {
  enabled: true,
  services: ['wx'],
  partitions: 4,
  pollers: { minimum: 1, maximum: 2 },
  pages: {
    workers: 4,
    timeoutMs: 30_000,
    maxBytes: 5_000_000,
    keptBytes: 256 * 1024,
    perHost: 2,
    gapMs: 500,
    freshMs: 60 * 60 * 1000,
    allowed: [],
  },
};

const tasksDefaults = {
  enabled: true,
  workers: 4,
  longWorkers: 2,
  longTasks: 2,
  requests: 16,
  leaseSeconds: 30,
  keepDays: 90,
  callbackTimeoutMs: 10_000,
  callbacksAllowed: [],
  files: { maxBytes: 20 * 1000 ** 3, unfinishedHours: 48, keepDays: 30 },
  spark: { maxVcpu: 16 },
};

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
    workloads: { presale: presaleDefaults, tagger: taggerDefaults, tasks: tasksDefaults },
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
    workloads: { presale: presaleDefaults, tagger: taggerDefaults, tasks: tasksDefaults },
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
      presale: { ...presaleDefaults, parallelCounties: 6 },
      tagger: {
        ...taggerDefaults,
        pollers: { minimum: 1, maximum: 4 },
        pages: { ...taggerDefaults.pages, workers: 10 },
      },
      tasks: {
        ...tasksDefaults,
        workers: 10,
        longWorkers: 6,
        longTasks: 6,
        requests: 40,
        files: { ...tasksDefaults.files, maxBytes: 5 * 1024 ** 4 },
      },
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
