import type { Credentials } from '../guard/credentials.ts';
import { openSentMails, type SentMail } from './mail/sent-mails.ts';
import { startMailServer } from './mail/server.ts';

export type { SentMail } from './mail/sent-mails.ts';

/** A running SES. */
export interface Mail {
  readonly url: string;
  /** A page with every mail sent. */
  readonly inboxUrl: string;
  /** Oldest first, from the disk. */
  mails(): Promise<SentMail[]>;
  /** Answers 503 for this long. */
  refuse(milliseconds: number): void;
  stop(): Promise<void>;
}

/**
 * Takes mails by SES's v1 and v2 API and keeps each as `.json` and `.eml`; nothing leaves the machine. Like SES it
 * takes them only from `identities`, addresses or whole domains.
 */
export async function startMail(options: {
  directory: string;
  port?: number;
  identities: readonly string[];
  /** Who may send. */
  credentials: readonly Credentials[];
}): Promise<Mail> {
  const sent = await openSentMails(options.directory);
  const server = await startMailServer({
    sent,
    identities: options.identities,
    credentials: options.credentials,
    ...(options.port ? { port: options.port } : {}),
  });
  return {
    url: server.url,
    inboxUrl: `${server.url}/`,
    mails: () => sent.read(),
    refuse: server.refuse,
    stop: server.stop,
  };
}
