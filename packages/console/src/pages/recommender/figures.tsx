import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { paths } from '../../api/schema.gen';
import { type Address, useAddress } from '../../lists/address.ts';
import { ChoiceFilter } from '../../lists/filters.tsx';
import { Problem } from '../../lists/problem.tsx';
import { RowsTable } from '../../lists/query-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { Count } from '../../values/numbers.tsx';
import { OverTime } from '../../values/over-time.tsx';
import { type FigureLine, figureLines } from './figure-lines.ts';
import { Percent } from './percent.tsx';
import { type OfScenario, ofTenant } from './tenant-headers.ts';

/** As the API groups, and the column that names the group. */
const groupings = ['strategy', 'model', 'experiment', 'slot'] as const;
const figures = ['ctr', 'conversion_rate'] as const;
const spans = ['7', '30', '90'] as const;
type Grouping = (typeof groupings)[number];
type Row = paths['/api/v1/metrics']['get']['responses'][200]['content']['application/json']['data']['rows'][number];

const lookAgainMs = 60_000;
const dayMs = 86_400_000;
const percent = 100;
// More lines than these nobody tells apart; the table has them all.
const mostLines = 6;

/** How many of what was shown was clicked or bought, day by day and in all, by what recommended it or where it stood. */
export function Figures({ tenant, scenario }: OfScenario) {
  const { t } = useTexts();
  const address = useAddress();
  const { by, figure, days } = chosen(address);
  const query = useQuery({
    queryKey: ['figures', tenant, scenario, by, days],
    queryFn: () => figuresOf(tenant, scenario, by, Number(days)),
    refetchInterval: lookAgainMs,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const lines = figureLines(query.data ?? [], (row) => nameOf(row, by) ?? t('recommender.not-named'));
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header variant="h2" description={t(`recommender.${figure}-about`)} actions={<Choices address={address} />}>
            {t('recommender.over-time')}
          </Header>
        }
      >
        <Lines lines={lines} figure={figure} waits={query.isPending} />
      </Container>
      <RowsTable<FigureLine>
        title={t('recommender.side-by-side')}
        description={t('recommender.last-days', { days })}
        rows={query.isPending ? undefined : lines}
        empty={t('recommender.nothing-shown')}
        columns={lineColumns(t, by)}
      />
    </SpaceBetween>
  );
}

interface LinesProps {
  readonly lines: readonly FigureLine[];
  readonly figure: (typeof figures)[number];
  readonly waits: boolean;
}

function Lines({ lines, figure, waits }: LinesProps) {
  const { t, language } = useTexts();
  return (
    <OverTime
      series={lines.slice(0, mostLines).map(({ name, days: own }) => ({
        title: name,
        data: own.map((one) => ({ x: one.day, y: one[figure] * percent })),
      }))}
      label={t(`recommender.${figure}`)}
      xTitle={t('recommender.day')}
      yTitle={t(`recommender.${figure}`)}
      format={(value) => `${value.toLocaleString(language, { maximumFractionDigits: 2 })} %`}
      waits={waits}
      empty={t('recommender.nothing-shown')}
    />
  );
}

function chosen({ get }: Address) {
  return {
    by: groupings.find((known) => known === get('by')) ?? 'strategy',
    figure: figures.find((known) => known === get('figure')) ?? 'ctr',
    days: spans.find((known) => known === get('days')) ?? '7',
  } as const;
}

async function figuresOf(tenant: string, scenario: string | undefined, by: Grouping, days: number) {
  const query = {
    group_by: `day,${by}`,
    from: new Date(Date.now() - (days - 1) * dayMs).toISOString().slice(0, 10),
    ...(scenario ? { scenario_id: scenario } : {}),
  };
  const { rows } = (await answer(api.GET('/api/v1/metrics', { ...ofTenant(tenant), params: { query } }))).data;
  return rows.map((row) => ({ ...row, day: row.day ?? '' }));
}

/** `undefined`: it was shown by no strategy that is known, outside of experiments, or in no slot. */
function nameOf(row: Row, by: Grouping): string | undefined {
  if (by === 'strategy') return row.strategy ?? undefined;
  if (by === 'slot') return row.slot ?? undefined;
  if (by === 'model') return row.model_id?.slice(0, 8);
  return row.experiment_id ? `${row.experiment_id} · ${row.experiment_group ?? '–'}` : undefined;
}

function Choices({ address }: { readonly address: Address }) {
  const { t } = useTexts();
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ChoiceFilter
        address={address}
        name="figure"
        label={t('recommender.figure')}
        choices={figures.map((value) => ({ value, label: t(`recommender.${value}`) }))}
        standard="ctr"
      />
      <ChoiceFilter
        address={address}
        name="by"
        label={t('recommender.by')}
        choices={groupings.map((value) => ({ value, label: t(`recommender.by-${value}`) }))}
        standard="strategy"
      />
      <ChoiceFilter
        address={address}
        name="days"
        label={t('recommender.span')}
        choices={spans.map((value) => ({ value, label: t('recommender.last-days', { days: value }) }))}
        standard="7"
      />
    </SpaceBetween>
  );
}

function lineColumns(t: Tell, by: Grouping): TableProps.ColumnDefinition<FigureLine>[] {
  const counts = (['impressions', 'clicks', 'conversions'] as const).map((id) => ({
    id: id as string,
    header: t(`recommender.${id}`),
    cell: (line: FigureLine) => <Count of={line[id]} />,
  }));
  const shares = figures.map((id) => ({
    id: id as string,
    header: t(`recommender.${id}`),
    cell: (line: FigureLine) => <Percent of={line[id]} />,
  }));
  return [
    { id: 'name', header: t(`recommender.by-${by}`), isRowHeader: true, cell: ({ name }) => name },
    ...counts,
    ...shares,
  ];
}
