import type { AlarmChange, MailMessage } from '../contract.ts';
import { isAboutMails } from './about-mails.ts';
import { alarmAlert, type RaisedAlert } from './alarm.ts';
import { alertMail } from './alert-mail.ts';
import type { AlertGroup } from './claimed.ts';
import type { AlertSettings } from './settings.ts';

export interface RaiseAlarmsPorts {
  readonly settings: AlertSettings;
  readonly raise: (alert: RaisedAlert) => Promise<unknown>;
  readonly wake: (workloads: Iterable<string>) => Promise<void>;
  readonly send: (mail: MailMessage) => Promise<void>;
  /** Told why alarms go past the database. */
  readonly warn: (message: string, error: unknown) => void;
}

/**
 * Writes changed alarms into the book of alerts and wakes the mailer. Where that fails, whatever the reason, one mail
 * goes straight to the queue of mails: an alarm about the database must not wait for the database.
 */
export async function raiseAlarms(changes: readonly AlarmChange[], ports: RaiseAlarmsPorts): Promise<void> {
  const { settings, raise, wake, send, warn } = ports;
  const raised = changes
    .map((change) => ({ change, alert: alarmAlert(change, settings.environment) }))
    .filter(({ alert }) => !toldAnyway.has(alert.name));
  const waking = raised.filter(({ alert }) => !isAboutMails(alert.name));
  try {
    for (const { alert } of raised) await raise(alert);
    await wake(new Set(waking.map(({ alert }) => alert.workload)));
  } catch (error) {
    if (waking.length === 0) throw error;
    warn('Alarms could not be written down and are mailed as they are', error);
    await send(directMail(raised, settings));
  }
}

/** Alarms that make no line in a mail: what they count wakes the mailer itself, and says more than that there was something. */
export const toldAnyway: ReadonlySet<string> = new Set([
  'briefs-platform-stopped',
  'platform-failures-recorded',
  'platform-slots-missed',
  'presale-files-drift',
]);

/** Of the first change's id: the same batch again is the same mail. */
function directMail(
  raised: readonly { readonly change: AlarmChange; readonly alert: RaisedAlert }[],
  settings: AlertSettings,
): MailMessage {
  const alertGroups = raised.map(({ change, alert }): AlertGroup => {
    const at = new Date(change.time);
    const { severity, name, message } = alert;
    return { severity, name, count: 1, first_at: at, last_at: at, examples: [message] };
  });
  const workload = [...new Set(raised.map(({ alert }) => alert.workload))].join(' and ');
  const id = `alarms/${raised[0]?.change.id}`;
  return alertMail({ workload, failures: 0, failureGroups: [], alertGroups }, id, settings);
}
