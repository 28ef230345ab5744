import type { PageElement } from '../dom.ts';
import type { HiddenBlock } from './hidden-blocks.ts';

// Two sentences; what is shorter is a label or a notice.
const leastCharacters = 120;
const mostLinked = 0.3;

// What pages keep hidden because readers don't come for it.
const junkNames =
  /cookie|consent|gdpr|ccpa|modal|dialog|pop-?up|overlay|lightbox|drawer|off-?canvas|(?:^|[-_\s])(?:nav|menu|ad|ads|advert\w*|toast|tooltip|dropdown|login|sign-?in|sign-?up|register|subscribe|newsletter|paywall|banner|sidebar|footer|share|social|comments?|search|related|recommend\w*|captcha|breadcrumbs?|terms|policy|privacy)(?:$|[-_\s])/i;
const junkElements = new Set(['nav', 'footer', 'aside', 'dialog', 'form', 'menu', 'header']);
const junkRoles = /dialog|navigation|menu|search|banner|contentinfo|complementary|alert|tooltip/i;
const junkText =
  /cookies?\b|\bgdpr\b|enable\s{1,9}javascript|javascript\s{1,9}(?:is|must|has)|隐私(?:政策|权)|用户协议|启用\s{0,9}javascript|开启\s{0,9}javascript/gi;
// An article about cookies says much else.
const charactersPerJunkWord = 250;

/** Whether a hidden part of a page reads as an article, and not as a menu, a dialog, a form or a notice. */
export function isArticle({ element, text, linked, controls }: HiddenBlock): boolean {
  if (text.length < leastCharacters || linked > mostLinked || controls > 2) return false;
  if ((text.match(junkText)?.length ?? 0) * charactersPerJunkWord > text.length) return false;
  for (
    let at: PageElement | null = element;
    at && at.localName !== 'body' && at.localName !== 'html';
    at = at.parentElement
  )
    if (isJunk(at)) return false;
  return /[.!?。！？…]/.test(text);
}

function isJunk(element: PageElement): boolean {
  const names = `${element.id} ${element.getAttribute('class') ?? ''}`;
  return (
    junkElements.has(element.localName) ||
    junkRoles.test(element.getAttribute('role') ?? '') ||
    element.getAttribute('aria-modal') === 'true' ||
    junkNames.test(names)
  );
}
