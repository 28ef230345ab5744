import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import MixedLineBarChart from '@cloudscape-design/components/mixed-line-bar-chart';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useTexts } from '../../texts/index.ts';
import { type ChartColumns, firstChart, numberColumns } from './numbers-of.ts';
import type { Query } from './query-types.ts';

// More bars than these nobody tells apart.
const mostPoints = 100;
const kinds = ['bar', 'line'] as const;
type Kind = (typeof kinds)[number];

interface Drawn extends ChartColumns {
  readonly kind: Kind;
}

/** One column of numbers over another, of an answer that has such. */
export function QueryChart({ query }: { readonly query: Query }) {
  const first = firstChart(query);
  return first && query.rows.length > 1 ? <Chart key={query.id} query={query} first={first} /> : null;
}

function Chart({ query, first }: { readonly query: Query; readonly first: ChartColumns }) {
  const { t, language } = useTexts();
  const [drawn, draw] = useState<Drawn>({ ...first, kind: 'bar' });
  const { x, y, kind } = drawn;
  const points = query.rows.slice(0, mostPoints).flatMap((row) => {
    const height = row[y];
    return height === null || height === undefined ? [] : [{ x: row[x] ?? '–', y: Number(height) }];
  });
  const [xName, yName] = [query.columns[x]?.name ?? '', query.columns[y]?.name ?? ''];
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={query.rows.length > mostPoints ? t('query.chart-cut', { count: mostPoints }) : undefined}
          actions={<Choices query={query} drawn={drawn} draw={draw} />}
        >
          {t('query.chart')}
        </Header>
      }
    >
      <MixedLineBarChart
        series={[{ title: yName, type: kind, data: points, valueFormatter: (value) => value.toLocaleString(language) }]}
        xScaleType="categorical"
        xDomain={[...new Set(points.map((point) => point.x))]}
        xTitle={xName}
        yTitle={yName}
        height={260}
        hideFilter
        hideLegend
        ariaLabel={`${yName} / ${xName}`}
      />
    </Container>
  );
}

interface ChoicesProps {
  readonly query: Query;
  readonly drawn: Drawn;
  readonly draw: (drawn: Drawn) => void;
}

function Choices({ query, drawn, draw }: ChoicesProps) {
  const { t } = useTexts();
  const all = query.columns.map((_, index) => index);
  const options = kinds.map((value) => ({ value, label: t(`query.${value}`) }));
  return (
    <SpaceBetween size="xs" direction="horizontal">
      <Choice label="X" columns={all} chosen={drawn.x} query={query} choose={(x) => draw({ ...drawn, x })} />
      <Choice
        label="Y"
        columns={numberColumns(query)}
        chosen={drawn.y}
        query={query}
        choose={(y) => draw({ ...drawn, y })}
      />
      <Select
        ariaLabel={t('query.chart')}
        selectedOption={options.find(({ value }) => value === drawn.kind) ?? null}
        options={options}
        onChange={({ detail }) =>
          draw({ ...drawn, kind: kinds.find((one) => one === detail.selectedOption.value) ?? 'bar' })
        }
      />
    </SpaceBetween>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly columns: readonly number[];
  readonly chosen: number;
  readonly query: Query;
  readonly choose: (column: number) => void;
}

function Choice({ label, columns, chosen, query, choose }: ChoiceProps) {
  const options = columns.map((index) => ({ value: String(index), label: query.columns[index]?.name ?? '' }));
  return (
    <Select
      inlineLabelText={label}
      ariaLabel={label}
      selectedOption={options.find(({ value }) => value === String(chosen)) ?? null}
      options={options}
      onChange={({ detail }) => choose(Number(detail.selectedOption.value))}
    />
  );
}
