import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { components } from '../../api/schema.gen';
import { AppLink } from '../../lists/app-link.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Cost, Count } from '../../values/numbers.tsx';
import { Series } from './series.tsx';
import { Strip } from './strip.tsx';

type Workload = components['schemas']['WorkloadOverview'];

/** Of what length the charts are. */
export type Span = 'hours' | 'days';

/** How one workload stands: its last runs, what it took in and gave out, and what comes next. */
export function WorkloadCard({ of, span }: { readonly of: Workload; readonly span: Span }) {
  const { t } = useTexts();
  return (
    <Container
      fitHeight
      header={
        <Header variant="h3">
          <AppLink to={`/runs?workload=${of.workload}`}>{of.workload}</AppLink>
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Strip of={of} />
        <Series steps={span === 'hours' ? of.last_24_hours : of.last_30_days} span={t(`overview.${span}`)} />
        <Figures of={of} />
      </SpaceBetween>
    </Container>
  );
}

function Figures({ of }: { readonly of: Workload }) {
  const { t } = useTexts();
  const [next] = of.next;
  const open = new URLSearchParams({ state: 'open', workload: of.workload });
  return (
    <dl className="figures">
      <dt>{t('overview.running')}</dt>
      <dd>
        <Count of={of.running} />
      </dd>
      <dt>{t('overview.open')}</dt>
      <dd>
        {of.failures ? (
          <AppLink to={`/failures?${open}`}>
            <Count of={of.failures.open} />
          </AppLink>
        ) : (
          '–'
        )}
      </dd>
      <dt>{t('overview.month')}</dt>
      <dd>
        <Cost usd={of.cost_usd} />
      </dd>
      <dt>{t('overview.next')}</dt>
      <dd>
        {next ? next.schedule.replace(`${of.workload}/`, '') : t('overview.none')}
        {next && <br />}
        {next && <Moment at={next.at} />}
      </dd>
    </dl>
  );
}
