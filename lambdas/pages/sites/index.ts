import type { PageDocument } from '../dom.ts';
import type { RawText } from '../raw-text.ts';
import type { Site } from './site.ts';
import { wechat } from './wechat.ts';

/** Sites that are read in a way of their own. A new one is a file and a line. */
const sites: readonly Site[] = [wechat];

/** The article of a page of a known site. */
export function siteArticle(document: PageDocument, url: string): RawText | undefined {
  for (const site of sites) {
    const article = site.owns(url, document) ? site.read(document) : undefined;
    if (article && article.text !== '') return article;
  }
  return undefined;
}
