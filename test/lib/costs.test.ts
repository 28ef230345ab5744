import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { type CostLine, idleCosts, totalOf } from '../../lib/costs/idle-costs.ts';
import { freeTypes, pricedTypes } from '../../lib/costs/idle-types.ts';
import { pricedRegions, prices } from '../../lib/costs/prices.ts';
import { type Costs, costDocument, costReport, wholeTotal } from '../../lib/costs/report.ts';
import { stayingOf } from '../../lib/costs/staying.ts';
import { templatesOf } from '../../lib/costs/templates.ts';
import { wakesOf } from '../../lib/costs/wakes.ts';
import { environmentNamed, withoutBrokers } from '../../lib/environment.ts';
import type { Assembly, Resource } from '../../lib/inventory/assembly.ts';
import { assemblies, prod } from './assemblies.ts';

type Given = Partial<Resource> & Pick<Resource, 'type'>;

/** Templates of nothing but these resources, each an id of its own. */
function templatesWith(...given: readonly Given[]): Assembly {
  const resources = given.map((one, index) => ({ stack: 'S', id: `R${index}`, properties: {}, metadata: {}, ...one }));
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const referred = (_stack: string, value: unknown) =>
    resources.find(({ id }) => id === (value as { readonly Ref?: string }).Ref);
  return { resources, ofType, referred, functions: ofType('AWS::Lambda::Function') } as unknown as Assembly;
}

const linesOf = (...given: readonly Given[]) => idleCosts(templatesWith(...given), 'us-east-1');
const queueMapping = (bounded: boolean): Given => ({
  type: 'AWS::Lambda::EventSourceMapping',
  properties: bounded ? { ScalingConfig: { MaximumConcurrency: 2 } } : {},
});

