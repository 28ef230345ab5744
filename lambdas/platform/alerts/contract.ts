import * as z from 'zod';
import { severities } from '#kit/ledger/severity.ts';
import { addressList } from '../address-list.ts';

/** What both functions that write alert mails know: where they are, and who gets mails of which severity. */
const tellingEnv = z.object({
  DATABASE_URL: z.string().min(1),
  ALERTS_QUEUE_URL: z.string().min(1),
  MAILS_QUEUE_URL: z.string().min(1),
  ALERT_ENVIRONMENT: z.string().min(1),
  /** An address, or the file's name. */
  ALERT_RUNBOOK: z.string().min(1),
  MAIL_TO_HIGH: addressList,
  MAIL_TO_MEDIUM: addressList,
  MAIL_TO_LOW: addressList,
});

export const sendAlertsEnv = tellingEnv.extend({
  /** With a trailing slash; empty when it is unknown. */
  ALERT_API_URL: z.union([z.url(), z.literal('')]).default(''),
  /** `presale/run:high,presale/counties:low:presale-fetch-county-fails`: where it failed, severity, section if not `-fails`. */
  ALERT_EDGES: z.string().transform((list, context) =>
    list.split(',').flatMap((entry) => {
      const [edge = '', word, section = `${edge.replace('/', '-')}-fails`] = entry.split(':');
      const severity = severities.find((name) => name === word);
      if (severity !== undefined) return [{ edge, severity, section }];
      if (entry !== '') context.addIssue(`no severity: ${entry}`);
      return [];
    }),
  ),
});

export const raiseAlarmsEnv = tellingEnv;

/** A wake: this workload has something to tell. */
export const alertWake = z.object({ workload: z.string().min(1) });

/** EventBridge's "CloudWatch Alarm State Change", as far as it is read. */
export const alarmChange = z.object({
  id: z.string().min(1),
  time: z.iso.datetime({ offset: true }),
  detail: z.object({
    alarmName: z.string().min(1),
    state: z.object({ value: z.string(), reason: z.string().default('') }),
    /** Impact, severity and runbook section, a line each: lib/constructs/alarm-book.ts. */
    configuration: z.object({ description: z.string().default('') }).default({ description: '' }),
  }),
});

export type AlarmChange = z.output<typeof alarmChange>;
