import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import cdk from '../../cdk.json' with { type: 'json' };
import { CapabilityBook } from '../../lib/constructs/capability-book.ts';
import { HandlerFunction } from '../../lib/constructs/handler-function.ts';
import { MillraceStack } from '../../lib/constructs/millrace-stack.ts';
import { RawBucket } from '../../lib/constructs/raw-bucket.ts';
import { environmentNamed, readEnvironment } from '../../lib/environment.ts';
import { Assembly } from '../../lib/inventory/assembly.ts';
import { makeApp } from '../../lib/millrace.ts';
import { begin, workloads } from '../../lib/workloads/index.ts';
import { type ApiPlatform, workload } from '../../lib/workloads/workload.ts';
import { prod } from './assemblies.ts';

const dev = environmentNamed('dev');

test('where names alone are asked for, as by cdk ls, the same stacks are there and no code is read', async () => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'millrace-test-'));
  try {
    const context = { ...cdk.context, 'aws:cdk:bundling-stacks': [] };
    const app = await makeApp({ context, validate: false, environment: dev, outdir });
    const { stacksRecursively } = app.synth();

    const checked = new Assembly('build/assembly/dev').templates;
    expect(stacksRecursively.map(({ stackName }) => stackName).sort()).toEqual([...checked.keys()].sort());
    expect(readdirSync(outdir).filter((name) => existsSync(path.join(outdir, name, 'index.mjs')))).toEqual([]);
    // `cdk deploy --all --exclusively` names no stack either: CloudFormation must refuse what has no code.
    const texts = stacksRecursively.map(({ template }) => JSON.stringify(template));
    const withoutCode = texts.filter((text) => text.includes('"ZipFile":"// Only names were asked for."'));
    expect(withoutCode.length).toBeGreaterThan(1);
    for (const text of withoutCode) expect(text).toContain('"Type":"Millrace::NoCode::OnlyNamesWereAskedFor"');
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});

test('the list of workloads and the list of their settings have the same names', () => {
  expect(workloads.map(({ name }) => name).sort()).toEqual(Object.keys(dev.workloads).sort());
});

test('a workload that is switched off is not begun', () => {
  const without = readEnvironment({ ...dev, workloads: { presale: { enabled: false } } });

  expect(begin(without)).toHaveLength(begin(dev).length - 1);
});

describe('a workload', () => {
  const stack = new MillraceStack(new App({ context: cdk.context }), 'Some', dev);
  const platform = {} as ApiPlatform;

  test('gets in each hook what those before it returned, and each app has its own', () => {
    const told: unknown[] = [];
    let made = 0;
    const one = workload({
      name: 'tasks',
      data: () => ({ bucket: ++made }),
      pipelines: (_stack, _platform, { data }) => ({ reads: data.bucket }),
      api: (_stack, _platform, { data, pipelines }) => void told.push(['api', data.bucket, pipelines.reads]),
      operations: (_stack, { pipelines }) => void told.push(['operations', pipelines.reads]),
    });
    const [first, second] = [one.begin(dev), one.begin(dev)];
    for (const begun of [first, second]) begun.data(stack, platform);
    for (const begun of [first, second]) begun.pipelines(stack, platform);
    for (const begun of [second, first]) begun.api(stack, platform);
    first.operations(stack);

    expect(told).toEqual([
      ['api', 2, 2],
      ['api', 1, 1],
      ['operations', 1],
    ]);
  });

  test('needs no hook at all', () => {
    const begun = workload({ name: 'tasks' }).begin(dev);
    begun.data(stack, platform);
    begun.pipelines(stack, platform);
    begun.api(stack, platform);
    begun.operations(stack);

    expect(begun).toMatchObject({ topics: [], lifecycle: [] });
  });

  test('says how long its objects stay in the raw bucket', () => {
    const lifecycle = begin(dev).flatMap((begun) => begun.lifecycle);
    new RawBucket(stack, 'Raw', { lifecycle });

    for (const prefix of ['tagger/pages/', 'tagger/messages/', 'tasks/results/'])
      Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
        LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ Prefix: prefix })]) },
      });
  });
});

test('a step is offered before it is requested, or not at all', () => {
  const stack = new MillraceStack(new App({ context: cdk.context }), 'Some', dev);
  const step = (id: string, handler: 'platform/health' | 'platform/docs') =>
    new HandlerFunction(stack, id, { handler, contract: z.object({}), env: {}, impact: 'None.', concurrency: 1 });
  const book = CapabilityBook.of(stack);
  const health = step('Health', 'platform/health');
  book.offer(health);

  expect(book.offered(['platform/health', 'platform/docs'])).toEqual({ 'platform/health': health });
  expect(() => book.offer(step('Docs', 'platform/docs'))).toThrow('platform/docs is offered too late');
  expect(CapabilityBook.of(new App()).offered(['platform/health'])).toEqual({});
});

test('every function of the API stands where its variables say, and may what they say', () => {
  const answering = prod.functions.filter(({ stack }) => stack.endsWith('-Api'));
  const statements = (role: unknown) =>
    JSON.stringify(
      prod
        .ofType('AWS::IAM::Policy')
        .filter(({ properties }) => JSON.stringify(properties.Roles).includes(String(role))),
    );

  expect(answering.length).toBeGreaterThan(10);
  for (const { properties } of answering) {
    const { Environment, VpcConfig, Role, Description } = properties as {
      readonly Environment: { readonly Variables: object };
      readonly VpcConfig?: object;
      readonly Role: { readonly 'Fn::GetAtt': readonly [string] };
      readonly Description: string;
    };
    const may = statements(Role['Fn::GetAtt'][0]);
    const has = (variable: string) => variable in Environment.Variables;
    const seen = {
      inside: VpcConfig !== undefined,
      signsIn: may.includes('rds-db:connect'),
      users: may.includes('secretsmanager:GetSecretValue'),
      asks: may.includes('lambda:InvokeFunction'),
    };

    expect(seen, Description).toEqual({
      inside: has('DATABASE_URL') || has('KAFKA_BROKERS'),
      signsIn: has('DATABASE_URL'),
      users: has('USERS_SECRET'),
      asks: has('ADMISSION_FUNCTION') || has('ANSWER_NUMBERS_FUNCTION'),
    });
  }
});
