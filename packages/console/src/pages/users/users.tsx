import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { QueryTable } from '../../lists/query-table.tsx';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { StateLabel } from '../../values/state-label.tsx';
import { StoredText } from '../../values/stored-text.tsx';
import { AddUser } from './add-user.tsx';
import { type Secret, ShownOnce } from './shown-once.tsx';
import { Tokens, UserActions } from './user-actions.tsx';

type User = components['schemas']['User'];
type Change = components['schemas']['UserChange'];

/** Who is let in, and what was done to users by whom. */
export default function Users() {
  const { t } = useTexts();
  const [secret, show] = useState<Secret>();
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('users.about')}>
        {t('users.title')}
      </Header>
      {secret && <ShownOnce secret={secret} close={() => show(undefined)} />}
      <UserTable show={show} />
      <AddUser show={show} />
      <Changes />
    </SpaceBetween>
  );
}

function UserTable({ show }: { readonly show: (secret: Secret) => void }) {
  const { t } = useTexts();
  return (
    <QueryTable<User>
      title={t('users.title')}
      asked={['users']}
      load={async () => (await answer(api.GET('/platform/users'))).result.data}
      columns={[
        { id: 'name', header: t('users.name'), isRowHeader: true, cell: ({ name }) => name },
        {
          id: 'state',
          header: t('runs.state'),
          minWidth: 110,
          cell: ({ disabled }) => <StateLabel state={disabled ? 'off' : 'active'} />,
        },
        { id: 'may', header: t('users.permissions'), cell: ({ permissions }) => permissions.join(', ') || '–' },
        { id: 'tenants', header: t('users.tenants'), cell: ({ tenants }) => tenants.join(', ') || '–' },
        { id: 'tokens', header: t('users.tokens'), cell: (user) => <Tokens user={user} /> },
        {
          id: 'actions',
          header: t('list.actions'),
          minWidth: 340,
          cell: (user) => <UserActions user={user} show={show} />,
        },
      ]}
    />
  );
}

const newestChanges = { start: 0, length: 50 } as const;

function Changes() {
  const { t } = useTexts();
  return (
    <QueryTable<Change>
      title={t('users.changes')}
      asked={['users', 'changes']}
      load={async () =>
        (await answer(api.GET('/platform/user-changes', { params: { query: newestChanges } }))).result.data
      }
      columns={[
        { id: 'at', header: t('machine.at'), isRowHeader: true, cell: ({ changed_at }) => <Moment at={changed_at} /> },
        { id: 'who', header: t('users.who'), cell: ({ who }) => who },
        { id: 'name', header: t('users.name'), cell: ({ name }) => name },
        { id: 'what', header: t('machine.what'), cell: ({ what }) => what },
        {
          id: 'detail',
          header: t('users.detail'),
          cell: ({ detail }) => <StoredText text={detail ?? '–'} most={300} />,
        },
      ]}
    />
  );
}
