import { Parser } from 'htmlparser2';

const unseen = new Set(['script', 'style', 'noscript', 'template', 'iframe', 'svg', 'head', 'select', 'button']);
const blocks = new Set(
  'address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table td th tr ul'.split(
    ' ',
  ),
);

/** The text of HTML as a reader sees it, each block on a line of its own. In one pass: no page is too deep for it. */
export function rawText(html: string): string {
  const parts: string[] = [];
  let hidden = 0;
  const parser = new Parser(
    {
      onopentagname(name) {
        if (unseen.has(name)) hidden += 1;
        if (blocks.has(name)) parts.push('\n');
      },
      ontext(text) {
        if (hidden === 0) parts.push(text);
      },
      onclosetag(name) {
        if (unseen.has(name)) hidden -= 1;
        if (blocks.has(name)) parts.push('\n');
      },
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return tidy(parts.join(''));
}

/** One space between words, one line end between blocks, none around. */
function tidy(text: string): string {
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}
