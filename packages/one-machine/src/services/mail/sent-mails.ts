import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEmlContent } from 'aws-ses-v2-local/dist/emlFile.js';
import type { Email } from 'aws-ses-v2-local/dist/store.js';

/** A mail as it was sent. */
export interface SentMail {
  readonly id: string;
  readonly sentAt: Date;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly text: string | undefined;
  readonly html: string | undefined;
}

/** Every mail on the disk: `.json` for us, `.eml` for a mail program. */
export interface SentMails {
  /** Returns when the mail is on the disk. */
  keep(email: Email): Promise<void>;
  /** Oldest first. */
  read(): Promise<SentMail[]>;
  /** As the inbox page holds them, oldest first. */
  emails(): Promise<Email[]>;
  /** Removes them all. */
  clear(): Promise<void>;
}

/** Opens the folder of sent mails. */
export async function openSentMails(directory: string): Promise<SentMails> {
  await mkdir(directory, { recursive: true });

  async function names(): Promise<string[]> {
    return (await readdir(directory)).filter((name) => /\.(json|eml)$/.test(name)).sort();
  }

  async function emails(): Promise<Email[]> {
    const files = (await names()).filter((name) => name.endsWith('.json'));
    return Promise.all(files.map(async (name) => JSON.parse(await readFile(join(directory, name), 'utf8')) as Email));
  }

  return {
    emails,
    async keep(email) {
      // Sorted by name is sorted by time.
      const name = `${new Date().toISOString().replaceAll(':', '-')}-${email.messageId.replace(/[^\w-]/g, '')}`;
      const { body } = await createEmlContent(email);
      await writeWhole(join(directory, `${name}.eml`), body);
      await writeWhole(join(directory, `${name}.json`), JSON.stringify(email, undefined, 2));
    },
    async read() {
      return (await emails()).map(sentMail);
    },
    async clear() {
      for (const name of await names()) await rm(join(directory, name));
    },
  };
}

/** A file of this name is always whole, also after a kill. */
async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const aside = `${path}.new`;
  await writeFile(aside, content, { flush: true });
  await rename(aside, path);
}

function sentMail(email: Email): SentMail {
  return {
    id: email.messageId,
    sentAt: new Date(email.at * 1000),
    from: email.from,
    ...email.destination,
    subject: email.subject,
    text: email.body.text,
    html: email.body.html,
  };
}
