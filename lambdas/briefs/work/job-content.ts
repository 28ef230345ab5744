import { dateParameter } from '#kit/api/parameters.ts';
import { InvalidInputError } from '#kit/errors.ts';
import { parsedJson } from '#kit/text/json.ts';
import { storableText } from '#kit/text/storable.ts';
import { platforms } from '../platforms/index.ts';
import type { PlatformName } from '../platforms/names.ts';
import { BriefRefusedError } from './codes.ts';

/** One entry of a brief's content, which becomes a stage. */
export interface StageOrder {
  /** Distinct, in the order they were written. */
  readonly platforms: readonly PlatformName[];
  readonly keywords: readonly string[];
  /** Articles for each platform and keyword, at most. */
  readonly limit: number;
  /** Whole days in Asia/Shanghai, the last one included. `YYYY-MM-DD`. */
  readonly fromDay: string;
  readonly toDay: string;
}

const longestName = 20;
const mostEntries = 5;
const largestLimit = 10_000;
// UTF-16 units of a character: the longest emoji of Unicode, a kiss of two people with skin tones, has 15.
const mostUnits = 16;
// Each is a row and a call in the transaction that submits the brief: some two seconds of it.
const mostTasks = 5000;
// No platform's search takes as many.
const longestKeyword = 200;

/**
 * Reads what a brief asks for: a name and a JSON text or object `{"job_content": [...]}`. Throws BriefRefusedError for
 * the first thing wrong, in the order that the front end knows.
 */
export function readJobContent(name: string, description: unknown): readonly StageOrder[] {
  if (charactersOf(name) > longestName) throw new BriefRefusedError('NAME_TOO_LONG');
  const content = contentOf(description);
  if (!Array.isArray(content)) throw new BriefRefusedError('NOT_A_LIST');
  if (content.length > mostEntries) throw new BriefRefusedError('TOO_MANY_ENTRIES');
  if (name.trim() === '' || content.length === 0) throw new BriefRefusedError('INCOMPLETE');
  const entries = content.map(entryOf);
  // One rule after the other over all entries: the answer doesn't depend on which entry is wrong in what.
  const named = entries.map((entry) => ({ ...entry, platforms: namesOf(entry.platforms) }));
  const dated = named.map((entry) => ({ ...entry, ...daysOf(entry) }));
  const orders = dated.map(({ platforms: names, keywords, limitnum, fromDay, toDay }) => ({
    platforms: names,
    keywords,
    limit: limitOf(limitnum),
    fromDay,
    toDay,
  }));
  refuseTooMuch(orders);
  return orders;
}

/** Characters as people count them: an emoji is one. */
function charactersOf(text: string): number {
  // Longer than any that is not made to be: its parts needn't be found.
  if (text.length > longestName * mostUnits) return text.length;
  return [...new Intl.Segmenter('zh', { granularity: 'grapheme' }).segment(text)].length;
}

/** Throws InvalidInputError for more than people ask for: the front end knows no number for it. */
function refuseTooMuch(orders: readonly StageOrder[]): void {
  const tasks = orders.reduce((sum, { platforms: names, keywords }) => sum + names.length * keywords.length, 0);
  const wrong = (reason: string) => new InvalidInputError({ json: { job_desc: [reason] } });
  if (tasks > mostTasks) throw wrong(`At most ${mostTasks} pairs of a platform and a keyword; there are ${tasks}.`);
  if (orders.some(({ keywords }) => keywords.some((keyword) => keyword.length > longestKeyword)))
    throw wrong(`A keyword has at most ${longestKeyword} characters.`);
}

function contentOf(description: unknown): unknown {
  const value = typeof description === 'string' ? parsedJson(description).value : description;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>).job_content
    : undefined;
}

interface Entry {
  readonly platforms: readonly string[];
  readonly keywords: readonly string[];
  readonly limitnum: string;
  readonly starttime: string;
  readonly endtime: string;
}

/** All five fields, each with something in it. */
function entryOf(value: unknown): Entry {
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const written = (name: string) => {
    const field = fields[name];
    const text = typeof field === 'string' || typeof field === 'number' ? storableText(String(field)).trim() : '';
    if (text === '') throw new BriefRefusedError('INCOMPLETE');
    return text;
  };
  const entry = {
    platforms: partsOf(written('platform')),
    keywords: partsOf(written('keywords')),
    limitnum: written('limitnum'),
    starttime: written('starttime'),
    endtime: written('endtime'),
  };
  if (entry.platforms.length === 0 || entry.keywords.length === 0) throw new BriefRefusedError('INCOMPLETE');
  return entry;
}

/** `a/b//a` is a and b. */
function partsOf(text: string): readonly string[] {
  return [...new Set(text.split('/').map((part) => part.trim()))].filter(Boolean);
}

function namesOf(codes: readonly string[]): readonly PlatformName[] {
  return codes.map((code) => {
    const found = platforms.find((platform) => String(platform.code) === code);
    if (!found) throw new BriefRefusedError('UNKNOWN_PLATFORM');
    return found.name;
  });
}

function daysOf({ starttime, endtime }: Entry): Pick<StageOrder, 'fromDay' | 'toDay'> {
  const [fromDay, toDay] = [dayOf(starttime), dayOf(endtime)];
  if (fromDay === undefined || toDay === undefined || toDay < fromDay) throw new BriefRefusedError('BAD_DATES');
  return { fromDay, toDay };
}

const calendarDate = dateParameter();

/** `20190101`, or `2019-01-01`: a day that calendars have. */
function dayOf(text: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  return calendarDate.safeParse(`${year}-${month}-${day}`).data;
}

function limitOf(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > largestLimit) throw new BriefRefusedError('BAD_LIMIT');
  return limit;
}
