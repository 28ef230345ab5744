/**
 * The times of posts, as platforms write them, read in Asia/Shanghai against the moment of the crawl.
 *
 * China has had no daylight saving time since 1991, and none of the platforms is older, so an offset says it all.
 */

const shanghaiOffsetMs = 8 * 3_600_000;
const dayMs = 24 * 3_600_000;

/** A calendar day and a time of day in Shanghai. */
interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** Since midnight. */
  readonly seconds: number;
}

/**
 * The moment of a post: seconds or milliseconds since 1970, or text (`刚刚`, `5分钟前`, `昨天 12:30`, `05-26`,
 * `2022年5月26日`, `Thu May 26 00:41:52 +0800 2022`, ISO 8601). `undefined` for what can't be read, for 0, which
 * platforms send for unknown, and for a moment before 1970 or of a year with five digits, which no post has.
 */
export function readPostTime(shown: unknown, crawledAt: Date): Date | undefined {
  const read = momentOf(shown, crawledAt);
  return read && read.getTime() > 0 && read.getTime() < yearOfFiveDigits ? read : undefined;
}

// Patterns look at a text more than once; none of theirs is longer.
const longestShown = 200;
const yearOfFiveDigits = Date.UTC(10_000, 0);

function momentOf(shown: unknown, crawledAt: Date): Date | undefined {
  if (typeof shown === 'number') return ofEpoch(shown);
  if (typeof shown !== 'string' || shown.length > longestShown) return undefined;
  const text = withoutCompany(shown);
  if (/^\d{9,16}(?:\.\d+)?$/.test(text)) return ofEpoch(Number(text));
  return ofAge(text, crawledAt) ?? ofNamedDay(text, crawledAt) ?? ofDate(text, crawledAt) ?? ofOffsetText(text);
}

/** Without what stands around a time: `编辑于 昨天 12:30`, `05-26 北京`, `今天 10:30 来自 iPhone`. */
function withoutCompany(shown: string): string {
  return shown
    .normalize('NFKC')
    .trim()
    .replace(/^(?:编辑于|发布于|更新于|发表于)\s*/, '')
    .replace(/[鐘時剛個]/g, (sign) => simplified[sign] ?? sign)
    .replace(/\s+来自.*$/s, '')
    .replace(/(?<=\d|前|昨天|前天|今天|刚刚)\s+[\p{Script=Han}]{2,8}$/u, '');
}

const simplified: Readonly<Record<string, string>> = { 鐘: '钟', 時: '时', 剛: '刚', 個: '个' };

