import { escaped, htmlMail, isLink } from '#kit/mails/html.ts';
import type { CountyLine } from './county-lines.ts';
import type { Paragraph } from './mail-text.ts';

/** A mail as HTML: paragraphs, then a table of counties. Every text is escaped: reasons quote the site. */
export function mailHtml(title: string, paragraphs: readonly Paragraph[], lines: readonly CountyLine[]): string {
  const rows = lines.map(
    ({ county, says, files }) =>
      `<tr><td>${escaped(county)}</td><td>${escaped(says)}</td><td>${files.map(escaped).join('<br>')}</td></tr>`,
  );
  const table =
    rows.length === 0
      ? ''
      : `<table border="1" cellpadding="4" cellspacing="0"><tr><th>County</th><th>Rows</th><th>Files</th></tr>${rows.join('')}</table>`;
  const text = paragraphs.map((paragraph) => `<p>${inner(paragraph)}</p>`).join('');
  return htmlMail(title, `<h1>${escaped(title)}</h1>${text}${table}`);
}

function inner(paragraph: Paragraph): string {
  if (typeof paragraph === 'string') return escaped(paragraph);
  const address = escaped(paragraph.address);
  const shown = isLink(paragraph.address) ? `<a href="${address}">${address}</a>` : `<code>${address}</code>`;
  return `${escaped(paragraph.label)}: ${shown}`;
}
