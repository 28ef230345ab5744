import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { QueryTable } from '../../lists/query-table.tsx';
import { useTexts } from '../../texts/index.ts';
import { Count } from '../../values/numbers.tsx';
import { Percent } from './percent.tsx';
import { type OfScenario, ofTenant } from './tenant-headers.ts';

type Step = components['schemas']['FunnelStep'];

const everyMs = 60_000;

/** How many users were shown something, and how many of them went on. */
export function Funnel({ tenant, scenario }: OfScenario) {
  const { t } = useTexts();
  const query = scenario ? { scenario_id: scenario } : {};
  return (
    <QueryTable<Step>
      title={t('recommender.funnel')}
      description={t('recommender.last-week')}
      asked={['funnel', tenant, scenario]}
      everyMs={everyMs}
      load={async () =>
        (await answer(api.GET('/api/v1/metrics/funnel', { ...ofTenant(tenant), params: { query } }))).data.steps
      }
      columns={[
        { id: 'step', header: t('recommender.step'), isRowHeader: true, cell: ({ step }) => t(`recommender.${step}`) },
        { id: 'users', header: t('users.title'), cell: ({ users }) => <Count of={users} /> },
        {
          id: 'share',
          header: t('recommender.of-shown'),
          minWidth: 200,
          cell: ({ of_first }) => (
            <span className="share">
              <meter min={0} max={1} value={of_first ?? 0} aria-label={t('recommender.of-shown')} />
              <Percent of={of_first} />
            </span>
          ),
        },
      ]}
    />
  );
}
