import type { PageElement, PageNode } from '../dom.ts';
import { blocks as blockNames, rawText, tidy } from '../raw-text.ts';

/** A part of a page that its reader sees only once a script has shown it. */
export interface HiddenBlock {
  readonly element: PageElement;
  /** Its own, without that of hidden parts inside. */
  readonly text: string;
  /** Of its characters in links, 0 to 1. */
  readonly linked: number;
  /** Fields and buttons. */
  readonly controls: number;
}

export interface ShownAndHidden {
  /** What no mark hides. */
  readonly shown: string;
  /** In the page's order: the same page gives the same blocks. */
  readonly hidden: readonly HiddenBlock[];
}

// Kept for scripts, or for browsers without them.
const keeping = new Set(['noscript', 'template', 'textarea']);
const unread = new Set([
  'script',
  'style',
  'svg',
  'select',
  'iframe',
  'head',
  'title',
  'object',
  'noframes',
  'noembed',
]);
const controls = new Set(['input', 'select', 'button', 'textarea', 'form']);
const undisplayed = /(?:^|[;\s])(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}(?:hidden|collapse))\b/i;

/** Whether the element's own marks hide it. Style sheets are not asked: whatever they hide was always read. */
function isHidden(element: PageElement): boolean {
  return (
    keeping.has(element.localName) ||
    element.hasAttribute('hidden') ||
    element.getAttribute('aria-hidden') === 'true' ||
    undisplayed.test(element.getAttribute('style') ?? '')
  );
}

/** Stands behind a block's children. */
const lineEnd: PageNode = { nodeType: 3, textContent: '\n', previousSibling: null };

interface Collected {
  readonly element: PageElement | undefined;
  readonly parts: string[];
  characters: number;
  linked: number;
  controls: number;
}

function collected(element?: PageElement): Collected {
  return { element, parts: [], characters: 0, linked: 0, controls: 0 };
}

function collectText({ textContent }: PageNode, into: Collected, inLink: boolean): void {
  const text = textContent ?? '';
  into.parts.push(text);
  into.characters += text.trim().length;
  if (inLink) into.linked += text.trim().length;
}

/** Tells a page's text apart by what hides it. One walk over the tree, without recursion: a page may be deep. */
export function shownAndHidden(root: PageElement): ShownAndHidden {
  const shown = collected();
  const hidden: Collected[] = [];
  const open: { readonly node: PageNode; readonly into: Collected; readonly inLink: boolean }[] = [
    { node: root, into: shown, inLink: false },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, inLink } = next;
    let { into } = next;
    if (node.nodeType === 3) collectText(node, into, inLink);
    if (node.nodeType !== 1) continue;
    const element = node as PageElement;
    if (isHidden(element)) {
      into = collected(element);
      hidden.push(into);
    }
    const name = element.localName;
    if (controls.has(name) && name !== 'textarea') into.controls += 1;
    if (unread.has(name)) continue;
    if (blockNames.has(name)) {
      into.parts.push('\n');
      open.push({ node: lineEnd, into, inLink: false });
    }
    if (name === 'textarea') into.parts.push(rawText(fieldHtml(element)));
    else
      for (let child = element.lastChild; child; child = child.previousSibling)
        open.push({ node: child, into, inLink: inLink || name === 'a' });
  }
  return { shown: tidy(shown.parts.join('')), hidden: hidden.flatMap(finished) };
}

function finished({ element, parts, characters, linked, controls: fields }: Collected): HiddenBlock[] {
  const text = tidy(parts.join(''));
  if (!element || text === '') return [];
  return [{ element, text, linked: characters === 0 ? 0 : linked / characters, controls: fields }];
}

/** The HTML that stands in a field as its text, most often with its brackets escaped. */
function fieldHtml({ textContent }: PageElement): string {
  const text = textContent ?? '';
  return text.includes('<') ? text : rawText(text);
}

/** Takes away what hides an element, and what hides those around it. */
export function reveal(element: PageElement): void {
  for (let at: PageElement | null = element; at; ) {
    const around: PageElement | null = at.parentElement;
    if (isHidden(at)) revealOne(at);
    at = around;
  }
}

function revealOne(element: PageElement): void {
  for (const mark of ['hidden', 'aria-hidden', 'style']) element.removeAttribute(mark);
  if (!keeping.has(element.localName)) return;
  const shown = element.ownerDocument.createElement('div');
  if (element.localName === 'textarea') shown.innerHTML = fieldHtml(element);
  else shown.append(...element.childNodes);
  element.replaceWith(shown);
}
