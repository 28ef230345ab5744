import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { type DropRules, dropBlocks, dropRules } from './article/drop-blocks.ts';
import type { PageDocument, PageElement } from './dom.ts';
import { embeddedText } from './hidden/embedded-text.ts';
import { type HiddenBlock, reveal, shownAndHidden } from './hidden/hidden-blocks.ts';
import { isArticle } from './hidden/is-article.ts';
import { pageShape } from './page-shape.ts';
import { type RawText, rawText, wholeText } from './raw-text.ts';
import { siteArticle } from './sites/index.ts';

// The largest page of the extraction benchmark has 3,400 nodes in 31 levels. Readability's time grows with the third
// power of the depth: 300 levels take 0.3 s, 1,000 take 7 s. What is deeper was not made to be read.
const mostNodes = 60_000;
const mostLevels = 256;

// Hidden text stands for what is shown where it is so much more of it.
const muchMore = 2;
// The beginning of a text, by which it is found in another: a short sentence in Chinese.
const knownBy = 20;

/**
 * Title and article of a page, without navigation, scripts, ads and comments; all of the page's text where no article
 * is found or the page is too large or too deep to look for one. Mozilla's Readability over linkedom, and a pass that drops
 * what is none of the article: docs/benchmarks.md says what it was measured beside. Its time is not bounded: pages of strangers are read in a thread that can be stopped.
 */
export function mainText(html: string, url = '', rules = dropRules): RawText {
  const whole = wholeText(html);
  const { nodes, depth } = pageShape(html, mostLevels);
  if (depth > mostLevels || nodes > mostNodes) return whole;
  const document = documentOf(html);
  const known = siteArticle(document, url);
  if (known) return known;
  const { shown, hidden } = shownAndHidden(document.documentElement);
  const readable = hidden.flatMap((block, index) => (isArticle(block) ? [readableOf(block, index)] : []));
  const embedded = embeddedText(document);
  const title = document.title.trim() || whole.title;
  const found = articleOf(document, title, rules);
  const article = { ...found, text: found.text || shown };
  const better = shownByScripts(html, article, { readable, rules }) ?? article;
  if (embedded.length > muchMore * better.text.length && embedded.length > knownBy) return { title, text: embedded };
  return better.text === '' ? { ...better, text: whole.text } : better;
}

function documentOf(html: string): PageDocument {
  return parseHTML(/<html[\s>]/i.test(html) ? html : `<html><body>${html}</body></html>`).document;
}

/** A hidden block that reads as an article, as far as it is known once its document is taken apart. */
interface Readable {
  /** Among all hidden blocks of the page. */
  readonly index: number;
  readonly text: string;
  /** What stands right before it. */
  readonly before: string;
}

function readableOf({ element, text }: HiddenBlock, index: number): Readable {
  return { index, text, before: rawText(element.previousElementSibling?.innerHTML ?? '') };
}

/** Readability hands over the element that it has made; its types are a browser's. */
const asElement = (node: unknown) => node as PageElement;

/** Readability takes the document apart. */
function articleOf(document: PageDocument, title: string, rules: DropRules): RawText {
  // Its classes say what a part of a page is.
  const article = new Readability<PageElement>(document, { keepClasses: true, serializer: asElement }).parse();
  if (article?.content) dropBlocks(article.content, rules);
  return { title: article?.title?.trim() || title, text: rawText(article?.content?.innerHTML ?? '') };
}

/**
 * The article with what the page hides until a script shows it: the article itself, or the rest of it. `undefined` where
 * nothing that is hidden reads as one.
 */
function shownByScripts(
  html: string,
  article: RawText,
  { readable, rules }: { readonly readable: readonly Readable[]; readonly rules: DropRules },
): RawText | undefined {
  const longest = readable.toSorted((a, b) => b.text.length - a.text.length)[0];
  if (!longest) return undefined;
  const replaced = longest.text.length > muchMore * article.text.length;
  const wanted = replaced ? [longest] : readable.filter((block) => goesOn(block, article.text));
  if (wanted.length === 0) return undefined;
  const document = documentOf(html);
  const again = shownAndHidden(document.documentElement).hidden;
  for (const block of wanted) {
    const same = again[block.index];
    if (same) reveal(same.element);
  }
  const revealed = articleOf(document, article.title, rules);
  const has = wanted.every(({ text }) => revealed.text.includes(firstOf(text)));
  if (has) return revealed;
  // Readability would not have it, though the page says where it stands.
  const texts = wanted.map(({ text }) => text);
  return { title: article.title, text: (replaced ? texts : [article.text, ...texts]).join('\n') };
}

/** Whether a hidden block stands right behind a paragraph of the article, and says what the article doesn't. */
function goesOn({ before, text }: Readable, article: string): boolean {
  return before.length >= knownBy && article.includes(firstOf(before)) && !article.includes(firstOf(text));
}

/** Of its longest line, which is a paragraph. */
function firstOf(text: string): string {
  const lines = text.split('\n');
  return (lines.find((line) => line.length >= knownBy) ?? lines[0] ?? '').slice(0, knownBy);
}
