import Alert from '@cloudscape-design/components/alert';
import type { components } from '../../api/schema.gen';
import { AppLink } from '../../lists/app-link.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';

type Workload = components['schemas']['WorkloadOverview'];

/** What was due and has not run, and what somebody paused; nothing where all is in time. */
export function Attention({ workloads }: { readonly workloads: readonly Workload[] }) {
  const { t } = useTexts();
  const missed = workloads.flatMap((workload) => workload.missed);
  const paused = workloads.flatMap(({ workload, paused: all }) => all.map((one) => ({ ...one, workload })));
  if (missed.length + paused.length === 0) return null;
  return (
    <Alert type="warning" header={t('overview.attention')}>
      <ul>
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
