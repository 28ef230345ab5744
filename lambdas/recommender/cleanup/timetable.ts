import type { ScheduledTask } from '#kit/schedule/schedule.ts';

/** Of its own: it is about no scenario, and days grow old also where nothing is new. */
export const cleanUpSchedule = {
  at: 'cron(0 4 * * ? *)',
  timeZone: 'Etc/UTC',
  impact: 'Expired lists, vectors of removed items and old behaviour stay in the database, which grows.',
  // A later slot does all that a missed one would have done. Starts are tried again for an hour.
  slots: { catchUp: 'run-once', graceMinutes: 75 },
} as const satisfies ScheduledTask;
