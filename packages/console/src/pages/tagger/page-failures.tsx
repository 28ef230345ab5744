import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { AppLink } from '../../lists/app-link.tsx';
import { QueryTable } from '../../lists/query-table.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Count } from '../../values/numbers.tsx';

type Host = components['schemas']['HostFailures'];

const days = 7;
const lookAgainMs = 30_000;

/** Which sites do not give their pages, and why. */
export function PageFailures() {
  const { t } = useTexts();
  return (
    <QueryTable<Host>
      title={t('tagger.hosts')}
      description={t('recommender.last-days', { days })}
      asked={['page-failures', days]}
      everyMs={lookAgainMs}
      load={async () => (await answer(api.GET('/tagger/page-failures', { params: { query: { days } } }))).result.data}
      empty={t('tagger.no-hosts')}
      columns={[
        { id: 'host', header: t('tagger.host'), isRowHeader: true, cell: ({ host }) => <bdi>{host || '–'}</bdi> },
        { id: 'count', header: t('runs.failed'), cell: ({ count }) => <Count of={count} /> },
        { id: 'open', header: t('state.open'), cell: ({ open }) => <Count of={open} /> },
        { id: 'reasons', header: t('failures.reason'), cell: ({ reasons }) => <Reasons of={reasons} /> },
        { id: 'last', header: t('failures.last'), cell: ({ last_at }) => <Moment at={last_at} /> },
      ]}
    />
  );
}

/** Each leads to its failures, those of other hosts among them. */
function Reasons({ of }: { readonly of: Readonly<Record<string, number>> }) {
  return (
    <ul className="plain">
      {Object.entries(of)
        .sort(([, one], [, other]) => other - one)
        .map(([reason, count]) => (
          <li key={reason}>
            <AppLink to={`/failures?${new URLSearchParams({ workload: 'tagger', source: 'fetch-page', reason })}`}>
              {reason}
            </AppLink>{' '}
            <Count of={count} />
          </li>
        ))}
    </ul>
  );
}
