import type { Random } from '../generated/random.ts';

/** How platforms show a figure: as a number, or as text that a reader has to understand. */
export function shownCount(value: number, random: Random): number | string {
  if (value >= 1_000_000 && random.chance(0.5)) return '100万+';
  if (value >= 100_000_000) return `${(value / 100_000_000).toFixed(1)}亿`;
  if (value >= 10_000 && random.chance(0.5)) return `${(value / 10_000).toFixed(1)}万`;
  if (value === 0 && random.chance(0.3)) return random.pick(['-', '']);
  return random.chance(0.1) ? String(value) : value;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const shanghaiMs = 8 * 60 * minuteMs;

/** How weibo and others show a time to a person in Shanghai; older ones in one of the forms that dates have. */
export function shownTime(at: Date, now: Date, random: Random): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / minuteMs);
  if (random.chance(0.25)) return rubyTime(at);
  if (minutes < 1) return '刚刚';
  if (minutes < 60) return `${minutes}分钟前`;
  const [year, month, day, clock] = wallTime(at);
  const daysAgo = dayNumber(now) - dayNumber(at);
  if (daysAgo === 0) return random.chance(0.5) ? `${Math.floor(minutes / 60)}小时前` : `今天 ${clock}`;
  if (daysAgo === 1) return `昨天 ${clock}`;
  if (daysAgo === 2 && random.chance(0.5)) return `前天 ${clock}`;
  if (year === wallTime(now)[0])
    return random.pick([`${month}-${day}`, `${month}-${day} ${clock}`, `${+month}月${+day}日`]);
  return random.pick([`${year}-${month}-${day}`, `${year}年${+month}月${+day}日`, `${year}-${month}-${day} ${clock}`]);
}

/** `Tue Nov 10 20:00:00 +0800 2026`. */
function rubyTime(at: Date): string {
  // Mon, 30 Nov 2026 02:11:17 GMT
  const [weekday, day, month, year, clock] = new Date(at.getTime() + shanghaiMs)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${weekday} ${month} ${day} ${clock} +0800 ${year}`;
}

/** Year, month, day, and hours with minutes. */
function wallTime(at: Date): readonly [string, string, string, string] {
  const text = new Date(at.getTime() + shanghaiMs).toISOString();
  return [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10), text.slice(11, 16)];
}

function dayNumber(at: Date): number {
  return Math.floor((at.getTime() + shanghaiMs) / dayMs);
}

/** The keyword as results mark it. */
export function highlighted(text: string, keyword: string, mark: (found: string) => string): string {
  return keyword === '' ? text : text.split(keyword).join(mark(keyword));
}

/** Text within HTML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