describe('a line', () => {
  test('of brokers counts their hours and their disks', () => {
    const BrokerNodeGroupInfo = {
      InstanceType: 'kafka.m7g.large',
      StorageInfo: { EBSStorageInfo: { VolumeSize: 100 } },
    };
    const lines = linesOf({ type: 'AWS::MSK::Cluster', properties: { NumberOfBrokerNodes: 2, BrokerNodeGroupInfo } });

    expect(lines.map(({ usd }) => usd?.toFixed(2))).toEqual(['297.84', '20.00']);
  });

  test('of a serverless cluster counts its hours and its partitions’', () => {
    const TOPICS = JSON.stringify([{ partitions: 4 }, { partitions: 2 }]);
    const lines = linesOf(
      { type: 'AWS::MSK::ServerlessCluster' },
      { type: 'AWS::Lambda::Function', properties: { Environment: { Variables: { TOPICS } } } },
    );

    expect(lines.map(({ usd }) => usd?.toFixed(2))).toEqual(['547.50', '6.57']);
  });

  test('of pollers takes whole units, shared within a group', () => {
    const mapping = (MinimumPollers: number, PollerGroupName?: string): Given => ({
      type: 'AWS::Lambda::EventSourceMapping',
      properties: { Topics: ['t'], ProvisionedPollerConfig: { MinimumPollers, PollerGroupName } },
    });
    const units = (...given: readonly Given[]) => linesOf(...given).map(({ quantity }) => quantity / 730);

    expect(units(mapping(1, 'a'))).toEqual([1]);
    expect(units(mapping(6, 'a'), mapping(4, 'a'))).toEqual([1]);
    expect(units(mapping(6, 'a'), mapping(5, 'a'))).toEqual([2]);
    expect(units(mapping(1, 'a'), mapping(1, 'b'), mapping(1), mapping(1))).toEqual([4]);
  });

  test('of endpoints counts each zone, and no gateway', () => {
    const [line] = linesOf(
      { type: 'AWS::EC2::VPCEndpoint', properties: { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] } },
      { type: 'AWS::EC2::VPCEndpoint', properties: { VpcEndpointType: 'Gateway' } },
    );

    expect(line?.usd?.toFixed(2)).toBe('14.60');
  });

  test('of queues counts what Lambda asks of empty ones, beyond what is free', () => {
    expect(linesOf(queueMapping(true))).toEqual([]);
    // 10 × 5 pollers × 3 a minute × 43,800 minutes are 6.57 millions, one of them free; with two pollers 2.628 millions.
    const ten = (bounded: boolean) => linesOf(...Array.from({ length: 10 }, () => queueMapping(bounded)))[0];
    expect(ten(true)?.usd?.toFixed(3)).toBe('2.228');
    expect(ten(false)?.usd?.toFixed(3)).toBe('0.651');
  });

  test('of alarms counts the metrics of expressions', () => {
    const Metrics = [
      { Id: 'sum', Expression: 'a + b' },
      { Id: 'a', MetricStat: {} },
      { Id: 'b', MetricStat: {} },
    ];
    const alarms = Array.from(
      { length: 6 },
      (): Given => ({ type: 'AWS::CloudWatch::Alarm', properties: { Metrics } }),
    );
    const [line] = linesOf(...alarms, { type: 'AWS::CloudWatch::Alarm', properties: { MetricName: 'Errors' } });

    expect(line?.count).toBe('(13 metrics − 10 free)');
    expect(line?.usd?.toFixed(2)).toBe('0.30');
  });

  test('of secrets counts the one that RDS makes, and of dashboards those beyond three', () => {
    const ServerlessV2ScalingConfiguration = { MinCapacity: 0.5 };
    const lines = linesOf(
      { type: 'AWS::SecretsManager::Secret' },
      { type: 'AWS::RDS::DBCluster', properties: { ManageMasterUserPassword: true, ServerlessV2ScalingConfiguration } },
      ...Array.from({ length: 4 }, (): Given => ({ type: 'AWS::CloudWatch::Dashboard' })),
    );

    expect(lines.map(({ price, usd }) => [price, usd?.toFixed(2)])).toEqual([
      ['acuHour', '43.80'],
      ['dashboardMonth', '3.00'],
      ['secretMonth', '0.80'],
    ]);
  });

  test('is there for every type that has a price, and an unknown type stops the count', () => {
    expect(() => linesOf({ type: 'AWS::EC2::Instance' })).toThrow("doesn't say what costs: AWS::EC2::Instance");
    expect(pricedTypes.filter((type) => freeTypes.has(type))).toEqual([]);
    const BrokerNodeGroupInfo = { InstanceType: 'kafka.none' };
    expect(() =>
      linesOf({ type: 'AWS::MSK::Cluster', properties: { NumberOfBrokerNodes: 2, BrokerNodeGroupInfo } }),
    ).toThrow('no price of kafka.none');
  });
});

describe('a database that pauses', () => {
  const look: Given = {
    type: 'AWS::Lambda::Function',
    properties: { Environment: { Variables: { DATABASE_URL: 'x' } } },
  };
  const schedule = (ScheduleExpression: string, Ref = 'R0'): Given => ({
    type: 'AWS::Scheduler::Schedule',
    properties: { ScheduleExpression, ScheduleExpressionTimezone: 'Etc/UTC', Target: { Arn: { Ref } } },
  });
  const hours = (...given: readonly Given[]) => wakesOf(templatesWith(look, ...given), 10).hours;
  // Ten minutes and the look itself.
  const one = 11 / 60;

  test('is awake after each look, and looks in one wake share it', () => {
    // In 730 hours from midnight on there are 31 noons, and 30 whole days with 10 hours.
    expect(hours(schedule('cron(0 12 * * ? *)'))).toBeCloseTo(30 * one);
    expect(hours(schedule('cron(0 12 * * ? *)'), schedule('cron(0 12 * * ? *)'))).toBeCloseTo(30 * one);
    expect(hours(schedule('cron(0 12 * * ? *)'), schedule('cron(5 12 * * ? *)'))).toBeCloseTo(30 * (16 / 60));
  });

  test('is awake for each look of a rate, which begins when its stack is made', () => {
    expect(hours(schedule('rate(6 hours)'), schedule('rate(6 hours)'))).toBeCloseTo(2 * 121 * one);
  });

  test('sleeps on where a schedule is off, or its function has no database', () => {
    const off = {
      ...schedule('rate(6 hours)'),
      properties: { ...schedule('rate(6 hours)').properties, State: 'DISABLED' },
    };
    const elsewhere: Given = { type: 'AWS::Lambda::Function', properties: { Environment: { Variables: {} } } };

    expect(wakesOf(templatesWith(look, elsewhere, off, schedule('rate(1 hour)', 'R1')), 10).hours).toBe(0);
  });
});

