import { mainText } from '../main-text.ts';
import { pageText } from '../page-text.ts';
import { wholeText } from '../raw-text.ts';
import type { Order, Report } from './messages.ts';

/**
 * Reads a page and tells what it has as soon as it has it: all of the page's text, which takes a linear pass, before its
 * article, which may take any time. A caller that stops it in between keeps what was told.
 */
export function readInSteps({ id, page, keptBytes }: Order, tell: (report: Report) => void): void {
  try {
    const whole = pageText(page.body, page.contentType);
    const { title, text } = wholeText(whole);
    const html = cut(whole, keptBytes);
    const htmlTruncated = html.length < whole.length;
    tell({ kind: 'whole', id, whole: { html, htmlTruncated, title, content: cut(text, keptBytes) } });
    const article = mainText(whole, page.url);
    tell({ kind: 'article', id, article: { title: article.title, content: cut(article.text, keptBytes) } });
  } catch (error) {
    tell({ kind: 'broken', id, reason: error instanceof Error ? error.message : String(error) });
  }
}

/** The longest beginning that takes no more bytes, never half a character. Half a surrogate pair becomes U+FFFD. */
function cut(text: string, bytes: number): string {
  const wellFormed = text.toWellFormed();
  const { read } = new TextEncoder().encodeInto(wellFormed, new Uint8Array(bytes));
  return wellFormed.slice(0, read);
}
