import * as z from 'zod';
import type { ScheduledTask } from '#kit/schedule/schedule.ts';

/** What the stack and the handlers of exports agree on. */

export const exportTablesEnv = z.object({ DATABASE_URL: z.string().min(1), RAW_BUCKET: z.string().min(1) });
export const restoreTablesEnv = exportTablesEnv;

/** What `restore-tables` is invoked with. It changes nothing unless it is told that this is no dry run. */
export const restoreTablesRequest = z.strictObject({
  /** The day of the export, in UTC. */
  date: z.iso.date(),
  tables: z.array(z.string().min(1)).min(1).optional(),
  mode: z.enum(['missing', 'replace']).default('missing'),
  dry_run: z.boolean().default(true),
});

/** `export-tables` runs `export-tables.handler.ts`. */
export const schedules = {
  'export-tables': {
    // After the evening's corrections in Taipei, before the morning's publications; by UTC the day is that of the export.
    at: 'cron(15 20 * * ? *)',
    timeZone: 'Etc/UTC',
    // The day's rows as they are then are better than none. Starts are tried again for an hour.
    slots: { catchUp: 'run-once', graceMinutes: 75 },
    impact: 'Corrections and decisions of the last day could be restored only from the database’s own backups.',
  },
} as const satisfies Record<string, ScheduledTask>;
