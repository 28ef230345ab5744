import type { Assembly, Resource } from '../inventory/assembly.ts';
import { freeTypes, pricedTypes } from './idle-types.ts';
import { free, type PricedRegion, type PriceName, priceOf } from './prices.ts';
import { leastAwakeAcu, wakesOf } from './wakes.ts';

/** One line of what an environment costs a month while nothing happens. */
export interface CostLine {
  readonly what: string;
  /** `2 × 730 h`: what is counted, from the templates. */
  readonly count: string;
  readonly price: PriceName;
  /** How many units of the price. */
  readonly quantity: number;
  /** USD a month; `undefined` where the region has no price. */
  readonly usd: number | undefined;
}

/** AWS's own month. */
const hours = 730;
const minutes = hours * 60;
// Long polls of 20 seconds.
const pollsAMinute = 3;
/**
 * Pollers that read an empty queue. Lambda keeps five, and goes down to two where no maximum is set. Source: Lambda
 * Developer Guide, "Configuring scaling behavior for SQS event source mappings".
 */
const idlePollers = { bounded: 5, unbounded: 2 } as const;
// Source: Lambda Developer Guide, "Kafka event poller scaling modes".
const pollersPerUnit = 10;

type Draft = Omit<CostLine, 'usd'>;

/**
 * What idle templates cost in a month of 730 hours, by line. Free allowances of an account count
 * as this environment's. Throws where a resource's type has neither a line nor a word that it costs nothing.
 */
export function idleCosts(assembly: Assembly, region: PricedRegion): readonly CostLine[] {
  const unknown = new Set(assembly.resources.map(({ type }) => type));
  for (const type of [...freeTypes, ...pricedTypes]) unknown.delete(type);
  if (unknown.size > 0) throw new Error(`lib/costs/idle-types.ts doesn't say what costs: ${[...unknown].join(', ')}`);
  return [
    ...brokers(assembly),
    ...pollers(assembly),
    ...network(assembly),
    ...database(assembly),
    ...queues(assembly),
    ...watching(assembly),
    secrets(assembly),
  ]
    .filter(({ quantity }) => quantity > 0)
    .map((draft) => priced(draft, region));
}

function priced(draft: Draft, region: PricedRegion): CostLine {
  const price = priceOf(draft.price, region);
  return { ...draft, usd: price && draft.quantity * price.usd };
}

/** The sum of the lines that have a price, and the lines that have none. */
export function totalOf(lines: readonly CostLine[]): { readonly usd: number; readonly without: readonly CostLine[] } {
  return {
    usd: lines.reduce((sum, { usd = 0 }) => sum + usd, 0),
    without: lines.filter(({ usd }) => usd === undefined),
  };
}

function brokers(assembly: Assembly): readonly Draft[] {
  const clusters = assembly.ofType('AWS::MSK::Cluster').flatMap(({ properties }): readonly Draft[] => {
    const { NumberOfBrokerNodes: nodes, BrokerNodeGroupInfo: group } = properties as unknown as ClusterProperties;
    const gigabytes = group.StorageInfo?.EBSStorageInfo.VolumeSize ?? 0;
    return [
      {
        what: `Kafka: ${group.InstanceType} brokers`,
        count: `${nodes} × ${hours} h`,
        price: group.InstanceType,
        quantity: nodes * hours,
      },
      {
        what: 'Kafka: the brokers’ disks',
        count: `${nodes} × ${gigabytes} GB`,
        price: 'brokerGigabyteMonth',
        quantity: nodes * gigabytes,
      },
    ];
  });
  const serverless = assembly.ofType('AWS::MSK::ServerlessCluster').length;
  const partitions = assembly.functions.reduce(
    (sum, { properties }) => sum + partitionsMade(properties.Environment),
    0,
  );
  return [
    ...clusters,
    {
      what: 'Kafka: serverless cluster',
      count: `${hours} h`,
      price: 'kafkaServerlessHour',
      quantity: serverless * hours,
    },
    {
      what: 'Kafka: partitions',
      count: `${partitions} × ${hours} h`,
      price: 'kafkaPartitionHour',
      quantity: partitions * hours,
    },
  ];
}

interface ClusterProperties {
  readonly NumberOfBrokerNodes: number;
  readonly BrokerNodeGroupInfo: {
    readonly InstanceType: PriceName;
    readonly StorageInfo?: { readonly EBSStorageInfo: { readonly VolumeSize: number } };
  };
}

/** Of the topics that a client makes, as in a serverless cluster. */
function partitionsMade(environment: unknown): number {
  const { Variables } = (environment ?? {}) as { readonly Variables?: { readonly TOPICS?: string } };
  const topics = JSON.parse(Variables?.TOPICS ?? '[]') as readonly { readonly partitions: number }[];
  return topics.reduce((sum, { partitions }) => sum + partitions, 0);
}