/** Ten digits are seconds until the year 2286; milliseconds have passed eleven digits since 1973. */
function ofEpoch(value: number): Date | undefined {
  const moment = new Date(value >= 1e11 ? value : value * 1000);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

const ages: Readonly<Record<string, number>> = {
  秒: 1_000,
  秒钟: 1_000,
  分: 60_000,
  分钟: 60_000,
  小时: 3_600_000,
  天: dayMs,
  日: dayMs,
  周: 7 * dayMs,
  星期: 7 * dayMs,
};

function ofAge(text: string, crawledAt: Date): Date | undefined {
  if (/^(?:刚刚|刚才|just now)$/i.test(text)) return crawledAt;
  if (text === '半小时前') return new Date(crawledAt.getTime() - 1_800_000);
  const [, amount, unit = ''] = /^(\d{1,6})\s*(秒钟?|分钟?|个?小时|天|日|周|星期)\s*(?:以前|之前|前)$/.exec(text) ?? [];
  const unitMs = ages[unit.replace(/^个/, '')];
  return amount === undefined || unitMs === undefined
    ? undefined
    : new Date(crawledAt.getTime() - Number(amount) * unitMs);
}

const namedDays: Readonly<Record<string, number>> = { 今天: 0, 昨天: 1, 前天: 2 };

function ofNamedDay(text: string, crawledAt: Date): Date | undefined {
  const [, name = '', clock] = /^(今天|昨天|前天)\s*(\d{1,2}:\d{2}(?::\d{2})?)?$/.exec(text) ?? [];
  const daysAgo = namedDays[name];
  const seconds = secondsOf(clock);
  if (daysAgo === undefined || seconds === undefined) return undefined;
  const { year, month, day } = wallTime(new Date(crawledAt.getTime() - daysAgo * dayMs));
  return moment({ year, month, day, seconds });
}

const clockPattern = '(?:[\\sT]*(\\d{1,2}:\\d{2}(?::\\d{2})?)(?:\\.\\d+)?)?';
const yearly = new RegExp(`^(\\d{4})[-/.年](\\d{1,2})[-/.月](\\d{1,2})日?${clockPattern}$`);
const yearless = new RegExp(`^(\\d{1,2})[-/.月](\\d{1,2})日?${clockPattern}$`);

function ofDate(text: string, crawledAt: Date): Date | undefined {
  const [, year, month, day, clock] = yearly.exec(text) ?? [];
  const seconds = secondsOf(clock);
  if (year !== undefined) {
    if (seconds === undefined) return undefined;
    return moment({ year: Number(year), month: Number(month), day: Number(day), seconds });
  }
  return ofYearlessDate(text, crawledAt);
}

/** The last such day: one that would lie in the future is last year's, and 02-29 that of the last leap year. */
function ofYearlessDate(text: string, crawledAt: Date): Date | undefined {
  const [, month, day, clock] = yearless.exec(text) ?? [];
  const seconds = secondsOf(clock);
  if (month === undefined || seconds === undefined) return undefined;
  const thisYear = wallTime(crawledAt).year;
  // Leap years are at most eight years apart (1896 and 1904).
  for (let year = thisYear; year >= thisYear - 8; year -= 1) {
    const read = moment({ year, month: Number(month), day: Number(day), seconds });
    if (read && read <= crawledAt) return read;
  }
  return undefined;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const rubyTime = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}:\d{2}:\d{2}) ([+-])(\d{2}):?(\d{2}) (\d{4})$/;
const isoTime = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}):?(\d{2})?$/;

/** Times that bring their own offset. */
function ofOffsetText(text: string): Date | undefined {
  const [, isoDay, isoClock, zone, zoneMinutes] = isoTime.exec(text) ?? [];
  if (isoDay !== undefined)
    return ofEpoch(Date.parse(`${isoDay}T${isoClock}${zone}${zone === 'Z' ? '' : `:${zoneMinutes ?? '00'}`}`));
  const [, name = '', day, clock, sign, hours, minutes, year] = rubyTime.exec(text) ?? [];
  const month = months.indexOf(name) + 1;
  const seconds = secondsOf(clock);
  if (month === 0 || seconds === undefined) return undefined;
  const local = moment({ year: Number(year), month, day: Number(day), seconds });
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return local && new Date(local.getTime() + shanghaiOffsetMs - offsetMs);
}

/** Midnight where no time is given; `undefined` for a time that no clock shows. */
function secondsOf(clock: string | undefined): number | undefined {
  const [hours = 0, minutes = 0, seconds = 0] = (clock ?? '').split(':').map(Number);
  return hours < 24 && minutes < 60 && seconds < 60 ? hours * 3600 + minutes * 60 + seconds : undefined;
}

/** What calendars and clocks of Shanghai show at a moment. */
function wallTime(at: Date): WallTime {
  const shifted = new Date(at.getTime() + shanghaiOffsetMs);
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    seconds: Math.floor((((shifted.getTime() % dayMs) + dayMs) % dayMs) / 1000),
  };
}

/** The moment of a wall time in Shanghai; `undefined` for a day that no calendar has. */
function moment({ year, month, day, seconds }: WallTime): Date | undefined {
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (year < 1970 || midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  return new Date(midnight.getTime() + seconds * 1000 - shanghaiOffsetMs);
}

/** The range of whole days in Shanghai, the last one included: from its first moment to the one after its last. */
export function rangeOf(fromDay: string, toDay: string): { readonly from: Date; readonly until: Date } {
  const midnight = (day: string) => new Date(`${day}T00:00:00+08:00`);
  return { from: midnight(fromDay), until: new Date(midnight(toDay).getTime() + dayMs) };
}
