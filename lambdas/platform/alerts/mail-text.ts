import type { Item } from './items.ts';

/** What both forms of a mail show. */
export interface MailContent {
  readonly title: string;
  readonly items: readonly Item[];
  /** What isn't among the items, as a sentence. */
  readonly rest: string | undefined;
}

/** A mail as plain text: a paragraph for each item. */
export function mailText({ items, rest }: MailContent): string {
  const paragraphs = items.map((item) => {
    const more = item.count - item.examples.length;
    return [
      `${item.severity.toUpperCase()}  ${item.title}`,
      `  ${whenOf(item)}`,
      ...item.examples.map((example) => `  - ${example}`),
      ...(more > 0 ? [`  - and ${more.toLocaleString('en')} more`] : []),
      ...Object.entries(item.links).map(([label, address]) => `  ${label}: ${address}`),
    ].join('\n');
  });
  return `${[...paragraphs, ...(rest === undefined ? [] : [rest])].join('\n\n')}\n`;
}

/** `100,000 times, from 2026-11-21 12:00:01 to 12:00:58 UTC`. */
export function whenOf({ count, from, to }: Pick<Item, 'count' | 'from' | 'to'>): string {
  const [day, time] = momentOf(from);
  if (count === 1) return `once, at ${day} ${time} UTC`;
  const [lastDay, lastTime] = momentOf(to);
  const end = day === lastDay ? lastTime : `${lastDay} ${lastTime}`;
  return `${count.toLocaleString('en')} times, from ${day} ${time} to ${end} UTC`;
}

function momentOf(at: Date): [string, string] {
  const text = at.toISOString();
  return [text.slice(0, 10), text.slice(11, 19)];
}
