import { systemClock } from '#adapters/clock.ts';
import { mailer } from '#adapters/mailer.ts';
import { objectStore } from '#adapters/object-store.ts';
import { correlationId } from '#kit/correlation.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { asError, logger } from '#kit/telemetry.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { mailMessage, sendMailEnv } from '../contract.ts';
import { sendOnce } from './send-once.ts';
import { withId } from './with-id.ts';

/** Consumer of the queue of mails: one mail a record, to the environment's recipients unless it names its own. */
export const handler = queueHandler({
  env: sendMailEnv,
  message: mailMessage,
  ledger: sendFailures,
  services: (env) => ({
    send: mailer({ from: env.MAIL_FROM, configurationSet: env.MAIL_CONFIGURATION_SET }),
    recipients: env.MAIL_TO,
    receipts: objectStore(env.RAW_BUCKET),
    clock: systemClock,
    warn: (message: string, error: unknown) => logger().warn(message, { error: asError(error) }),
  }),
  handle: (mail, ports) => sendOnce(withId(mail, correlationId()), ports),
});
