import { parsedJson } from '#kit/text/json.ts';
import type { PageDocument } from '../dom.ts';
import { rawText } from '../raw-text.ts';

// What a page that is made by a script calls its text.
const textNames = /^(?:article_?body|body|content|html|text|detail|description|desc|rich_?text|post_?content)$/i;
const mostAssignments = 20;

/** The longest text in the data of a page's scripts (JSON-LD, the state of a page that a script makes); '' for none. */
export function embeddedText(document: PageDocument): string {
  let longest = '';
  for (const script of document.querySelectorAll('script')) {
    const code = script.textContent ?? '';
    const type = script.getAttribute('type') ?? '';
    const data = /json/i.test(type) ? [parsedJson(code).value] : assigned(code);
    for (const value of data) {
      const text = longestText(value);
      if (text.length > longest.length) longest = text;
    }
  }
  return rawText(longest.toWellFormed());
}

/** What is assigned as JSON: `window.__STATE__ = {...}`. */
function assigned(code: string): unknown[] {
  const found: unknown[] = [];
  const assignment = /=[ \n]?(?=\{)/g;
  for (let tries = 0; tries < mostAssignments; tries += 1) {
    const match = assignment.exec(code);
    if (!match) break;
    const start = match.index + match[0].length;
    const end = objectEnd(code, start);
    const value = parsedJson(code.slice(start, end)).value;
    if (value === undefined) continue;
    found.push(value);
    assignment.lastIndex = end;
  }
  return found;
}

/** Behind the brace that closes the one at `start`; the text's end for one that nothing closes. */
function objectEnd(code: string, start: number): number {
  const marks = /["{}]/g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(code); mark; mark = marks.exec(code)) {
    if (mark[0] === '{') depth += 1;
    else if (mark[0] === '}') {
      depth -= 1;
      if (depth === 0) return marks.lastIndex;
    } else marks.lastIndex = stringEnd(code, marks.lastIndex);
  }
  return code.length;
}

function stringEnd(code: string, start: number): number {
  let at = start;
  while (at < code.length && code[at] !== '"') at += code[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Walks the data without recursion: it may be deep. */
function longestText(value: unknown): string {
  let longest = '';
  const open: unknown[] = [value];
  for (let next = open.pop(); open.length > 0 || next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    for (const [name, inner] of Object.entries(next)) {
      if (typeof inner === 'object') open.push(inner);
      else if (typeof inner === 'string' && inner.length > longest.length && textNames.test(name)) longest = inner;
    }
  }
  return longest;
}
