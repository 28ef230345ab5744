import { Parser } from 'htmlparser2';

const breaking = new Set(['br', 'p', 'div', 'li']);

/** The text of a piece of HTML: tags and comments gone, references decoded, line breaks kept, nothing else changed. */
export function plainText(html: string): string {
  const pieces: string[] = [];
  let hidden = 0;
  const parser = new Parser({
    ontext: (text) => {
      if (hidden === 0) pieces.push(text);
    },
    onopentagname: (name) => {
      if (name === 'script' || name === 'style') hidden += 1;
      if (breaking.has(name) && pieces.length > 0) pieces.push('\n');
    },
    onclosetag: (name) => {
      if (name === 'script' || name === 'style') hidden -= 1;
    },
  });
  parser.end(html);
  return pieces.join('').trim();
}
