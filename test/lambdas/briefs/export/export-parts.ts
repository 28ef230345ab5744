import type { ExportStagePorts } from '../../../../lambdas/briefs/export/export-stage.ts';
import { exportStore } from '../../../../lambdas/briefs/export/export-store.ts';
import { inFolder } from '../../../../lambdas/briefs/export/in-folder.ts';
import { wordFilter } from '../../../../lambdas/briefs/export/words/content-words.ts';
import type { BriefMail } from '../../../../lambdas/briefs/mails/brief-mail.ts';
import { mailStore } from '../../../../lambdas/briefs/mails/mail-store.ts';
import { tellEnd } from '../../../../lambdas/briefs/mails/tell-end.ts';
import type { TestDatabase } from '../../../support/database.ts';

/** What exporting needs, with a bucket and a mail queue that keep everything in memory. */
export function exportParts(database: TestDatabase<unknown>, over: Partial<ExportStagePorts> = {}) {
  const files = new Map<string, Buffer>();
  const mails: BriefMail[] = [];
  const links = { key: async () => 'k'.repeat(32), api: 'https://api.example/', days: 180 };
  const send = async (mail: BriefMail) => void mails.push(mail);
  const ports: ExportStagePorts = {
    ...exportStore(database.app),
    counts: wordFilter([]),
    keep: async (key, bytes) => void files.set(key, Buffer.concat(await Array.fromAsync(bytes))),
    tell: (stage) => tellEnd(stage, { ...mailStore(database.app), send, links, clock: () => new Date() }),
    inFolder,
    ...over,
  };
  return { ports, files, mails };
}
