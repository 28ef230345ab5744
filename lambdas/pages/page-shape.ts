import { Parser } from 'htmlparser2';

/** How large a page is as a tree. */
export interface PageShape {
  /** Elements, pieces of text, comments. */
  readonly nodes: number;
  readonly depth: number;
}

// The parser's stack of open elements is slow when it is deep: it must be stopped before a whole page of `<b>` is on it.
const chunkCharacters = 16 * 1024;

/** Counts a page's nodes in one pass, without making a tree of them; stops soon after `mostLevels` are open. */
export function pageShape(html: string, mostLevels: number): PageShape {
  let nodes = 0;
  let open = 0;
  let depth = 0;
  const parser = new Parser({
    onopentagname() {
      nodes += 1;
      open += 1;
      depth = Math.max(depth, open);
    },
    ontext() {
      nodes += 1;
    },
    // In a tree they are nodes, too.
    oncomment() {
      nodes += 1;
    },
    onprocessinginstruction() {
      nodes += 1;
    },
    onclosetag() {
      open -= 1;
    },
  });
  for (let at = 0; at < html.length && depth <= mostLevels; at += chunkCharacters)
    parser.write(html.slice(at, at + chunkCharacters));
  parser.end();
  // In a tree each character reference is a piece of text of its own.
  return { nodes: nodes + html.split('&').length - 1, depth };
}
