import type { TableProps } from '@cloudscape-design/components/table';
import type { components } from '../../api/schema.gen';
import { openColumn } from '../../lists/columns.tsx';
import { QueryTable } from '../../lists/query-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { Count } from '../../values/numbers.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { scenariosOf } from './scenario-list.ts';

type Scenario = components['schemas']['Scenario'];

interface ScenariosProps {
  readonly tenant: string;
  readonly choose: (scenario: string) => void;
}

/** The scenarios of a tenant; one that is chosen is what the rest of the page is about. */
export function Scenarios({ tenant, choose }: ScenariosProps) {
  const { t } = useTexts();
  return (
    <QueryTable<Scenario>
      title={t('recommender.scenarios')}
      {...scenariosOf(tenant)}
      empty={t('recommender.no-scenarios')}
      columns={scenarioColumns(t, choose)}
    />
  );
}

function scenarioColumns(t: Tell, choose: ScenariosProps['choose']): TableProps.ColumnDefinition<Scenario>[] {
  return [
    openColumn(
      'id',
      t('recommender.scenario'),
      ({ scenario_id }) => scenario_id,
      ({ scenario_id }) => choose(scenario_id),
    ),
    { id: 'name', header: t('recommender.name'), cell: ({ name }) => name },
    { id: 'type', header: t('recommender.type'), cell: ({ type }) => type },
    { id: 'rank', header: t('recommender.objective'), cell: ({ config }) => config.rank.objective },
    {
      id: 'days',
      header: t('recommender.days'),
      cell: ({ config }) => <Count of={config.retention.behavior_days} />,
    },
    { id: 'state', header: t('runs.state'), cell: ({ state }) => <StateLabel state={state} /> },
  ];
}
