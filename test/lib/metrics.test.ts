import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Assembly, Resource } from '../../lib/inventory/assembly.ts';
import { assemblies, objectsIn } from './assemblies.ts';

/**
 * An alarm on a metric that nobody counts never fires, and looks just like one on a thing that never fails. A metric of
 * ours is counted where a handler's bundle has its name; the service is the handler's workload.
 */

interface OwnMetric {
  readonly name: string;
  /** `undefined`: a search over all services. */
  readonly service: string | undefined;
}

// Every bundle is read through once: all of them are some fifty megabytes.
const words = globSync('build/handlers/*/*/index.mjs').map((file) => ({
  service: path.basename(path.dirname(path.dirname(file))),
  quoted: new Set([...readFileSync(file, 'utf8').matchAll(/["'](\w+)["']/g)].map(([, word]) => word)),
}));

const countedBy = (name: string) =>
  new Set(words.filter(({ quoted }) => quoted.has(name)).map(({ service }) => service));

const isOurs = (namespace: unknown) => typeof namespace === 'string' && /^Millrace\b/.test(namespace);

/** What alarms read, also within expressions. */
function alarmed(assembly: Assembly): OwnMetric[] {
  return assembly.ofType('AWS::CloudWatch::Alarm').flatMap(({ properties }) =>
    [...objectsIn(properties)]
      .filter(({ Namespace, MetricName }) => isOurs(Namespace) && MetricName !== undefined)
      .map(({ MetricName, Dimensions }) => ({
        name: String(MetricName),
        service: (Dimensions as { Name: string; Value: string }[]).find(({ Name }) => Name === 'service')?.Value,
      })),
  );
}

/** A dashboard's body is JSON with holes where names of resources come. */
function bodyOf({ properties }: Resource): string {
  const body = properties.DashboardBody as string | { 'Fn::Join': [string, unknown[]] };
  return typeof body === 'string'
    ? body
    : body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '')).join('');
}

function shown(assembly: Assembly): OwnMetric[] {
  return assembly.ofType('AWS::CloudWatch::Dashboard').flatMap((dashboard) => {
    const body = bodyOf(dashboard);
    const searched = [...body.matchAll(/\{Millrace[^}]*\} MetricName=\\+"(\w+)\\+"/g)].map(([, name = '']) => name);
    const named = [...body.matchAll(/\["Millrace[^"]*","(\w+)","service","(\w+)"/g)];
    return [
      ...searched.map((name) => ({ name, service: undefined })),
      ...named.map(([, name = '', service]) => ({ name, service })),
    ];
  });
}

describe.each(assemblies)('our own metrics ($folder)', (assembly) => {
  test('what an alarm or a dashboard reads, a function of that workload counts', () => {
    const read = [...alarmed(assembly), ...shown(assembly)];
    const uncounted = read.filter(({ name, service }) =>
      service === undefined ? countedBy(name).size === 0 : !countedBy(name).has(service),
    );

    expect(alarmed(assembly).length).toBeGreaterThan(2);
    expect(shown(assembly).length).toBeGreaterThan(5);
    expect(uncounted).toEqual([]);
  });

  test('what is alarmed for one workload is alarmed for each that counts it', () => {
    const all = alarmed(assembly);
    const forgotten = [...new Set(all.map(({ name }) => name))].flatMap((name) =>
      [...countedBy(name)]
        .filter((service) => !all.some((one) => one.name === name && one.service === service))
        .map((service) => `${name} of ${service}`),
    );

    expect(forgotten).toEqual([]);
  });

  test('functions count where the alarms look, and no other environment’s do', () => {
    const environment = path.basename(assembly.folder);
    const namespaces = assembly.functions.map(
      ({ properties }) =>
        (properties.Environment as { Variables: Record<string, unknown> }).Variables.POWERTOOLS_METRICS_NAMESPACE,
    );
    const read = assembly
      .ofType('AWS::CloudWatch::Alarm')
      .flatMap(({ properties }) => [...objectsIn(properties)].map(({ Namespace }) => Namespace).filter(isOurs));

    expect(new Set([...namespaces, ...read])).toEqual(new Set([`Millrace/${environment}`]));
  });

  test('every alarm says what is lost, how soon to look, and where the runbook goes on', () => {
    for (const { properties } of assembly.ofType('AWS::CloudWatch::Alarm'))
      expect(properties.AlarmDescription).toMatch(
        /^[A-Z].{20,}[.;].*\nSeverity: (low|medium|high)\nRunbook: docs\/runbook\.md#[\w-]+$/s,
      );
  });
});
