import { systemClock } from '#adapters/clock.ts';
import { openDatabase } from '#adapters/database.ts';
import { queue } from '#adapters/queue.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { count } from '#kit/telemetry.ts';
import { wakeAlerts } from '#record/alert-book.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { alertWake, sendAlertsEnv } from '../contract.ts';
import { alertMailStore } from './alert-mail-store.ts';
import { alertSettings } from './settings.ts';
import { tell } from './tell.ts';

/** The mailer: one wake a record, one mail at most for each. In the VPC; the queue of mails takes them outside. */
export const handler = queueHandler({
  env: sendAlertsEnv,
  message: alertWake,
  ledger: sendFailures,
  services: (env) => ({
    mails: alertMailStore(openDatabase({ url: env.DATABASE_URL })),
    settings: alertSettings(env),
    send: queue(env.MAILS_QUEUE_URL),
    wake: wakeAlerts(env.ALERTS_QUEUE_URL),
    clock: systemClock,
  }),
  async handle({ workload }, ports) {
    if ((await tell(workload, ports)) === 'told') count('AlertMails');
  },
});
