import Button from '@cloudscape-design/components/button';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import type { components } from '../../api/schema.gen';
import { openColumn } from '../../lists/columns.tsx';
import { useNotices } from '../../lists/notices.tsx';
import { QueryTable } from '../../lists/query-table.tsx';
import { Confirm } from '../../shell/confirm.tsx';
import { stateText, useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { type OfScenario, ofTenant, wholePage } from './tenant-headers.ts';

type Experiment = components['schemas']['RecommenderExperiment'];

interface ExperimentsProps extends OfScenario {
  readonly open: (experiment: string) => void;
}

/** Experiments with the share of each variant; one that is chosen shows its results. */
export function Experiments({ tenant, scenario, open }: ExperimentsProps) {
  const { t } = useTexts();
  const query = { ...wholePage, ...(scenario ? { scenario_id: scenario } : {}) };
  return (
    <QueryTable<Experiment>
      title={t('recommender.experiments')}
      description={t('recommender.experiments-about')}
      asked={['experiments', tenant, scenario]}
      load={async () =>
        (await answer(api.GET('/api/v1/experiments', { ...ofTenant(tenant), params: { query } }))).data.items
      }
      empty={t('recommender.no-experiments')}
      columns={[
        openColumn(
          'name',
          t('recommender.name'),
          ({ name }) => name,
          ({ experiment_id }) => open(experiment_id),
        ),
        { id: 'scenario', header: t('recommender.scenario'), cell: ({ scenario_id }) => scenario_id },
        { id: 'state', header: t('runs.state'), minWidth: 110, cell: ({ state }) => <StateLabel state={state} /> },
        {
          id: 'variants',
          header: t('recommender.variants'),
          cell: ({ variants }) => variants.map(({ name, traffic }) => `${name} ${traffic} %`).join(', '),
        },
        { id: 'started', header: t('runs.started'), cell: ({ started_at }) => <Moment at={started_at} /> },
        { id: 'stopped', header: t('runs.ended'), cell: ({ stopped_at }) => <Moment at={stopped_at} /> },
        {
          id: 'next',
          header: t('list.actions'),
          minWidth: 110,
          cell: (experiment) => <NextState of={experiment} tenant={tenant} />,
        },
      ]}
    />
  );
}

interface NextStateProps {
  readonly of: Experiment;
  readonly tenant: string;
}

/** A draft is started, one that runs is stopped, which is asked again: it can't be started anew. */
function NextState({ of: { experiment_id, name, state }, tenant }: NextStateProps) {
  const { t } = useTexts();
  const may = useMay('operate');
  const [asks, setAsks] = useState(false);
  const action = state === 'draft' ? 'start' : 'stop';
  const change = useChange(tenant, experiment_id, action);
  if (state === 'stopped') return <>–</>;
  return (
    <>
      <Button
        disabled={may !== true}
        {...(may === false ? { disabledReason: t('action.refused', { permission: 'operate' }) } : {})}
        loading={change.isPending}
        ariaLabel={`${t(`recommender.${action}`)} ${name}`}
        onClick={() => (action === 'start' ? change.mutate() : setAsks(true))}
      >
        {t(`recommender.${action}`)}
      </Button>
      <Confirm
        header={t('recommender.stop')}
        text={asks ? t('recommender.stop-confirm', { name }) : undefined}
        close={() => setAsks(false)}
        go={() => change.mutate()}
      />
    </>
  );
}

function useChange(tenant: string, experiment_id: string, action: 'start' | 'stop') {
  const { t } = useTexts();
  const queries = useQueryClient();
  const { tell, tellError } = useNotices();
  return useMutation({
    mutationFn: () => {
      const asked = { ...ofTenant(tenant), params: { path: { experiment_id } } };
      return action === 'start'
        ? answer(api.POST('/api/v1/experiments/{experiment_id}/start', asked))
        : answer(api.POST('/api/v1/experiments/{experiment_id}/stop', asked));
    },
    onSuccess: ({ data: { name, state } }) => tell(t('briefs.changed', { name, state: stateText(t, state) })),
    onError: tellError,
    onSettled: () =>
      Promise.all(['experiments', 'results'].map((asked) => queries.invalidateQueries({ queryKey: [asked] }))),
  });
}
