import { readFileSync } from 'node:fs';
import { genres } from '../../lambdas/recommender/importing/genres.ts';
import type { Interaction, ItemContent } from '../../lambdas/recommender/models/model.ts';

/** Rows of `user <tab> item <tab> rating <tab> seconds`, as MovieLens writes them; every row is positive. */
export function readInteractions(path: string): Interaction[] {
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const [user, item, , seconds] = line.split('\t');
    if (!user || !item) throw new Error(`${path}, line ${index + 1}: a user and an item with a tab between are needed`);
    const at = seconds === undefined || seconds === '' ? undefined : Number(seconds) * 1000;
    if (at !== undefined && !Number.isFinite(at)) throw new Error(`${path}, line ${index + 1}: ${seconds} is no time`);
    return [{ user, item, at }];
  });
}

/** Rows of MovieLens' u.item: `id|title (year)|date|video date|address|19 flags of genres`. */
export function readItems(path: string): ItemContent[] {
  const lines = readFileSync(path, 'latin1').split(/\r?\n/);
  return lines.flatMap((line) => {
    if (line.trim() === '') return [];
    const [item = '', title = '', date = '', , , ...flags] = line.split('|');
    const year = Number(/\d{4}$/.exec(date)?.[0] ?? /\((\d{4})\)/.exec(title)?.[1]);
    return [
      {
        item,
        text: title.replace(/\s*\(\d{4}\)\s*$/, ''),
        year: Number.isInteger(year) ? year : undefined,
        tags: genres.filter((_, place) => flags[place] === '1'),
      },
    ];
  });
}
