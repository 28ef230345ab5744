import type { PageElement } from '../dom.ts';
import { blocks } from '../raw-text.ts';

/** What the pass goes by; bench/pages/cross-validation.ts chooses it. Lengths are those of {@link lengthOf}. */
export interface DropRules {
  /** A block of which so much is links is no sentence of the article. */
  readonly linkShare: number;
  /** ... as long as it is no longer than this: a paragraph may well be a link as a whole. */
  readonly longestLink: number;
  /** Before the first and behind the last paragraph, what is shorter is a menu, a date or a name. */
  readonly shortEdge: number;
  /** A block that long, with the end of a sentence, is a paragraph. */
  readonly paragraph: number;
  /** What is no longer and stands there again and again is a label. */
  readonly shortRepeated: number;
  readonly repeats: number;
  /** Of the article: a named part (a caption, a promotion) that is more of it may be all there is. */
  readonly largestPart: number;
  /** ... and all of them together: of a gallery the captions are the article, of a forum the comments. */
  readonly largestNamed: number;
}

export const dropRules: DropRules = {
  linkShare: 0.7,
  longestLink: 200,
  shortEdge: 60,
  paragraph: 80,
  shortRepeated: 60,
  repeats: 3,
  largestPart: 0.3,
  largestNamed: 0.3,
};

interface Block {
  readonly element: PageElement;
  readonly text: string;
  /** Of its text, the share that is links. */
  readonly linkShare: number;
  readonly heading: boolean;
}

/** Classes and ids by which pages name what is no part of an article, in the words of their templates. */
const otherParts =
  /(?:^|[\s_-])(?:captions?|credits?|bylines?|breadcrumbs?|newsletters?|subscri(?:be|ption)|sign-?up|related|recommend(?:ed|ations?)|promos?|promotions?|most-(?:read|popular)|popular|trending|share-?(?:bars?|buttons?|tools?|links?|icons?)|sharing|social|comments?|disqus|cookies?|author-(?:bio|info|box)|about-author|read-?more|see-?also|ad|ads|advert(?:isement)?s?|sponsor(?:ed)?|tags?|taglines?|timestamps?|dateline|skip-link|copyright)(?:$|[\s_-])/i;
const sentenceEnd = /[.!?。！？…]["'”’」』)）]?\s*$/;

/** Takes out of a found article what is none of it: captions, promotions, menus, lists of links, labels. */
export function dropBlocks(article: PageElement, rules: DropRules = dropRules): void {
  const whole = textOf(article).length;
  if (whole === 0) return;
  for (const { element } of few(namedParts(article, whole * rules.largestPart), whole * rules.largestNamed))
    element.remove();
  const found = leaves(article).filter(({ element }) => !isOfItself(element));
  const wrong = new Set([
    ...few(byLinks(found, rules), whole * rules.largestPart),
    ...few(byPlace(found, rules), whole * rules.largestPart),
    ...few(byRepetition(found, rules), whole * rules.largestPart),
  ]);
  for (const { element } of wrong) element.remove();
}

/** What a page names as a caption or as no part of the article, each no longer than so much; none stands in another. */
function namedParts(article: PageElement, longest: number): { readonly element: PageElement; readonly text: string }[] {
  const parts = new Map<PageElement, string>();
  for (const element of article.querySelectorAll('figcaption, [class], [id]')) {
    if (element.localName === 'body' || !(element.localName === 'figcaption' || otherParts.test(nameOf(element))))
      continue;
    if (isWithin(element, parts)) continue;
    const text = textOf(element);
    if (text.length <= longest) parts.set(element, text);
  }
  return [...parts].map(([element, text]) => ({ element, text }));
}

function isWithin(element: PageElement, parts: ReadonlyMap<PageElement, string>): boolean {
  for (let at = element.parentElement; at; at = at.parentElement) if (parts.has(at)) return true;
  return false;
}

/** Cells of a table are short, and alike, by their nature; what is quoted (a tweet) has its date and its name. */
function isOfItself(element: PageElement): boolean {
  for (let at: PageElement | null = element; at; at = at.parentElement)
    if (/^(?:table|blockquote|pre)$/.test(at.localName)) return true;
  return false;
}

/** None where they are more than so much of the text: a poem, a list, a table of results. */
function few<P extends { readonly text: string }>(found: readonly P[], most: number): readonly P[] {
  return found.reduce((sum, { text }) => sum + text.length, 0) > most ? [] : found;
}

const nameOf = (element: PageElement) => `${element.getAttribute('class') ?? ''} ${element.id}`;
const textOf = (element: PageElement) => (element.textContent ?? '').replace(/\s+/g, ' ').trim();

const ideograph = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** In letters: an ideograph says as much as three. */
const lengthOf = (text: string) => text.length + 2 * (text.match(ideograph)?.length ?? 0);

/** The blocks that hold no others, in the order of the text. */
function leaves(article: PageElement): Block[] {
  const found: Block[] = [];
  for (const element of article.querySelectorAll([...blocks].join(','))) {
    if (element.querySelector([...blocks].join(',')) !== null) continue;
    const text = textOf(element);
    if (text === '') continue;
    const links = [...element.querySelectorAll('a')].reduce((sum, link) => sum + textOf(link).length, 0);
    found.push({ element, text, linkShare: links / text.length, heading: /^h\d$/.test(element.localName) });
  }
  return found;
}

function byLinks(found: readonly Block[], { linkShare, longestLink }: DropRules): Block[] {
  return found.filter((block) => block.linkShare >= linkShare && lengthOf(block.text) <= longestLink);
}

/** What comes before the first paragraph and behind the last one. */
function byPlace(found: readonly Block[], { shortEdge, paragraph }: DropRules): Block[] {
  const isParagraph = ({ text, linkShare }: Block) =>
    lengthOf(text) >= paragraph && sentenceEnd.test(text) && linkShare < 0.5;
  const first = found.findIndex(isParagraph);
  const last = found.findLastIndex(isParagraph);
  if (first < 0) return [];
  const outside = [...found.slice(0, first), ...found.slice(last + 1)];
  return outside.filter(({ text }) => lengthOf(text) <= shortEdge && !sentenceEnd.test(text));
}

/** The same short line several times. */
function byRepetition(found: readonly Block[], { shortRepeated, repeats }: DropRules): Block[] {
  const counts = new Map<string, number>();
  for (const { text } of found) counts.set(text, (counts.get(text) ?? 0) + 1);
  return found.filter(
    ({ text, heading }) =>
      !heading && lengthOf(text) <= shortRepeated && !sentenceEnd.test(text) && (counts.get(text) ?? 0) >= repeats,
  );
}
