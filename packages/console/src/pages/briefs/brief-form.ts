/** What a person writes for a brief. */
export interface BriefForm {
  readonly name: string;
  readonly platforms: readonly string[];
  /** One a line. */
  readonly keywords: string;
  readonly limit: string;
  readonly from: string;
  readonly to: string;
}

const monthMs = 30 * 24 * 60 * 60 * 1000;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

/** The last month, on no platform yet. */
export function emptyBrief(): BriefForm {
  const now = Date.now();
  return { name: '', platforms: [], keywords: '', limit: '100', from: dayOf(now - monthMs), to: dayOf(now) };
}

type WrongWords = 'briefs.needed' | 'briefs.day' | 'briefs.order' | 'briefs.count';
export type WrongFields = Readonly<Partial<Record<keyof BriefForm, WrongWords>>>;

/** What is still wrong, by field, as the key of its words; empty: it can be sent. */
export function wrongIn(form: BriefForm): WrongFields {
  const [from, to] = [dayNumber(form.from), dayNumber(form.to)];
  const limit = Number(form.limit);
  return {
    ...(form.name.trim() === '' ? { name: 'briefs.needed' } : {}),
    ...(form.platforms.length === 0 ? { platforms: 'briefs.needed' } : {}),
    ...(wordsOf(form).length === 0 ? { keywords: 'briefs.needed' } : {}),
    ...(Number.isInteger(limit) && limit > 0 ? {} : { limit: 'briefs.count' }),
    ...(from === undefined ? { from: 'briefs.day' } : {}),
    ...(to === undefined ? { to: 'briefs.day' } : {}),
    ...(from !== undefined && to !== undefined && from > to ? { to: 'briefs.order' } : {}),
  };
}

/** The brief as the API takes it: codes and keywords parted by slashes, days as numbers; `undefined` while something is wrong. */
export function briefOf(form: BriefForm) {
  const [from, to] = [dayNumber(form.from), dayNumber(form.to)];
  if (from === undefined || to === undefined || Object.keys(wrongIn(form)).length > 0) return undefined;
  const content = {
    platform: form.platforms.join('/'),
    keywords: wordsOf(form).join('/'),
    limitnum: Number(form.limit),
    starttime: from,
    endtime: to,
  };
  return { job_name: form.name, job_desc: { job_content: [content] } };
}

function wordsOf({ keywords }: BriefForm): readonly string[] {
  return keywords
    .split('\n')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** `2026-11-21` as 20261121; `undefined` for what is no day of the calendar. */
function dayNumber(text: string): number | undefined {
  const day = text.trim();
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || dayOf(at.getTime()) !== day ? undefined : Number(day.replaceAll('-', ''));
}
