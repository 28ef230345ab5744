import { answer, api } from '../../api/client.ts';
import { useTexts } from '../../texts/index.ts';
import { CountsOverTime } from '../../values/counts-over-time.tsx';
import type { DrawnSeries } from '../../values/over-time.tsx';
import { spanSteps } from '../../values/span-steps.ts';
import type { FailureFilter, failureStates } from './failure-filter.ts';

interface OverTimeProps {
  readonly filter: FailureFilter & { readonly state?: (typeof failureStates)[number] };
}

// More colours than these nobody tells apart.
const mostReasons = 6;

/** When what failed, by its reason: one look tells an outage from a slow leak. */
export function FailuresOverTime({ filter }: OverTimeProps) {
  const { t } = useTexts();
  const { workload, source, reason, state, from, to } = filter;
  const span = spanSteps(from, to, Date.now());
  const given = Object.entries({ workload, source, reason, state }).filter(([, value]) => value !== undefined);
  const query = { ...span, ...(Object.fromEntries(given) as Pick<typeof filter, 'workload' | 'state'>) };
  return (
    <CountsOverTime
      title={t('failures.over-time')}
      asked={['failure-counts', given]}
      span={span}
      load={async () => {
        const { data } = (await answer(api.GET('/platform/failure-counts', { params: { query } }))).result;
        return byReason(data, t('failures.other-reasons'));
      }}
      empty={t('failures.empty')}
    />
  );
}

interface Counted {
  readonly reason: string;
  readonly at: string;
  readonly count: number;
}

/** The reasons with most failures, and the rest together. */
function byReason(rows: readonly Counted[], others: string): readonly DrawnSeries[] {
  const sum = (own: readonly Counted[]) => own.reduce((all, { count }) => all + count, 0);
  const sorted = [...Map.groupBy(rows, ({ reason }) => reason)].sort(([, a], [, b]) => sum(b) - sum(a));
  const drawn = (title: string, own: readonly Counted[]) => ({
    title,
    data: [...Map.groupBy(own, ({ at }) => at)].map(([x, of]) => ({ x, y: sum(of) })),
  });
  const rest = sorted.slice(mostReasons).flatMap(([, own]) => own);
  return [
    ...sorted.slice(0, mostReasons).map(([reason, own]) => drawn(reason, own)),
    ...(rest.length === 0 ? [] : [drawn(others, rest)]),
  ];
}
