import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { openColumn } from '../../lists/columns.tsx';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { QueryTable } from '../../lists/query-table.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { EditRules } from './edit-rules.tsx';

type Version = components['schemas']['RulesVersion'];

/** The rules that count, edited, tried and published, and those of before to go back to. */
export default function RulesPage() {
  const { t } = useTexts();
  const query = useQuery({
    queryKey: ['rules'],
    queryFn: async () => (await answer(api.GET('/tagger/rules'))).result,
    // What is being edited stays until it is published.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [begin, beginWith] = useState<string>();
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('rules.about')}>
        {t('rules.title')}
      </Header>
      {query.isPending && <Waiting lines={8} />}
      {query.isError && <Problem error={query.error} again={query.refetch} />}
      {query.data && (
        <EditRules
          key={`${query.data.etag} ${begin}`}
          published={query.data}
          begin={begin ?? query.data.rules}
          done={() => beginWith(undefined)}
        />
      )}
      <Versions choose={beginWith} />
    </SpaceBetween>
  );
}

function Versions({ choose }: { readonly choose: (rules: string) => void }) {
  const { t, language } = useTexts();
  const { tellError } = useNotices();
  const load = async ({ version }: Version) => {
    const asked = api.GET('/tagger/rules/versions/{version}', { params: { path: { version } } });
    choose((await answer(asked)).result.rules);
  };
  return (
    <QueryTable<Version>
      title={t('rules.versions')}
      description={t('rules.versions-about')}
      asked={['rules', 'versions']}
      load={async () => (await answer(api.GET('/tagger/rules/versions'))).result.data}
      empty={t('rules.none-published')}
      columns={[
        openColumn(
          'at',
          t('machine.at'),
          ({ at }) => new Date(at).toLocaleString(language),
          (version) => void load(version).catch(tellError),
        ),
        { id: 'current', header: t('runs.state'), cell: ({ current }) => (current ? t('rules.current') : '–') },
      ]}
    />
  );
}
