import { useHref } from 'react-router';
import type { components } from '../../api/schema.gen';
import { stateText, useTexts } from '../../texts/index.ts';

type Workload = components['schemas']['WorkloadOverview'];
type Step = components['schemas']['CountsOfAStep'];

interface Mark {
  readonly key: string;
  readonly state: string;
  readonly words: string;
  readonly to: string;
}

// As many as fit beside each other on a phone.
const stripLength = 16;

/**
 * What a workload did last, side by side, the newest last: its runs, else the slots of its schedules, each leading to
 * where more is told. Work that comes by streams has neither.
 */
export function Strip({ of }: { readonly of: Workload }) {
  const { t } = useTexts();
  const base = useHref('/').replace(/\/$/, '');
  const marks = useMarks(of);
  if (marks.length === 0) return <>{t(cameByStreams(of.last_30_days) ? 'overview.streams' : 'overview.no-runs')}</>;
  return (
    <span className="strip">
      {marks
        .slice(0, stripLength)
        .reverse()
        .map(({ key, state, words, to }) => (
          <a key={key} className={state} href={base + to} title={words}>
            <span className="only-read">{words}</span>
          </a>
        ))}
    </span>
  );
}

function useMarks({ runs, slots }: Workload): readonly Mark[] {
  const { t, language } = useTexts();
  const words = (name: string, state: string, at: string) =>
    `${name}: ${stateText(t, state)}, ${new Date(at).toLocaleString(language)}`;
  if (runs.length > 0)
    return runs.map(({ id, workload, name, state, started_at }) => ({
      key: name,
      state,
      words: words(name, state, started_at),
      to: `/runs/${id ?? `${workload}/${encodeURIComponent(name)}`}`,
    }));
  return slots.map(({ schedule, scheduled_at, state }) => ({
    key: `${schedule} ${scheduled_at}`,
    state,
    words: words(schedule, state, scheduled_at),
    to: `/schedules?schedule=${encodeURIComponent(schedule)}`,
  }));
}

function cameByStreams(steps: readonly Step[]): boolean {
  return steps.some((step) => step.in > 0);
}