test('every price says when and where it was read', () => {
  for (const [name, { in: regions }] of Object.entries(prices))
    for (const { usd, date, source } of Object.values(regions)) {
      expect(usd, name).toBeGreaterThan(0);
      expect(date, name).toMatch(/^20\d\d-\d\d(-\d\d)?$/);
      expect(source, name).toMatch(/^https:\/\/aws\.amazon\.com\/|^price list \w+, /);
    }
});

describe('what stands in the documents', async () => {
  const dev = environmentNamed('dev');
  const bare = await templatesOf(cdk.context, withoutBrokers(dev));
  const all: Costs[] = [
    ...assemblies.map((assembly) => ({ name: path.basename(assembly.folder), assembly })),
    { name: 'dev without Kafka', assembly: bare },
  ].flatMap(({ name, assembly }) =>
    pricedRegions.map((region) => ({ name, region, lines: idleCosts(assembly, region) })),
  );
  const linesIn = (name: string, region: string): readonly CostLine[] =>
    all.find((costs) => costs.name === name && costs.region === region)?.lines ?? [];

  test('is what the templates cost; npm run cost -- --write brings docs/costs.md up to date', () => {
    expect(readFileSync('docs/costs.md', 'utf8')).toBe(
      costDocument(all, stayingOf(prod, 'ap-northeast-1'), 'ap-northeast-1'),
    );
  });

  test.each(['README.md', 'docs/how-to/deploy.md'])('%s names the sums', (file) => {
    const text = readFileSync(file, 'utf8').replaceAll(/\s+/g, ' ');
    for (const name of ['dev without Kafka', 'dev', 'prod'])
      for (const region of pricedRegions)
        expect(text, `${name} in ${region}`).toContain(`${name} ${wholeTotal(linesIn(name, region))} USD`);
  });

  test('is little for dev: less than 15 USD a month without Kafka, and none of it without a price', () => {
    for (const region of pricedRegions) {
      const { usd, without } = totalOf(linesIn('dev without Kafka', region));
      expect(usd).toBeLessThan(15);
      expect(without).toEqual([]);
      // Of brokers alone it is 87 in Tokyo.
      expect(totalOf(linesIn('dev', region)).usd).toBeLessThan(130);
      expect(totalOf(linesIn('dev', region)).without).toEqual([]);
    }
  });

  test('lists what stays of prod, and what it goes on costing; of dev and staging nothing stays', () => {
    const { resources, lines } = stayingOf(prod, 'us-east-1');

    expect(new Set(resources.map(({ type }) => type))).toContain('AWS::MSK::Cluster');
    // Two brokers with their disks are 318 a month, and the database's least half a unit 44.
    expect(totalOf(lines).usd).toBeGreaterThan(360);
    for (const assembly of assemblies.filter((one) => one !== prod && !one.folder.endsWith('prod')))
      expect(assembly.retained().resources.map(({ id }) => id)).toEqual([]);
  });

  test('is told with its formula, and without a known price there is no figure', () => {
    const [costs] = all.filter(({ name, region }) => name === 'prod' && region === 'ap-northeast-1');
    const report = costs ? costReport(costs) : '';

    expect(report).toMatch(/^ +\d+\.\d\d {2}VPC: 2 interface endpoints: 4 zones in all × 730 h × 0\.014$/m);
    expect(report).toMatch(/^ +\? {2}.*pollers.*no source for its price here; in us-east-1 .* × 0\.185 = 135\.05$/m);
    expect(report).toMatch(/^ +\d+\.\d\d {2}in all, and Kafka: kafka\.m7g\.large brokers, /m);
  });
});