/** Pollers of one group share units; each mapping without a group has units of its own. */
function pollers(assembly: Assembly): readonly Draft[] {
  const groups = new Map<string, number>();
  for (const { id, stack, properties } of assembly.ofType('AWS::Lambda::EventSourceMapping')) {
    const config = properties.ProvisionedPollerConfig as PollerConfig | undefined;
    if (!config) continue;
    const group = config.PollerGroupName ?? `${stack}/${id}`;
    groups.set(group, (groups.get(group) ?? 0) + (config.MinimumPollers ?? 1));
  }
  const units = [...groups.values()].reduce((sum, minimum) => sum + Math.ceil(minimum / pollersPerUnit), 0);
  const count = `${units} unit${units === 1 ? '' : 's'} of ${pollersPerUnit} pollers × ${hours} h`;
  return [{ what: 'Lambda: pollers kept ready for topics', count, price: 'pollerUnitHour', quantity: units * hours }];
}

interface PollerConfig {
  readonly MinimumPollers?: number;
  readonly PollerGroupName?: string;
}

function network(assembly: Assembly): readonly Draft[] {
  const endpoints = assembly
    .ofType('AWS::EC2::VPCEndpoint')
    .filter(({ properties }) => properties.VpcEndpointType === 'Interface');
  const zones = endpoints.reduce((sum, { properties }) => sum + (properties.SubnetIds as readonly unknown[]).length, 0);
  const gateways = assembly.ofType('AWS::EC2::NatGateway').length;
  return [
    {
      what: `VPC: ${endpoints.length} interface endpoints`,
      count: `${zones} zones in all × ${hours} h`,
      price: 'endpointHour',
      quantity: zones * hours,
    },
    { what: 'VPC: NAT gateways', count: `${gateways} × ${hours} h`, price: 'natHour', quantity: gateways * hours },
  ];
}

function database(assembly: Assembly): readonly Draft[] {
  return assembly.ofType('AWS::RDS::DBCluster').map(({ properties }): Draft => {
    const { MinCapacity: least, SecondsUntilAutoPause: pauseSeconds = 300 } =
      properties.ServerlessV2ScalingConfiguration as ScalingProperties;
    if (least > 0) {
      const count = `${least} ACU × ${hours} h`;
      return { what: 'Aurora: at its minimum', count, price: 'acuHour', quantity: least * hours };
    }
    const { hours: awake } = wakesOf(assembly, pauseSeconds / 60);
    return {
      what: 'Aurora: awake for the looks of schedules',
      count: `${leastAwakeAcu} ACU × ${awake.toFixed(1)} h`,
      price: 'acuHour',
      quantity: leastAwakeAcu * awake,
    };
  });
}

interface ScalingProperties {
  readonly MinCapacity: number;
  readonly SecondsUntilAutoPause?: number;
}

/** Lambda asks empty queues, and each question counts. */
function queues(assembly: Assembly): readonly Draft[] {
  const mappings = assembly.ofType('AWS::Lambda::EventSourceMapping').filter(({ properties }) => !properties.Topics);
  const bounded = mappings.filter(({ properties }) => properties.ScalingConfig !== undefined).length;
  const unbounded = mappings.length - bounded;
  const readers = bounded * idlePollers.bounded + unbounded * idlePollers.unbounded;
  const requests = Math.max(readers * pollsAMinute * minutes - free.queueRequests, 0);
  const count = [
    `((${bounded} × ${idlePollers.bounded} + ${unbounded} × ${idlePollers.unbounded}) pollers × ${pollsAMinute} a minute`,
    `× ${minutes} min − ${free.queueRequests / 1e6} million free) / 1 million`,
  ].join(' ');
  return [
    { what: `SQS: ${mappings.length} empty queues asked`, count, price: 'queueMillion', quantity: requests / 1e6 },
  ];
}

function watching(assembly: Assembly): readonly Draft[] {
  const alarms = assembly.ofType('AWS::CloudWatch::Alarm');
  const metrics = alarms.reduce((sum, { properties }) => sum + metricsOf(properties), 0);
  const dashboards = assembly.ofType('AWS::CloudWatch::Dashboard').length;
  return [
    {
      what: `CloudWatch: ${alarms.length} alarms`,
      count: `(${metrics} metrics − ${free.alarmMetrics} free)`,
      price: 'alarmMetricMonth',
      quantity: Math.max(metrics - free.alarmMetrics, 0),
    },
    {
      what: 'CloudWatch: dashboards',
      count: `(${dashboards} − ${free.dashboards} free)`,
      price: 'dashboardMonth',
      quantity: Math.max(dashboards - free.dashboards, 0),
    },
  ];
}

/** An alarm on an expression counts once for each metric that goes into it. */
function metricsOf({ Metrics }: Resource['properties']): number {
  if (Metrics === undefined) return 1;
  return (Metrics as readonly { readonly MetricStat?: unknown }[]).filter(({ MetricStat }) => MetricStat).length;
}

function secrets(assembly: Assembly): Draft {
  const own = assembly.ofType('AWS::SecretsManager::Secret').length;
  const managed = assembly
    .ofType('AWS::RDS::DBCluster')
    .filter(({ properties }) => properties.ManageMasterUserPassword === true).length;
  const count = `(${own} of ours + ${managed} of RDS)`;
  return { what: 'Secrets Manager: secrets', count, price: 'secretMonth', quantity: own + managed };
}
