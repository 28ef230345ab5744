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

/** The brief as the API takes it: codes and keywords parted by slashes, days as numbers; `undefined` while it lacks something. */
export function briefOf({ name, platforms, keywords, limit, from, to }: BriefForm) {
  const words = keywords
    .split('\n')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const days = [from, to].map((day) => Number(day.replaceAll('-', '')));
  if (name === '' || platforms.length === 0 || words.length === 0 || !(Number(limit) > 0)) return undefined;
  if (days.some((day) => !(day > 0))) return undefined;
  const content = {
    platform: platforms.join('/'),
    keywords: words.join('/'),
    limitnum: Number(limit),
    starttime: days[0],
    endtime: days[1],
  };
  return { job_name: name, job_desc: { job_content: [content] } };
}
