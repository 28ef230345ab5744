import { describe, expect, test } from 'vitest';
import { toldAnyway } from '../../lambdas/platform/alerts/raise-alarms.ts';
import { sendAlertsEnv } from '../../lambdas/platform/contract.ts';
import { environmentNamed, readEnvironment, recipientsOf, severities } from '../../lib/environment.ts';
import { type Assembly, handlerOf, type Resource } from '../../lib/inventory/assembly.ts';
import { assemblies, prod } from './assemblies.ts';

type Read = Readonly<Record<string, unknown>>;

const variablesOf = (fn: Resource | undefined) =>
  ((fn?.properties.Environment ?? {}) as { Variables?: Read }).Variables ?? {};
const functionOf = (assembly: Assembly, handler: string) =>
  assembly.functions.find((resource) => handlerOf(resource) === handler);

const namesOf = (assembly: Assembly) =>
  new Set(
    assembly
      .ofType('AWS::CloudWatch::Alarm')
      .map(({ properties }) => String(properties.AlarmName).replace(/^millrace-[a-z]+-/, '')),
  );
/** Also where an environment goes without an alarm, its section says what to do. */
const named = namesOf(prod);

describe.each(assemblies)('who is told ($folder)', (assembly) => {
  const alarms = namesOf(assembly);
  const variables = variablesOf(functionOf(assembly, 'platform/send-alerts'));

  test('of a failure: a mail that leads to a section of the runbook, wherever it failed', () => {
    const edges = sendAlertsEnv.shape.ALERT_EDGES.parse(variables.ALERT_EDGES);

    expect(edges).toContainEqual({ edge: 'presale/run', severity: 'high', section: 'presale-run-fails' });
    expect(edges).toContainEqual({ edge: 'presale/counties', severity: 'low', section: 'presale-fetch-county-fails' });
    for (const { edge, section } of edges) expect([...named], edge).toContain(section);
  });

  test('whoever looks at the overview: of every alarm, in widgets of no more than CloudWatch takes', () => {
    const widgets = assembly.ofType('AWS::CloudWatch::Dashboard').flatMap(({ properties }) => {
      const body = JSON.stringify(properties.DashboardBody).replaceAll('\\\\"', '"').replaceAll('\\"', '"');
      return [...body.matchAll(/"type":"alarm".*?"alarms":\[(.*?)\]/g)].map(([, list = '']) =>
        [...list.matchAll(/:alarm:millrace-[a-z]+-([\w-]+)/g)].map(([, name = '']) => name),
      );
    });

    expect(widgets.flat().toSorted()).toEqual([...alarms].toSorted());
    for (const shown of widgets) expect(shown.length).toBeLessThanOrEqual(100);
  });

  test('of an alarm that goes up or ends: this environment’s own, by a rule each', () => {
    const prefix = `millrace-${String(variables.ALERT_ENVIRONMENT)}-`;
    const patterns = assembly
      .ofType('AWS::Events::Rule')
      .map(({ properties }) => properties.EventPattern as Read)
      .filter(({ source }) => String(source) === 'aws.cloudwatch')
      .map(({ detail }) => detail);

    expect(patterns).toEqual([
      { alarmName: [{ prefix }], state: { value: ['ALARM'] } },
      { alarmName: [{ prefix }], state: { value: ['OK'] }, previousState: { value: ['ALARM'] } },
    ]);
    for (const name of toldAnyway) expect([...alarms]).toContain(name);
  });

  test('once a minute: the queue of wakes drops repetitions and sleeps twice as long as a repetition counts', () => {
    const mailer = functionOf(assembly, 'platform/send-alerts');
    const [mapping] = assembly
      .ofType('AWS::Lambda::EventSourceMapping')
      .filter(({ stack, properties }) => assembly.referred(stack, properties.FunctionName) === mailer);
    const wakes = mapping && assembly.referred(mapping.stack, mapping.properties.EventSourceArn);

    expect(wakes?.properties).toMatchObject({ FifoQueue: true, DelaySeconds: 60 });
  });
});

test('recipients of a severity are those named for it, else all', () => {
  const dev = environmentNamed('dev');
  const { mail } = readEnvironment({ ...dev, mail: { ...dev.mail, high: ['night@example.com'] } });

  expect(severities.map((severity) => recipientsOf(mail, severity))).toEqual([
    ['night@example.com'],
    ['developers@example.com'],
    ['developers@example.com'],
  ]);
  expect(() => readEnvironment({ ...dev, mail: { ...dev.mail, low: ['nobody'] } })).toThrow('low');
});
