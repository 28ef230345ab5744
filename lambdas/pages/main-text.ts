import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { pageShape } from './page-shape.ts';
import { rawText, wholeText } from './raw-text.ts';

/** What a reader came for. */
export interface MainText {
  /** '' when the page names none. */
  readonly title: string;
  /** Each paragraph on a line of its own; '' when there is no text at all. */
  readonly text: string;
}

// The largest page of the extraction benchmark has 3,400 nodes in 31 levels. Readability's time grows with the third
// power of the depth: 300 levels take 0.3 s, 1,000 take 7 s. What is deeper was not made to be read.
const mostNodes = 60_000;
const mostLevels = 256;

/**
 * Title and article of a page, without navigation, scripts, ads and comments; all of the page's text where no article
 * is found or the page is too large or too deep to look for one. Mozilla's Readability over linkedom: docs/benchmarks.md
 * says what it was measured beside. Its time is not bounded: pages of strangers are read in a thread that can be stopped.
 */
export function mainText(html: string, _url = ''): MainText {
  const { nodes, depth } = pageShape(html, mostLevels);
  if (depth > mostLevels || nodes > mostNodes) return wholeText(html);
  const { document } = parseHTML(/<html[\s>]/i.test(html) ? html : `<html><body>${html}</body></html>`);
  const title = document.title.trim();
  const article = new Readability(document).parse();
  return { title: article?.title?.trim() || title, text: rawText(article?.content ?? '') || rawText(html) };
}
