import { mailer } from '#adapters/mailer.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { mailMessage, sendMailEnv } from './contract.ts';

/** The mail queue's door: one mail a record, to the environment's recipients unless it names its own. */
export const handler = queueHandler({
  env: sendMailEnv,
  message: mailMessage,
  services: (env) => ({
    send: mailer({ from: env.MAIL_FROM, configurationSet: env.MAIL_CONFIGURATION_SET }),
    recipients: env.MAIL_TO,
  }),
  handle: ({ to, ...mail }, { send, recipients }) => send({ ...mail, to: to ?? recipients }),
});
