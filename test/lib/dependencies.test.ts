import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Assembly, handlerOf, type Resource } from '../../lib/inventory/assembly.ts';
import { assemblies, objectsIn } from './assemblies.ts';

const variablesOf = ({ properties }: Resource) =>
  ((properties.Environment ?? {}) as { Variables?: Record<string, unknown> }).Variables ?? {};

/** What AWS itself puts in: an account has 12 digits, `ap-southeast-1` is as long as a region's name gets; with some room. */
const longestOfAccount: Readonly<Record<string, number>> = {
  'AWS::AccountId': 12,
  'AWS::Region': 20,
  'AWS::Partition': 3,
};

/** Three brokers' addresses, a cluster's and its port, a schedule's name; else a queue's URL, which no ARN of ours is longer than. */
function longestOf(assembly: Assembly, stack: string, reference: Record<string, unknown>): number {
  const known = longestOfAccount[String(reference.Ref)];
  if (known !== undefined) return known;
  const text = JSON.stringify(reference);
  if (text.includes('BootstrapBroker')) return 240;
  if (/Endpoint.?Port/.test(text)) return 5;
  if (/Endpoint.?Address/.test(text)) return 110;
  return /Scheduler/.test(String(assembly.referred(stack, reference)?.type)) ? 64 : 140;
}

describe.each(assemblies)('what the health routes look at ($folder)', (assembly) => {
  const outside = assembly.functions.find((fn) => handlerOf(fn) === 'platform/check-outside');
  const schedules = outside && variablesOf(outside).SCHEDULES;
  const listed: { kind: string; name: string; id?: string }[] = outside
    ? JSON.parse(readFileSync(path.join(assembly.codeOf(outside), 'dependencies.json'), 'utf8'))
    : [];
  const idsOf = (kind: string) => listed.filter((one) => one.kind === kind).map(({ id }) => id);
  const looked = new Set(
    [...objectsIn(schedules)].map((reference) => outside && assembly.referred(outside.stack, reference)),
  );

  test.each(['AWS::Scheduler::Schedule'])('is every %s', (type) => {
    expect(assembly.ofType(type).length).toBeGreaterThan(0);
    for (const resource of assembly.ofType(type)) expect(looked, resource.id).toContain(resource);
  });

  test('names each schedule as its list does', () => {
    const named = Object.keys(JSON.parse(assembly.textOf(outside?.stack ?? '', schedules)));

    expect(named.sort()).toEqual(listed.flatMap(({ kind, name }) => (kind === 'schedule' ? [name] : [])).sort());
  });

  test('is every state machine', () => {
    const machines = assembly.ofType('AWS::StepFunctions::StateMachine').map(({ properties }) => {
      return String(properties.StateMachineName).replace(/^millrace-[a-z]+-/, '');
    });

    expect(idsOf('state machine').sort()).toEqual(machines.sort());
  });

  test('is every queue that is no dead end', () => {
    const working = assembly.ofType('AWS::SQS::Queue').filter(({ properties }) => properties.RedrivePolicy);

    expect(working.length).toBeGreaterThan(0);
    expect(idsOf('queue').sort()).toEqual(working.map(({ properties }) => properties.QueueName).sort());
  });

  test('is every site of others, at the address that those who ask it have', () => {
    const sites = JSON.parse(String(outside && variablesOf(outside).SITES)) as Record<string, string>;
    const asked = assembly.functions.flatMap((fn) =>
      fn === outside ? [] : Object.entries(variablesOf(fn)).filter(([name]) => name.endsWith('_SITE_URL')),
    );

    expect(idsOf('site').sort()).toEqual(Object.keys(sites).sort());
    expect(sites).toEqual(Object.fromEntries(asked));
  });

  test.each(assembly.functions.map((fn) => [handlerOf(fn), fn] as const))('fits into the variables of %s', (_, fn) => {
    const variables = Object.entries(variablesOf(fn)).map(([name, value]) => {
      const spaces = [...objectsIn(value)].filter((object) =>
        Object.keys(object).some((key) => /^(Ref|Fn::Get)/.test(key)),
      );
      const length = spaces.reduce((sum, space) => sum + longestOf(assembly, fn.stack, space), 0);
      return [name, assembly.textOf(fn.stack, value).replaceAll(/<[^>]+>/g, '') + ' '.repeat(length)];
    });

    // Lambda takes 4 KB, and counts them as JSON. Four fifths of it, so that one more doesn't end a deployment.
    expect(Buffer.byteLength(JSON.stringify(Object.fromEntries(variables)))).toBeLessThan(4096 * 0.8);
  });
});
