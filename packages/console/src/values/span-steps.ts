/** A span of time and the steps that a chart cuts it into, as the API's counts over time take it. */
export interface SpanSteps {
  readonly from: string;
  readonly to: string;
  readonly step: 'hour' | 'day';
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
// More bars than these nobody tells apart.
const mostHours = 72;
// The API's most.
const mostDays = 700;

/** What is not given ends now, and begins 30 days before its end. Whole hours: what is asked for again is the same. */
export function spanSteps(from: string | undefined, to: string | undefined, now: number): SpanSteps {
  const last = Math.ceil((to === undefined ? now + 1 : Date.parse(to)) / hourMs) * hourMs;
  const given = from === undefined ? last - 30 * dayMs : Date.parse(from);
  const first = Math.floor(Math.min(Math.max(given, last - mostDays * dayMs), last - hourMs) / hourMs) * hourMs;
  const step = last - first <= mostHours * hourMs ? 'hour' : 'day';
  return { from: new Date(first).toISOString(), to: new Date(last).toISOString(), step };
}

/** The moments at which the steps of a span begin, as the API tells them: whole hours, or days of UTC. */
export function stepsOf({ from, to, step }: SpanSteps): readonly string[] {
  const ms = step === 'hour' ? hourMs : dayMs;
  const first = Math.floor(Date.parse(from) / ms) * ms;
  const count = Math.ceil((Date.parse(to) - first) / ms);
  return Array.from({ length: count }, (_, at) => new Date(first + at * ms).toISOString());
}

/** How a chart names a step, in the reader's own zone for hours; a day is one of UTC, as the API counts. */
export function stepText(at: string, step: SpanSteps['step'], language: string): string {
  return step === 'hour'
    ? new Date(at).toLocaleString(language, { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' })
    : new Date(at).toLocaleDateString(language, { month: 'numeric', day: 'numeric', timeZone: 'UTC' });
}
