import type { ScheduledTask } from '#kit/schedule/schedule.ts';

// The schedule's own tries take an hour; a later slot does what a missed one would have done.
const slots = { catchUp: 'run-once', graceMinutes: 75 } as const;
const timeZone = 'Etc/UTC';

/** What is computed, and when; `run-once`, for each computes from all there is. */
export const recommenderSchedules = {
  'update-hot-items': {
    at: 'cron(0/15 * * * ? *)',
    timeZone,
    impact: 'New users see what was hot before.',
    slots,
  },
  'compute-item-similarity': {
    at: 'cron(5 * * * ? *)',
    timeZone,
    impact: 'Recommendations know nothing of what users did since the last time.',
    slots,
  },
  'update-user-profiles': {
    at: 'cron(20 0/2 * * ? *)',
    timeZone,
    impact: 'Profiles and segments stay as they were.',
    slots,
  },
  'train-model': {
    at: 'cron(0 3 * * ? *)',
    timeZone,
    impact: 'Recommendations are made by the model of the day before.',
    slots,
  },
  'precompute-recommendations': {
    at: 'cron(40 0/4 * * ? *)',
    timeZone,
    impact: 'Recommendations are made when they are asked for, which takes longer.',
    slots,
  },
} as const satisfies Record<string, ScheduledTask>;
