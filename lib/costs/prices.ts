/** List prices in USD, without tax: one place to bring up to date. `npm run cost -- --prices` prints them. */
export interface Price {
  readonly usd: number;
  /** The day, or the month, in which the source said so. */
  readonly date: string;
  /** Where it stands. Of what AWS's pages draw by script: the name under which AWS's price list has it. */
  readonly source: string;
}

/** Regions that have prices here. */
export const pricedRegions = ['ap-northeast-1', 'us-east-1'] as const;

export type PricedRegion = (typeof pricedRegions)[number];

/** One thing that is paid for. Where a region is missing, no source was found, and no figure is made up. */
interface Priced {
  /** `hour of an interface endpoint in one zone`. */
  readonly unit: string;
  readonly in: Partial<Record<PricedRegion, Price>>;
}

const list = (usd: number, date: string, source: string): Price => ({ usd, date, source });
const everywhere = (price: Price): Record<PricedRegion, Price> => ({ 'ap-northeast-1': price, 'us-east-1': price });

const cloudWatch = 'https://aws.amazon.com/cloudwatch/pricing/';
const msk = 'https://aws.amazon.com/msk/pricing/';
const lambda = 'https://aws.amazon.com/lambda/pricing/';

export const prices = {
  endpointHour: {
    unit: 'hour of an interface endpoint in one zone',
    in: {
      'ap-northeast-1': list(0.014, '2026-10-10', 'price list AmazonVPC, APN1-VpcEndpoint-Hours'),
      'us-east-1': list(0.01, '2026-11', 'https://aws.amazon.com/privatelink/pricing/'),
    },
  },
  natHour: {
    unit: 'hour of a NAT gateway',
    in: {
      'ap-northeast-1': list(0.062, '2026-09-23', 'price list AmazonEC2, APN1-NatGateway-Hours'),
      'us-east-1': list(0.045, '2026-11', 'https://aws.amazon.com/vpc/pricing/'),
    },
  },
  acuHour: {
    unit: 'hour of an Aurora capacity unit',
    in: {
      'ap-northeast-1': list(0.2, '2026-11-30', 'https://aws.amazon.com/rds/aurora/pricing/ (as quoted for Tokyo)'),
      'us-east-1': list(0.12, '2026-11', 'https://aws.amazon.com/rds/aurora/pricing/'),
    },
  },
  secretMonth: {
    unit: 'secret a month',
    in: everywhere(list(0.4, '2026-09-23', 'price list AWSSecretsManager, AWSSecretsManager-Secrets')),
  },
  alarmMetricMonth: {
    unit: 'metric of an alarm a month',
    in: everywhere(list(0.1, '2026-09-23', `price list AmazonCloudWatch, CW:AlarmMonitorUsage; ${cloudWatch}`)),
  },
  dashboardMonth: {
    unit: 'dashboard a month',
    in: everywhere(list(3, '2026-11-30', `price list AmazonCloudWatch, DashboardsUsageHour (one for all regions)`)),
  },
  queueMillion: {
    unit: 'million requests to SQS',
    in: everywhere(list(0.4, '2026-09-23', 'price list AWSQueueService, Requests-Tier1')),
  },
  pollerUnitHour: {
    unit: 'hour of an event poller unit for Kafka',
    in: { 'us-east-1': list(0.185, '2026-09-28', `price list AWSLambda, Event-Poller-Unit; ${lambda}`) },
  },
  'kafka.t3.small': {
    unit: 'hour of a kafka.t3.small broker',
    in: {
      'ap-northeast-1': list(0.0596, '2026-09-15', 'price list AmazonMSK, Asia Pacific (Tokyo)'),
      'us-east-1': list(0.0456, '2026-11-30', msk),
    },
  },
  'kafka.m5.large': {
    unit: 'hour of a kafka.m5.large broker',
    in: {
      'ap-northeast-1': list(0.271, '2026-10-10', `${msk} (its data for Tokyo)`),
      'us-east-1': list(0.21, '2026-11-30', msk),
    },
  },
  'kafka.m7g.large': {
    unit: 'hour of a kafka.m7g.large broker',
    in: { 'us-east-1': list(0.204, '2026-11', msk) },
  },
  'express.m7g.large': {
    unit: 'hour of an express.m7g.large broker',
    in: { 'us-east-1': list(0.408, '2026-11', msk) },
  },
  kafkaServerlessHour: {
    unit: 'hour of a serverless cluster',
    in: { 'us-east-1': list(0.75, '2026-11-30', msk) },
  },
  kafkaPartitionHour: {
    unit: 'hour of a partition in a serverless cluster',
    in: { 'us-east-1': list(0.0015, '2026-11-30', msk) },
  },
  brokerGigabyteMonth: {
    unit: 'gigabyte of a broker’s disk a month',
    in: {
      // Another reading of the same list, of 2026-09-15, has 0.114: the higher one counts.
      'ap-northeast-1': list(0.12, '2026-10-10', `${msk} (its data for Tokyo)`),
      'us-east-1': list(0.1, '2026-11-30', msk),
    },
  },
} satisfies Readonly<Record<string, Priced>>;

export type PriceName = keyof typeof prices;

/** What AWS gives each account a month, here all of it to this environment. Source: CloudWatch's and SQS's price pages. */
export const free = { alarmMetrics: 10, dashboards: 3, queueRequests: 1_000_000 } as const;

/** A price; `undefined` where the region has no source for it. Throws for what no region has a price of. */
export function priceOf(name: PriceName, region: PricedRegion): Price | undefined {
  const known: Priced | undefined = prices[name];
  if (!known) throw new Error(`lib/costs/prices.ts has no price of ${name}`);
  return known.in[region];
}
