import { Tokenizer } from 'htmlparser2';
import { unread } from '#pages/raw-text.ts';

// No page of results has forty. Readers of trees call themselves once a level, and a parser's stack is slow when it is deep.
const mostLevels = 256;

// They have no end, and nothing stands in them.
const empty = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));

/**
 * HTML or XML with elements in a bounded depth: the tags of what stands deeper are left out, and its text stays. One pass
 * over the tags, whose time grows with the length alone.
 */
export function shallow(markup: string, { xmlMode = false } = {}): string {
  const levels = new Levels();
  const kept: string[] = [];
  let from = 0;
  let opened = { name: '', at: 0 };
  const name = (start: number, end: number) =>
    xmlMode ? markup.slice(start, end) : markup.slice(start, end).toLowerCase();
  const leaveOut = (start: number, end: number) => {
    kept.push(markup.slice(from, start));
    from = end;
  };
  const open = (end: number) => {
    if (!xmlMode && empty.has(opened.name)) return;
    if (levels.open(opened.name) > mostLevels) leaveOut(opened.at, end + 1);
  };
  const tokenizer = new Tokenizer(
    { xmlMode },
    {
      ...unread,
      oncdata: () => undefined,
      ontext: () => undefined,
      ontextentity: () => undefined,
      onopentagname: (start, end) => {
        opened = { name: name(start, end), at: start - '<'.length };
      },
      onopentagend: open,
      onselfclosingtag: (end) => {
        if (!xmlMode) open(end);
      },
      onclosetag: (start, end) => {
        if (levels.close(name(start, end)) <= mostLevels) return;
        const last = markup.indexOf('>', end);
        leaveOut(start - '</'.length, last < 0 ? markup.length : last + 1);
      },
    },
  );
  tokenizer.write(markup);
  tokenizer.end();
  return kept.length === 0 ? markup : [...kept, markup.slice(from)].join('');
}

/** The elements that are open. */
class Levels {
  readonly #open: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** Returns the level of the new element; the first one is 1. */
  open(name: string): number {
    this.#numbers.set(name, (this.#numbers.get(name) ?? 0) + 1);
    return this.#open.push(name);
  }

  /** Ends the last element of that name with all that is open in it; returns its level, 0 where there is none. */
  close(name: string): number {
    if (!this.#numbers.get(name)) return 0;
    for (;;) {
      const level = this.#open.length;
      const last = this.#open.pop();
      if (last === undefined) return 0;
      this.#numbers.set(last, (this.#numbers.get(last) ?? 1) - 1);
      if (last === name) return level;
    }
  }
}
