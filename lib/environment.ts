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

/**
 * What stands ready although nothing happens, and is paid for by the month. The second word of each is the cheaper one;
 * what it gives up stands beside it. docs/costs.md says what each environment comes to.
 */
const standing = z.strictObject({
  /**
   * How functions in the VPC reach Secrets Manager and SQS. `ipv6`: by an egress-only gateway, which is free. Gives up
   * that they can reach nothing else: port 443 of the whole internet is open to them, outwards.
   */
  wayOut: z.enum(['endpoints', 'ipv6']),
  /**
   * `few`: one alarm for the errors of all functions of the account and region, in place of one for each function and each
   * dead end that the ledger drains. Gives up its name and severity: the log and the ledger say which function it was.
   * Functions that tell people of all other alarms (lib/workloads/alerts.ts) keep theirs.
   */
  alarms: z.enum(['each', 'few']),
  /** `shared`: the workloads' pages are one dashboard, as three are free. Gives up a short page. */
  dashboards: z.enum(['each', 'shared']),
  /**
   * `few`: Lambda reads an empty queue with two pollers instead of five, which it does only where no maximum is set. Gives up
   * that a function is never offered more than it may take at once: what is too much is refused, and comes again later;
   * of a flood, some messages may use up their tries on it and go to the ledger.
   */
  queueReaders: z.enum(['bounded', 'few']),
  /**
   * `demand`: Lambda's pollers of topics start by themselves, and need endpoints to Lambda and STS. Gives up partial answers:
   * a batch of which one record fails comes again whole, until Kafka forgets it, and its partition waits so long.
   */
  pollers: z.enum(['ready', 'demand']),
});

/** All that an environment may have ready. */
const everything: z.output<typeof standing> = {
  wayOut: 'endpoints',
  alarms: 'each',
  dashboards: 'each',
  queueReaders: 'bounded',
  pollers: 'ready',
};

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
      /**
       * Of the whole API, at the gateway, which knows nobody: it bounds what a flood costs (docs/decisions/0175), and stands far
       * above what known callers ask for, so that strangers don't take their places.
       */
      requestsPerSecond: z.int().positive(),
      burst: z.int().positive(),
      /** Of one credential, so that no user takes all. On one machine it is the only limit, and load tests run there. */
      callers: z.object({ requestsPerSecond: z.int().positive(), burst: z.int().positive() }),
    }),
    slots: z.object({
      /**
       * How often missed slots are looked for: `rate(15 minutes)`, or the minutes of `cron(0 0/6 * * ? *)` in UTC. Each look
       * wakes a database that pauses; looks at the same minute share a wake, which those of a rate never do.
       */
      keepEvery: z.string().regex(/^rate\(\d+ (minutes?|hours?)\)$|^cron\([\d/,* -]+\? \*\)$/),
    }),
    ledger: z.strictObject({
      /**
       * Batches of failures that are taken in at once, each with a connection to the database. Of queues that fail at once
       * in a larger number some wait; the largest loss is time.
       */
      intake: z.int().min(2).max(1000),
    }),
    /** Kafka, as two standard brokers, serverless, or three express brokers. */
    broker: z.enum(['none', 'provisioned', 'serverless', 'express']),
    /** Of each standard broker. `kafka.t3.small` takes four new connections a second, and a topic's load in bursts only. */
    brokers: z
      .strictObject({
        instance: z.enum(['kafka.t3.small', 'kafka.m5.large', 'kafka.m7g.large']).default('kafka.m7g.large'),
        /** It can grow, never shrink. */
        gigabytes: z.int().min(1).max(16_384).default(100),
      })
      .prefault({}),
    standing: standing.default(everything),
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
  // Four wakes a day, which all that looks shares: every quarter of an hour, the database would never pause.
  slots: { keepEvery: 'cron(15 2/6 * * ? *)' },
  ledger: { intake: 8 },
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
      requestsPerSecond: 100,
      burst: 200,
      callers: { requestsPerSecond: 1000, burst: 2000 },
    },
    // It stands idle most of the time, and no work waits for it.
    brokers: { instance: 'kafka.t3.small', gigabytes: 10 },
    standing: { wayOut: 'ipv6', alarms: 'few', dashboards: 'shared', queueReaders: 'few', pollers: 'demand' },
    // A person who tries it sees files being written, and erased users leave them, while looking.
    workloads: { recommender: { filesDelaySeconds: 20 } },
  },
  staging: {
    ...trial,
    name: 'staging',
    vpcCidr: '10.41.0.0/16',
    mail: { from: 'millrace-staging@example.com', to: ['developers@example.com'] },
    api: {
      corsOrigins: ['https://staging.millrace.example.com'],
      requestsPerSecond: 200,
      burst: 400,
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
    ledger: { intake: 32 },
    logRetentionDays: 90,
    mail: { from: 'millrace@example.com', to: ['operations@example.com', 'data@example.com'] },
    api: {
      corsOrigins: ['https://millrace.example.com'],
      requestsPerSecond: 400,
      burst: 800,
      callers: { requestsPerSecond: 50, burst: 100 },
    },
    workloads: {
      presale: { parallelCounties: 6 },
      tagger: { pollers: { maximum: 4 }, pages: { workers: 10 } },
      tasks: { workers: 10, longWorkers: 6, longTasks: 6, requests: 40, files: { maxBytes: 5 * 1024 ** 4 } },
    },
  },
};

/** The same environment without Kafka and the workloads that read from it. */
export function withoutBrokers(environment: Environment): Environment {
  const off = Object.fromEntries(
    onBrokers.map((name) => [name, { ...environment.workloads[name], enabled: false }] as const),
  );
  return { ...environment, broker: 'none', workloads: { ...environment.workloads, ...off } };
}

/** The same environment with all that others go without to save money: what one machine runs, where nothing is paid for. */
export function withEverything(environment: Environment): Environment {
  // A rate looks as soon as it is there: a machine that was off finds at its start what it has missed.
  return { ...environment, standing: everything, slots: { keepEvery: 'rate(15 minutes)' } };
}

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
