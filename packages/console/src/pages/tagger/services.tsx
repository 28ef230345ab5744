import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import type { components } from '../../api/schema.gen';
import { AppLink } from '../../lists/app-link.tsx';
import { Problem } from '../../lists/problem.tsx';
import { useTexts } from '../../texts/index.ts';
import { Count } from '../../values/numbers.tsx';
import { PageFailures } from './page-failures.tsx';
import { TaggedOverTime } from './tagged-over-time.tsx';
import { TryText } from './try-text.tsx';

type Service = components['schemas']['TaggerService'];

const lookAgainMs = 5000;

/** The services of the tagger, and a text or page tried now. */
export default function Tagger() {
  const { t } = useTexts();
  const mayOperate = useMay('operate');
  const query = useQuery({
    queryKey: ['tagger-services'],
    queryFn: async () => (await answer(api.GET('/tagger/services'))).result,
    refetchInterval: lookAgainMs,
  });
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('tagger.about')}>
        {t('tagger.title')}
      </Header>
      {query.isError ? (
        <Problem error={query.error} again={query.refetch} />
      ) : (
        <ServiceTable services={query.data ?? []} loading={query.isPending} />
      )}
      <TaggedOverTime />
      <TryText />
      {mayOperate && <PageFailures />}
      <AppLink to="/tagger/rules">{t('rules.edit')}</AppLink>
      <AppLink to="/failures?workload=tagger&state=open">{t('tagger.failures')}</AppLink>
    </SpaceBetween>
  );
}

function ServiceTable({ services, loading }: { readonly services: readonly Service[]; readonly loading: boolean }) {
  const { t } = useTexts();
  const counts = (['in', 'out', 'waiting', 'failed'] as const).map((id) => ({
    id,
    header: t(`runs.${id}`),
    cell: (service: Service) => <Count of={service.counts[id]} />,
  }));
  return (
    <Table<Service>
      variant="container"
      loading={loading}
      loadingText={t('list.loading')}
      items={[...services]}
      header={<Header variant="h2">{t('tagger.services')}</Header>}
      empty={t('tagger.no-services')}
      columnDefinitions={[
        { id: 'service', header: t('tagger.service'), isRowHeader: true, cell: ({ service }) => service },
        { id: 'topics', header: t('tagger.topics'), cell: ({ topics }) => `${topics.in} → ${topics.out}` },
        ...counts,
        { id: 'lag', header: t('tagger.lag'), cell: ({ lag }) => <Count of={lag} /> },
        { id: 'unaccounted', header: t('tagger.unaccounted'), cell: ({ unaccounted }) => <Count of={unaccounted} /> },
        { id: 'model', header: t('tagger.model'), cell: ({ model }) => model },
      ]}
    />
  );
}
