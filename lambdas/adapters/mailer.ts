import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { once } from '#kit/once.ts';

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
}

/** Sends one mail; throws what SES answers, so that the queue tries again. */
export type SendMail = (mail: Mail) => Promise<void>;

const client = once(() => new SESClient({}));

/** SES under the sender and configuration set of this environment. */
export function mailer(sender: { readonly from: string; readonly configurationSet: string }): SendMail {
  return async (mail) => {
    const utf8 = (text: string) => ({ Data: text, Charset: 'UTF-8' });
    const command = new SendEmailCommand({
      Source: sender.from,
      ConfigurationSetName: sender.configurationSet,
      Destination: { ToAddresses: [...mail.to] },
      Message: {
        Subject: utf8(mail.subject),
        Body: { Text: utf8(mail.text), ...(mail.html === undefined ? {} : { Html: utf8(mail.html) }) },
      },
    });
    await client().send(command);
  };
}
