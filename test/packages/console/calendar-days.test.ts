import { expect, test } from 'vitest';
import { type CalendarSlot, cellsOf, daysOf } from '../../../packages/console/src/pages/schedules/calendar-days.ts';

const now = new Date(2026, 10, 30, 15, 30);
const at = (day: number, hour: number, rest: Partial<CalendarSlot> = {}): CalendarSlot => ({
  schedule: 'w/start',
  scheduled_at: new Date(2026, 10, day, hour).toISOString(),
  state: 'started',
  run_state: null,
  ...rest,
});

test('a week that was and one to come, each day by the reader’s midnight', () => {
  const { days, end } = daysOf(now, 0);

  expect(days[0]).toEqual(new Date(2026, 10, 23));
  expect(days[7]).toEqual(new Date(2026, 10, 30));
  expect(days).toHaveLength(14);
  expect(end).toEqual(new Date(2026, 11, 7));
  expect(daysOf(now, -1).days[0]).toEqual(new Date(2026, 10, 16));
});

test('a day has its slots, those of midnight too, and the worst stands first', () => {
  const { days } = daysOf(now, 0);
  const cells = cellsOf(
    [
      at(23, 0),
      at(23, 23, { run_state: 'succeeded' }),
      at(23, 5, { run_state: 'failed' }),
      at(24, 0, { state: 'missed' }),
      at(24, 1),
      at(24, 2),
      at(25, 1, { state: 'planned' }),
      at(25, 2),
      at(36, 2, { state: 'planned' }),
    ],
    days,
  );

  expect(cells[0]?.looks).toEqual([
    ['failed', 1],
    ['started', 2],
  ]);
  expect(cells[1]?.looks).toEqual([
    ['missed', 1],
    ['started', 2],
  ]);
  expect(cells[2]?.looks).toEqual([
    ['started', 1],
    ['planned', 1],
  ]);
  expect(cells[13]?.looks).toEqual([['planned', 1]]);
  expect(cells.flatMap(({ looks }) => looks)).toHaveLength(7);
});
