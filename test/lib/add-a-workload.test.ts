import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Assembly } from '../../lib/inventory/assembly.ts';
import { addWorkload, type CheckoutWithWorkload } from '../support/added-workload.ts';
import { project } from '../support/stack-process.ts';

/** docs/how-to/add-a-workload.md in a copy of the project, as far as the template; test/long has it run. */

let checkout: CheckoutWithWorkload;
let before: Assembly;
let after: Assembly;

// Synthesis only asks whether a bundle is there.
function placeBundles(): void {
  const handlers = path.join(checkout.directory, 'build/handlers');
  // A link to the checkout's own, which stays as it is.
  rmSync(handlers, { force: true });
  cpSync(path.join(project, 'build/handlers'), handlers, { recursive: true });
  for (const name of ['greet', 'api']) {
    mkdirSync(path.join(handlers, 'greetings', name), { recursive: true });
    writeFileSync(path.join(handlers, 'greetings', name, 'index.mjs'), '');
  }
}

beforeAll(async () => {
  checkout = await addWorkload();
  placeBundles();
  execFileSync(process.execPath, ['bin/app.ts'], {
    cwd: checkout.directory,
    env: {
      ...process.env,
      CDK_OUTDIR: path.join(checkout.directory, 'build/assembly/staging'),
      CDK_CONTEXT_JSON: JSON.stringify({ environment: 'staging', validate: 'false' }),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  before = new Assembly(path.join(project, 'build/assembly/staging'));
  after = new Assembly(path.join(checkout.directory, 'build/assembly/staging'));
});

afterAll(() => checkout?.forget());

test('a workload is its own files and a line in each of two lists', () => {
  expect(
    checkout.added.every((file) => /^lambdas\/greetings\/|^lib\/(settings|workloads)\/greetings[/.]/.test(file)),
  ).toBe(true);
  expect(checkout.added).toHaveLength(7);
  expect(checkout.changed).toEqual(['lib/settings/index.ts', 'lib/workloads/index.ts']);
});

test('it has its queue, its function, its route, its alarms and its dashboard', () => {
  const own = after.resources.filter(
    ({ stack, id }) => !before.resources.some((r) => r.stack === stack && r.id === id),
  );
  const named = (type: string, property: string) =>
    own
      .filter((resource) => resource.type === type)
      .map(({ properties }) => String(properties[property]))
      .sort();

  expect(named('AWS::SQS::Queue', 'QueueName')).toEqual([
    'millrace-staging-greetings-greet',
    'millrace-staging-greetings-greet-dead',
  ]);
  expect(named('AWS::Lambda::Function', 'Description')).toEqual(['greetings/api', 'greetings/greet']);
  expect(named('AWS::ApiGatewayV2::Route', 'RouteKey')).toEqual(['POST /greetings']);
  expect(named('AWS::CloudWatch::Alarm', 'AlarmName')).toEqual([
    'millrace-staging-greetings-api-fails',
    'millrace-staging-greetings-greet-dead-letters',
    'millrace-staging-greetings-greet-fails',
  ]);
  expect(named('AWS::CloudWatch::Dashboard', 'DashboardName')).toHaveLength(1);
});

test('nothing of the others is replaced', () => {
  const ids = ({ resources }: Assembly) => new Set(resources.map(({ stack, id, type }) => `${stack}/${id} ${type}`));

  expect([...ids(before)].filter((id) => !ids(after).has(id))).toEqual([]);
});
