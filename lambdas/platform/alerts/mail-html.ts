import type { Severity } from '#kit/ledger/severity.ts';
import { escaped, htmlMail, isLink } from '#kit/mails/html.ts';
import type { Item } from './items.ts';
import { type MailContent, whenOf } from './mail-text.ts';

// Contrast with white: 6.5, 5.0 and 5.6 to 1.
const colours: Readonly<Record<Severity, string>> = { high: '#b3261e', medium: '#9a5b00', low: '#4a6572' };

/** A mail as HTML: a block for each item. Every text is escaped: messages quote strangers. */
export function mailHtml({ title, items, rest }: MailContent): string {
  const blocks = items.map(block).join('');
  const last = rest === undefined ? '' : `<p>${escaped(rest)}</p>`;
  return htmlMail(
    title,
    `<div style="max-width:760px"><h1 style="font-size:19px;margin:0 0 16px">${escaped(title)}</h1>${blocks}${last}</div>`,
    'margin:0;padding:16px;background:#ffffff;color:#1c1b1f;font:15px/1.5 system-ui,sans-serif',
  );
}

function block(item: Item): string {
  const colour = colours[item.severity];
  const more = item.count - item.examples.length;
  const examples = [...item.examples, ...(more > 0 ? [`and ${more.toLocaleString('en')} more`] : [])]
    .map((example) => `<li style="overflow-wrap:anywhere">${escaped(example)}</li>`)
    .join('');
  const links = Object.entries(item.links).map(([label, address]) => link(label, address));
  return (
    `<div style="border-left:4px solid ${colour};padding:2px 0 2px 12px;margin:0 0 20px">` +
    `<h2 style="font-size:16px;margin:0"><span style="color:${colour};text-transform:uppercase">${item.severity}</span>` +
    ` ${escaped(item.title)}</h2><div style="color:#5f5e62">${escaped(whenOf(item))}</div>` +
    `<ul style="margin:6px 0;padding-left:20px">${examples}</ul><div>${links.join(' · ')}</div></div>`
  );
}

/** A link where the address is one; else the words, for the runbook may be a file's name only. */
function link(label: string, address: string): string {
  if (!isLink(address)) return `${escaped(label)}: <code>${escaped(address)}</code>`;
  return `<a href="${escaped(address)}" style="color:#0b57d0">${escaped(label)}</a>`;
}
