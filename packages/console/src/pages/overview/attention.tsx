import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { AppLink } from '../../lists/app-link.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { runPlace } from '../runs/run-place.ts';

type Workload = components['schemas']['WorkloadOverview'];

const lookAgainMs = 5000;
// The first are enough to see what is wrong: the list of runs has them all.
const shownWaits = 5;

/** Runs under way that wait for something outside. */
function useWaitingRuns() {
  const { data } = useQuery({
    queryKey: ['waiting-runs'],
    queryFn: async () => {
      const query = { state: 'running', start: 0, length: 100 } as const;
      return (await answer(api.GET('/platform/runs', { params: { query } }))).result.data;
    },
    refetchInterval: lookAgainMs,
  });
  return (data ?? []).filter(({ waits_for }) => waits_for !== null).slice(0, shownWaits);
}

/** What was due and has not run, what waits, why and until when, and what somebody paused; nothing where all is in time. */
export function Attention({ workloads }: { readonly workloads: readonly Workload[] }) {
  const { t } = useTexts();
  const missed = workloads.flatMap((workload) => workload.missed);
  const paused = workloads.flatMap(({ workload, paused: all }) => all.map((one) => ({ ...one, workload })));
  const waiting = useWaitingRuns();
  if (missed.length + paused.length + waiting.length === 0) return null;
  return (
    <Alert type="warning" header={t('overview.attention')}>
      <ul>
        {waiting.map((run) => (
          <li key={`${run.workload}/${run.name}`}>
            {t('overview.waits')}: <AppLink to={runPlace(run)}>{`${run.workload}/${run.name}`}</AppLink>,{' '}
            <bdi>{run.waits_for}</bdi>
            {run.waits_until !== null && (
              <>
                {'. '}
                {t('overview.goes-on')} <Moment at={run.waits_until} />
              </>
            )}
          </li>
        ))}
        {missed.map(({ workload, schedule, scheduled_at }) => (
          <li key={`${workload}/${schedule} ${scheduled_at}`}>
            {t('overview.late')}: <AppLink to="/schedules">{`${workload}/${schedule}`}</AppLink>{' '}
            <Moment at={scheduled_at} />
          </li>
        ))}
        {paused.map(({ workload, schedule, at, by, note }) => (
          <li key={`${workload}/${schedule}`}>
            {t('overview.paused')}: <AppLink to="/schedules">{`${workload}/${schedule}`}</AppLink> <Moment at={at} />,{' '}
            {by} <bdi>{note}</bdi>
          </li>
        ))}
      </ul>
    </Alert>
  );
}
