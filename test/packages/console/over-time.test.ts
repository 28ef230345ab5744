import fc from 'fast-check';
import { expect, test } from 'vitest';
import { insightsLink } from '../../../packages/console/src/pages/runs/insights-link.ts';
import { lanesOf } from '../../../packages/console/src/pages/runs/lanes.ts';
import { spanSteps, stepsOf } from '../../../packages/console/src/values/span-steps.ts';

const now = Date.parse('2026-11-30T12:34:56Z');

test('a span that nobody chose is the last thirty days, by day; a short one is by hour', () => {
  expect(spanSteps(undefined, undefined, now)).toEqual({
    from: '2026-10-31T13:00:00.000Z',
    to: '2026-11-30T13:00:00.000Z',
    step: 'day',
  });
  expect(spanSteps('2026-11-29T12:34:56Z', undefined, now)).toEqual({
    from: '2026-11-29T12:00:00.000Z',
    to: '2026-11-30T13:00:00.000Z',
    step: 'hour',
  });
});

test('what is asked for is the same within an hour, and never more than the API counts, whatever is filtered by', () => {
  const moment = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
  const given = fc.option(
    moment.map((date) => date.toISOString()),
    { nil: undefined },
  );
  fc.assert(
    fc.property(given, given, (from, to) => {
      const span = spanSteps(from, to, now);
      const hours = (Date.parse(span.to) - Date.parse(span.from)) / 3_600_000;

      expect(hours).toBeGreaterThanOrEqual(1);
      expect(Number.isInteger(hours)).toBe(true);
      // Of the API: 768 steps.
      expect(span.step === 'hour' ? hours : hours / 24 + 1).toBeLessThanOrEqual(768);
      expect(spanSteps(from, to, now + 60_000)).toEqual(span);
      const steps = stepsOf(span);
      expect(steps.length).toBeLessThanOrEqual(768);
      expect(Date.parse(steps[0] ?? '')).toBeLessThanOrEqual(Date.parse(span.from));
      expect(Date.parse(steps.at(-1) ?? '')).toBeLessThan(Date.parse(span.to));
    }),
  );
});

test('the steps of a span begin with whole hours, or with days of UTC', () => {
  const steps = (from: string, to: string, step: 'hour' | 'day') => stepsOf({ from, to, step });

  expect(steps('2026-11-29T13:00:00.000Z', '2026-11-30T13:00:00.000Z', 'day')).toEqual([
    '2026-11-29T00:00:00.000Z',
    '2026-11-30T00:00:00.000Z',
  ]);
  expect(steps('2026-11-30T11:00:00.000Z', '2026-11-30T13:00:00.000Z', 'hour')).toEqual([
    '2026-11-30T11:00:00.000Z',
    '2026-11-30T12:00:00.000Z',
  ]);
});

const run = (name: string, started_at: string, ended_at: string | null, workload = 'presale') => ({
  workload,
  name,
  state: 'succeeded',
  started_at,
  ended_at,
});

test('runs that worked at once are below each other, those after each other in one row', () => {
  const lanes = lanesOf(
    [
      run('a', '2026-11-30T10:00:00Z', '2026-11-30T11:00:00Z'),
      run('b', '2026-11-30T10:30:00Z', '2026-11-30T11:30:00Z'),
      run('c', '2026-11-30T11:00:00Z', '2026-11-30T12:00:00Z'),
      run('d', '2026-11-30T11:00:00Z', null, 'briefs'),
    ],
    Date.parse('2026-11-30T12:00:00Z'),
  );

  expect(lanes?.lanes.map(({ workload, rows }) => [workload, rows])).toEqual([
    ['briefs', 1],
    ['presale', 2],
  ]);
  expect(lanes?.lanes[1]?.bars.map(({ run: { name }, left, width, row }) => [name, left, width, row])).toEqual([
    ['a', 0, 50, 0],
    ['b', 25, 50, 1],
    ['c', 50, 50, 0],
  ]);
  expect(lanes?.lanes[0]?.bars[0]).toMatchObject({ left: 50, width: 50 });
});

test('every bar lies within the drawing and can be seen, also one without any length', () => {
  const moment = '2026-11-30T10:00:00Z';
  expect(lanesOf([], now)).toBeUndefined();
  for (const runs of [[run('a', moment, moment)], [run('a', moment, moment), run('b', '2026-10-01T00:00:00Z', null)]])
    for (const { left, width } of lanesOf(runs, now)?.lanes.flatMap(({ bars }) => bars) ?? []) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(width).toBeGreaterThan(0.5);
      expect(left + width).toBeLessThanOrEqual(100.001);
    }
});

test('deployed, the lines of a run are asked of CloudWatch in the region of its execution', () => {
  const arn = 'arn:aws:states:ap-northeast-1:123456789012:execution:presale-run:2026-11-21';
  const link = insightsLink({ arn, id: 'a-1:b', from: '2026-11-21T02:00:00.000Z', to: null }, now);

  expect(link).toMatch(
    /^https:\/\/ap-northeast-1\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=ap-northeast-1#/,
  );
  // As that page reads it: a star and the number of each sign.
  const read = link.replace(/\*([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  expect(read).toContain(`start~'2026-11-21T01:55:00.000Z`);
  expect(read).toContain(`end~'2026-11-30T12:39:56.000Z`);
  expect(read).toContain('filter correlation_id = "a-1:b"');
});
