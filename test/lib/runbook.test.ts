import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemblies } from './assemblies.ts';

const text = readFileSync('docs/runbook.md', 'utf8');
const [head = '', ...sections] = text.split(/^## /m);
const titles = sections.map((section) => section.split('\n', 1)[0] ?? '');

/** Sections that the alarms' descriptions link to, in any environment. */
const linked = new Set(
  assemblies
    .flatMap((assembly) => assembly.ofType('AWS::CloudWatch::Alarm'))
    .map(({ properties }) => /^Runbook: docs\/runbook\.md#([\w-]+)$/m.exec(String(properties.AlarmDescription))?.[1])
    .map((anchor) => anchor ?? 'an alarm without a link'),
);

test('every alarm has its section in the runbook, and every section its alarm', () => {
  // Of a serverless cluster's function, which no environment has: test/lib/streaming.test.ts.
  expect(titles.toSorted()).toEqual([...linked, 'platform-make-topics-fails'].toSorted());
  expect(new Set(titles).size).toBe(titles.length);
});

test('every section says what it means, how to find out why, and how to put it right', () => {
  for (const section of sections) {
    const parts = section.split(/^### /m).slice(1);
    const headings = parts.map((part) => part.split('\n', 1)[0]);
    expect(headings, section).toEqual(['What it means', 'Find out why', 'Put it right']);
    for (const part of parts) expect(part.split('\n').slice(1).join('').trim(), section).not.toBe('');
  }
});

test('the sections stand in the order of their names, and the contents list each of them once, in that order', () => {
  expect(titles).toEqual(titles.toSorted());
  expect([...head.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor)).toEqual(titles);
});

/** The shell functions that the head of the page defines, with what they are given. */
const defined = [...head.matchAll(/^(\w+)\(\) \{/gm)].map(([, name = '']) => name);
const calls = (words: readonly string[]) =>
  [...text.matchAll(/`(\w+)(?: ([^`]+))?`/g)].filter(([, word = '']) => words.includes(word));

test('every section has a command or a route that shows, and one that mends or says that it is over', () => {
  const command = new RegExp(`\`(?:(?:GET|POST|PUT|DELETE) /|(?:${defined.join('|')})\\b|npm run |npx |aws |curl )`);

  expect(defined).toContain('logs');
  for (const section of sections) {
    const [, shows = '', mends = ''] = section.split(/^### /m).slice(1);
    expect(shows, section).toMatch(command);
    expect(mends, section).toMatch(command);
  }
  for (const section of sections) expect(section).not.toContain('<environment>');
});

test('the commands name functions, queues and state machines that there are', () => {
  const namesOf = (type: string, property: string) =>
    assemblies.flatMap((assembly) =>
      assembly.ofType(type).map(({ properties }) => String(properties[property]).replace(/^millrace-[a-z]+-/, '')),
    );
  const functions = [...namesOf('AWS::Lambda::Function', 'Description'), 'platform/make-topics'];
  const queues = namesOf('AWS::SQS::Queue', 'QueueName');
  const machines = namesOf('AWS::StepFunctions::StateMachine', 'StateMachineName');

  expect(calls(['logs']).length).toBeGreaterThan(50);
  for (const [whole, , given = ''] of calls(['logs', 'invoke']))
    expect(functions, whole).toContain(given.split(' ')[0]);
  for (const [whole, , given] of calls(['letters', 'redrive'])) expect(queues, whole).toContain(given);
  for (const [whole, , given] of calls(['executions'])) expect(machines, whole).toContain(given);
  for (const [whole, , given] of calls(['alarm'])) expect(titles, whole).toContain(given);
});

test('every link within the runbook leads to a section', () => {
  const anchors = [...text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);

  expect(anchors.length).toBeGreaterThan(0);
  for (const anchor of anchors) expect(titles).toContain(anchor);
});
