import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { Problem } from '../../lists/problem.tsx';
import { RowsTable } from '../../lists/query-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { Count } from '../../values/numbers.tsx';
import { Estimate } from './percent.tsx';
import { ofTenant } from './tenant-headers.ts';

type Results = components['schemas']['ExperimentResults'];
type Variant = Results['variants'][number];

interface ResultsProps {
  readonly tenant: string;
  readonly experiment: string;
}

const lookAgainMs = 30_000;

/** What an experiment has shown so far, with what is not sure of it. */
export function ExperimentResults({ tenant, experiment }: ResultsProps) {
  const { t, language } = useTexts();
  const query = useQuery({
    queryKey: ['results', tenant, experiment],
    queryFn: async () => {
      const params = { path: { experiment_id: experiment } };
      const asked = api.GET('/api/v1/experiments/{experiment_id}/results', { ...ofTenant(tenant), params });
      return (await answer(asked)).data;
    },
    refetchInterval: lookAgainMs,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const size = query.data?.sample_size;
  return (
    <SpaceBetween size="s">
      {query.data && <Verdict results={query.data} />}
      <RowsTable<Variant>
        title={t('recommender.results-of', { id: experiment })}
        description={size ? t('recommender.sample', { count: size.toLocaleString(language) }) : undefined}
        rows={query.data?.variants}
        columns={variantColumns(t)}
      />
    </SpaceBetween>
  );
}

/** What may be said, and no more. */
function Verdict({ results: { winner, split } }: { readonly results: Results }) {
  const { t } = useTexts();
  return (
    <>
      {split?.mismatch && <Alert type="warning">{t('recommender.split-mismatch')}</Alert>}
      <Alert type={winner === null ? 'info' : 'success'}>
        {winner === null ? t('recommender.no-winner') : t('recommender.winner', { winner })}
      </Alert>
    </>
  );
}

function variantColumns(t: Tell): TableProps.ColumnDefinition<Variant>[] {
  return [
    { id: 'variant', header: t('recommender.variant'), isRowHeader: true, cell: ({ variant }) => variant },
    { id: 'users', header: t('users.title'), cell: ({ users }) => <Count of={users} /> },
    {
      id: 'rate',
      header: t('recommender.clicked'),
      cell: ({ rate, interval }) => <Estimate of={rate} interval={interval} />,
    },
    {
      id: 'ctr',
      header: t('recommender.ctr'),
      cell: ({ click_through }) => <Estimate of={click_through?.ctr} interval={click_through?.interval} />,
    },
    {
      id: 'difference',
      header: t('recommender.difference'),
      cell: ({ comparison }) => <Estimate of={comparison?.difference} interval={comparison?.interval} />,
    },
    {
      id: 'p',
      header: t('recommender.p'),
      cell: ({ comparison }) => (comparison ? comparison.p_at_any_time.toPrecision(2) : '–'),
    },
  ];
}
