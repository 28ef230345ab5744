import { type Severity, severities } from '#kit/ledger/severity.ts';
import type { MailMessage } from '../contract.ts';
import type { Claimed } from './claimed.ts';
import { type Item, itemsOf } from './items.ts';
import { mailHtml } from './mail-html.ts';
import { type MailContent, mailText } from './mail-text.ts';
import type { AlertSettings } from './settings.ts';

// More is a list for the ledger, not for a mail.
const mostItems = 50;
// Far below the limits of the queue (1 MiB) and of mail programs.
const largestBytes = 200_000;

/** The mail that tells all that was claimed: to everybody whose severity is in it, and never with an input in it. */
export function alertMail(claimed: Claimed, id: string, settings: AlertSettings): MailMessage {
  const items = itemsOf(claimed, settings);
  const all = claimed.failures + claimed.alertGroups.reduce((sum, { count }) => sum + count, 0);
  const subject = titleOf(claimed, items, all, settings);
  const present = new Set<Severity>(items.map(({ severity }) => severity));
  const to = severities.filter((severity) => present.has(severity)).flatMap((one) => settings.recipients[one]);
  const head = { id, to: [...new Set(to)], subject };
  for (let most = mostItems; ; most = Math.floor(most / 2)) {
    const content = { title: subject, ...shownOf(items, all, most) };
    const mail = { ...head, text: mailText(content), html: mailHtml(content) };
    if (most <= 1 || Buffer.byteLength(mail.text) + Buffer.byteLength(mail.html) <= largestBytes) return mail;
  }
}

function shownOf(items: readonly Item[], all: number, most: number): Pick<MailContent, 'items' | 'rest'> {
  const shown = items.slice(0, most);
  const left = all - shown.reduce((sum, { count }) => sum + count, 0);
  return { items: shown, rest: left > 0 ? `And ${number(left)} more: the ledger lists every failure.` : undefined };
}

/** `[millrace-dev] high: presale: 100,000 failures`: an inbox can sort by severity and place before a mail is opened. */
function titleOf(claimed: Claimed, items: readonly Item[], all: number, { environment }: AlertSettings): string {
  const [first] = items;
  const head = `[millrace-${environment}] ${first?.severity ?? 'low'}: ${claimed.workload}:`;
  if (items.length === 1 && first) return `${head} ${first.title}${all > 1 ? ` (${number(all)} times)` : ''}`;
  const alerts = all - claimed.failures;
  const counts = [counted(alerts, 'alert'), counted(claimed.failures, 'failure')].filter((text) => text !== '');
  return `${head} ${counts.join(', ')}`;
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
