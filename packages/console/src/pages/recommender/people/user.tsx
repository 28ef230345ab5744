import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { answer, api } from '../../../api/client.ts';
import type { components } from '../../../api/schema.gen';
import { Problem } from '../../../lists/problem.tsx';
import { Waiting } from '../../../lists/waiting.tsx';
import { useTexts } from '../../../texts/index.ts';
import { Moment } from '../../../values/moment.tsx';
import { Count } from '../../../values/numbers.tsx';
import { Percent } from '../percent.tsx';
import { ofTenant } from '../tenant-headers.ts';
import { History } from './history.tsx';
import { Recommended } from './recommended.tsx';

type Profile = components['schemas']['UserProfile'];

/** One user: what they did, in figures, and what is recommended to them and why. */
export default function UserPage() {
  const { t } = useTexts();
  const { tenant = '', user: user_id = '' } = useParams();
  const query = useQuery({
    queryKey: ['profile', tenant, user_id],
    queryFn: async () =>
      (await answer(api.GET('/api/v1/users/{user_id}/profile', { ...ofTenant(tenant), params: { path: { user_id } } })))
        .data,
  });
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={tenant}>
        {t('recommender.user-title', { id: user_id })}
      </Header>
      {query.isPending && <Waiting lines={4} />}
      {query.isError && <Problem error={query.error} again={query.refetch} />}
      {query.data && <Facts profile={query.data} />}
      <Recommended tenant={tenant} user={user_id} />
      <History tenant={tenant} user={user_id} />
    </SpaceBetween>
  );
}

function Facts({ profile }: { readonly profile: Profile }) {
  const { t } = useTexts();
  return (
    <Container header={<Header variant="h2">{t('recommender.profile')}</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: t('recommender.acts'), value: <Count of={profile.total_actions} /> },
          { label: t('recommender.active-days'), value: <Count of={profile.active_days} /> },
          { label: t('recommender.segment'), value: t(`recommender.segment-${profile.segment}`) },
          { label: t('recommender.last-act'), value: <Moment at={profile.last_at} /> },
          { label: t('recommender.by-kind'), value: <Acts actions={profile.actions} /> },
          { label: t('recommender.hours'), value: profile.top_hours.map((hour) => `${hour}:00`).join(', ') || '–' },
          { label: t('recommender.categories'), value: <Shares of={profile.categories} /> },
          { label: t('recommender.authors'), value: <Shares of={profile.authors} /> },
          { label: t('recommender.tags'), value: <Shares of={profile.tags} /> },
        ]}
      />
    </Container>
  );
}

function Acts({ actions }: Pick<Profile, 'actions'>) {
  const all = Object.entries(actions).sort(([, one], [, other]) => other - one);
  return (
    <ul className="plain">
      {all.map(([kind, count]) => (
        <li key={kind}>
          {kind} <Count of={count} />
        </li>
      ))}
    </ul>
  );
}

// What is behind these is hardly anything.
const mostShares = 8;

function Shares({ of }: { readonly of: readonly { readonly name: string; readonly share: number }[] }) {
  if (of.length === 0) return <Box>–</Box>;
  return (
    <ul className="plain">
      {of.slice(0, mostShares).map(({ name, share }) => (
        <li key={name}>
          {name} <Percent of={share} />
        </li>
      ))}
    </ul>
  );
}
