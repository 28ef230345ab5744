import { Tokenizer } from 'htmlparser2';
import { unread } from '#pages/raw-text.ts';

const breaking = new Set(['br', 'p', 'div', 'li']);
const hiding = new Set(['script', 'style']);

/**
 * The text of a piece of HTML: tags and comments gone, references decoded, line breaks kept, nothing else changed. It keeps
 * no stack of open elements, so that its time grows with the length of the piece alone, however deep its elements stand.
 */
export function plainText(html: string): string {
  const pieces: string[] = [];
  let isHidden = false;
  const name = (start: number, end: number) => html.slice(start, end).toLowerCase();
  const say = (text: string) => {
    if (!isHidden) pieces.push(text);
  };
  const tokenizer = new Tokenizer(
    {},
    {
      ...unread,
      oncdata: () => undefined,
      onopentagname: (start, end) => {
        const opened = name(start, end);
        if (hiding.has(opened)) isHidden = true;
        if (breaking.has(opened) && pieces.length > 0) pieces.push('\n');
      },
      onclosetag: (start, end) => {
        if (hiding.has(name(start, end))) isHidden = false;
      },
      ontext: (start, end) => say(html.slice(start, end)),
      ontextentity: (codePoint) => say(String.fromCodePoint(codePoint)),
    },
  );
  tokenizer.write(html);
  tokenizer.end();
  return pieces.join('').trim();
}
