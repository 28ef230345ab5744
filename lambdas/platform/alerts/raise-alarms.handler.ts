import { openDatabase } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import { batchHandler } from '#kit/queue-handler.ts';
import { asError, logger } from '#kit/telemetry.ts';
import { raiseAlert, wakeAlerts } from '#record/alert-book.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { alarmChange, raiseAlarmsEnv } from '../contract.ts';
import type { RaisedAlert } from './alarm.ts';
import { raiseAlarms } from './raise-alarms.ts';
import { alertSettings } from './settings.ts';

/** Consumer of CloudWatch's alarms: puts them into the book of alerts, or past a database that is away. */
export const handler = batchHandler({
  env: raiseAlarmsEnv,
  message: alarmChange,
  ledger: sendFailures,
  services: (env) => {
    const database = openDatabase({ url: env.DATABASE_URL });
    return {
      settings: alertSettings(env),
      raise: (alert: RaisedAlert) => raiseAlert(database.query, alert),
      wake: wakeAlerts(env.ALERTS_QUEUE_URL),
      send: queue(env.MAILS_QUEUE_URL),
      warn: (message: string, error: unknown) => logger().warn(message, { error: asError(error) }),
    };
  },
  handle: raiseAlarms,
});
