import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { components } from '../../../api/schema.gen';
import { RowsTable } from '../../../lists/query-table.tsx';
import { type TextKey, useTexts } from '../../../texts/index.ts';
import { Moment } from '../../../values/moment.tsx';
import { Count } from '../../../values/numbers.tsx';
import { StateLabel } from '../../../values/state-label.tsx';
import { modelName } from './model-name.ts';
import { Promote } from './promote.tsx';

type Model = components['schemas']['RecommenderModel'];

interface CompareProps {
  /** In the order in which they were chosen: the others are told beside the first. */
  readonly models: readonly Model[];
  readonly tenant: string;
}

interface Line {
  readonly name: TextKey;
  readonly cell: (model: Model, first: Model) => ReactNode;
}

/** Models beside each other, a figure a line, each with how far it is from the first one's. */
export function CompareModels({ models, tenant }: CompareProps) {
  const { t } = useTexts();
  const [first] = models;
  if (first === undefined) return null;
  return (
    <RowsTable<Line>
      title={t('recommender.compared')}
      description={t('recommender.compared-about')}
      rows={linesOf(tenant)}
      columns={[
        { id: 'name', header: t('recommender.figure'), isRowHeader: true, cell: ({ name }) => t(name) },
        ...models.map((model) => columnOf(model, first)),
      ]}
    />
  );
}

function columnOf(model: Model, first: Model): TableProps.ColumnDefinition<Line> {
  return { id: model.model_id, header: modelName(model), minWidth: 160, cell: ({ cell }) => cell(model, first) };
}

const measures = ['ndcg', 'map', 'precision', 'recall', 'coverage'] as const;

function linesOf(tenant: string): readonly Line[] {
  return [
    { name: 'runs.state', cell: ({ state }) => <StateLabel state={state} /> },
    { name: 'recommender.scenario', cell: ({ scenario_id }) => scenario_id },
    ...measures.map((name) => ({
      name: `recommender.measure-${name}` as const,
      cell: ({ metrics }: Model, { metrics: other }: Model) => (
        <Measure of={metrics.own[name]} beside={other.own[name]} first={metrics === other} />
      ),
    })),
    { name: 'recommender.measured-users', cell: ({ metrics }) => <Count of={metrics.own.users} /> },
    { name: 'recommender.learned', cell: ({ counts }) => <Count of={counts.interactions} /> },
    { name: 'recommender.until', cell: ({ data_window }) => <Moment at={data_window.to} /> },
    { name: 'recommender.created', cell: ({ created_at }) => <Moment at={created_at} /> },
    { name: 'recommender.because', cell: ({ chosen_because }) => chosen_because },
    { name: 'recommender.promote', cell: (model) => <Promote model={model} tenant={tenant} /> },
  ];
}

interface MeasureProps {
  readonly of: number;
  readonly beside: number;
  readonly first: boolean;
}

function Measure({ of, beside, first }: MeasureProps) {
  const { language } = useTexts();
  const digits = { minimumFractionDigits: 3, maximumFractionDigits: 3 } as const;
  const difference = of - beside;
  return (
    <span className="number">
      {of.toLocaleString(language, digits)}
      {!first && (
        <span className={difference < 0 ? 'worse' : 'better'}>
          {` (${difference.toLocaleString(language, { ...digits, signDisplay: 'always' })})`}
        </span>
      )}
    </span>
  );
}
