import { Tokenizer } from 'htmlparser2';

/** What a page says as a whole. */
export interface RawText {
  /** '' when the page names none. */
  readonly title: string;
  /** Each block on a line of its own; '' when there is no text at all. */
  readonly text: string;
}

const unseen = new Set([
  ...['script', 'style', 'noscript', 'template', 'iframe', 'svg', 'head', 'select', 'button'],
  // Read as text of their own by every parser.
  ...['title', 'textarea', 'noembed', 'noframes'],
]);
/** Elements that stand on lines of their own. */
export const blocks = new Set(
  'address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table td th tr ul'.split(
    ' ',
  ),
);

const ignore = () => undefined;
/** What a page has beside its tags and its text, for tokenizers that leave it unread. */
export const unread = {
  onattribdata: ignore,
  onattribend: ignore,
  onattribentity: ignore,
  onattribname: ignore,
  oncomment: ignore,
  ondeclaration: ignore,
  onend: ignore,
  onopentagend: ignore,
  onprocessinginstruction: ignore,
  onselfclosingtag: ignore,
};

/** The text of HTML as a reader sees it, each block on a line of its own. */
export function rawText(html: string): string {
  return wholeText(html).text;
}

/**
 * Title and all text of a page, as a reader sees it. One pass over the page's tags without a tree or a stack: its time grows
 * with the page's length alone, however deep, broken or long it is.
 */
export function wholeText(html: string): RawText {
  const parts: string[] = [];
  const title: string[] = [];
  const hidden = new Hidden(html);
  let opened = '';
  const say = (text: string) => {
    if (!hidden.any) parts.push(text);
    else if (hidden.is('title')) title.push(text);
  };
  const name = (start: number, end: number) => html.slice(start, end).toLowerCase();
  const tokenizer = new Tokenizer(
    {},
    {
      ...unread,
      onopentagname(start, end) {
        opened = name(start, end);
        if (blocks.has(opened)) {
          hidden.endHead();
          parts.push('\n');
        }
        if (unseen.has(opened)) hidden.open(opened, end);
      },
      onclosetag(start, end) {
        const closed = name(start, end);
        if (unseen.has(closed)) hidden.close(closed, start);
        if (blocks.has(closed)) parts.push('\n');
      },
      ontext: (start, end) => say(html.slice(start, end)),
      ontextentity: (codePoint) => say(String.fromCodePoint(codePoint)),
      // Markup of another kind inside of HTML: its text is text.
      oncdata: (start, end, endOffset) => say(html.slice(start, end - endOffset)),
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return { title: tidy(title.join('')), text: tidy(parts.join('')) };
}

/** Which unseen elements are open. One that is never closed hides nothing: the rest of the page would be lost with it. */
class Hidden {
  readonly #lastClose: ReadonlyMap<string, number>;
  readonly #open = new Map<string, number>();

  constructor(html: string) {
    const lower = html.toLowerCase();
    // A lower-case letter may be longer than its capital (U+0130); the places would no longer fit.
    const text = lower.length === html.length ? lower : html;
    this.#lastClose = new Map([...unseen].map((name) => [name, text.lastIndexOf(`</${name}`)]));
  }

  get any(): boolean {
    return this.#open.size > 0;
  }

  is(name: string): boolean {
    return this.#open.has(name);
  }

  open(name: string, at: number): void {
    if (at < (this.#lastClose.get(name) ?? -1)) this.#open.set(name, (this.#open.get(name) ?? 0) + 1);
  }

  close(name: string, at: number): void {
    const left = (this.#open.get(name) ?? 0) - 1;
    if (left > 0 && at < (this.#lastClose.get(name) ?? -1)) this.#open.set(name, left);
    else this.#open.delete(name);
  }

  /** A block begins the body, whether or not the head was closed. */
  endHead(): void {
    this.#open.delete('head');
  }
}

/** One space between words, one line end between blocks, none around. */
export function tidy(text: string): string {
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}
