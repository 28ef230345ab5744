import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemblies } from './assemblies.ts';

const text = readFileSync('docs/runbook.md', 'utf8');
const sections = text.split(/^## /m).slice(1);
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

test('every link within the runbook leads to a section', () => {
  const anchors = [...text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);

  expect(anchors.length).toBeGreaterThan(0);
  for (const anchor of anchors) expect(titles).toContain(anchor);
});
