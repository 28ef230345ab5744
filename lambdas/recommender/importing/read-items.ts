import { faultsAsText } from '#kit/issues.ts';
import { type SentItem, sentItem } from '../items/item-message.ts';
import { genres } from './genres.ts';
import { linesOf, WrongLinesError } from './read-ratings.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Reads lines of `id|title|day|video day|address|19 flags of genres`, as MovieLens' u.item has them; what stands after the
 * title may be left out. Throws {@link WrongLinesError}.
 */
export function readItems(file: string, text: string): SentItem[] {
  const faults: string[] = [];
  const items = linesOf(text).flatMap(({ line, number }) => {
    try {
      const { data, error } = sentItem.safeParse(itemOf(line));
      if (!data) throw new RangeError(faultsAsText(error.issues));
      return [data];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      faults.push(`line ${number}: ${error.message}`);
      return [];
    }
  });
  if (faults.length > 0) throw new WrongLinesError(file, faults);
  return items;
}

/** The text of a file that is UTF-8, or Latin-1 as MovieLens' own is. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return Buffer.from(bytes).toString('latin1');
  }
}

function itemOf(line: string) {
  const [item_id = '', title = '', day = '', , url = '', ...flags] = line.split('|').map((field) => field.trim());
  if (title === '') throw new RangeError('has no title: fields are id|title|day|video day|address|flags of genres');
  if (flags.length > 0 && (flags.length !== genres.length || flags.some((flag) => flag !== '0' && flag !== '1'))) {
    throw new RangeError(`has other flags of genres than ${genres.length} of 0 or 1`);
  }
  // "unknown" is no taste.
  const tags = genres.filter((genre, place) => flags[place] === '1' && genre !== 'unknown');
  const published = momentOf(day);
  return {
    item_id,
    metadata: {
      title,
      tags,
      ...(tags[0] === undefined ? {} : { category: tags[0] }),
      ...(published === undefined ? {} : { publish_time: published }),
      ...(url === '' ? {} : { url }),
    },
  };
}

/** `01-Jan-1995` as that day in UTC; nothing where nothing stands. */
function momentOf(day: string): string | undefined {
  if (day === '') return undefined;
  const [, date = '', month = '', year = ''] = /^(\d{1,2})-([A-Z][a-z]{2})-(\d{4})$/.exec(day) ?? [];
  const moment = new Date(Date.UTC(Number(year), months.indexOf(month), Number(date)));
  const isDay = months.includes(month) && moment.getUTCDate() === Number(date);
  if (!isDay) throw new RangeError(`"${day}" is no day such as 01-Jan-1995`);
  return moment.toISOString();
}
