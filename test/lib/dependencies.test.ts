import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { handlerOf, type Resource } from '../../lib/inventory/assembly.ts';
import { assemblies, objectsIn } from './assemblies.ts';

const variablesOf = ({ properties }: Resource) =>
  ((properties.Environment ?? {}) as { Variables?: Record<string, unknown> }).Variables ?? {};

/** What AWS itself puts in: an account has 12 digits, `ap-southeast-1` is as long as a region's name gets; with some room. */
const longestOfAccount: Readonly<Record<string, number>> = { 'AWS::AccountId': 12, 'AWS::Region': 20 };

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

  // Lambda takes 4 KB of variables. A queue's URL or an ARN is up to 200 characters, a schedule's name or group's 64.
  test.each(assembly.functions.map((fn) => [handlerOf(fn), fn] as const))('fits into the variables of %s', (_, fn) => {
    const text = Object.entries(variablesOf(fn)).map(([name, value]) => {
      const spaces = [...objectsIn(value)].filter((object) => 'Ref' in object || 'Fn::GetStackOutput' in object);
      const sizes = spaces.map(
        (space) =>
          longestOfAccount[String(space.Ref)] ??
          (/Scheduler/.test(String(assembly.referred(fn.stack, space)?.type)) ? 64 : 200),
      );
      const given = ' '.repeat(sizes.reduce((sum, size) => sum + size, 0));
      return name + assembly.textOf(fn.stack, value).replaceAll(/<[^>]+>/g, '') + given;
    });

    expect(Buffer.byteLength(text.join(''))).toBeLessThan(4096);
  });
});
