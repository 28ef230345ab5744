import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { answer, api } from '../../api/client.ts';
import { useTexts } from '../../texts/index.ts';
import type { Secret } from './shown-once.tsx';
import { useUserChange } from './use-user-change.ts';
import { type Permission, permissions } from './user-types.ts';

interface NewUser {
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Separated by commas. */
  readonly tenants: string;
}

const nobody: NewUser = { name: '', permissions: [], tenants: '' };

/** A form for somebody new, whose password is shown once. */
export function AddUser({ show }: { readonly show: (secret: Secret) => void }) {
  const { t } = useTexts();
  const [user, change] = useState(nobody);
  const add = useUserChange(show);
  const submit = async () => {
    const tenants = user.tenants.split(/[\s,]+/).filter((one) => one !== '');
    const body = { name: user.name, permissions: [...user.permissions], tenants };
    await add.mutateAsync(async () => (await answer(api.POST('/platform/users', { body }))).result);
    change(nobody);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // What was refused is told by the notice.
        submit().catch(() => undefined);
      }}
    >
      <Container
        header={<Header variant="h2">{t('users.add')}</Header>}
        footer={
          <Button formAction="submit" disabled={user.name === ''} loading={add.isPending}>
            {t('users.add')}
          </Button>
        }
      >
        <UserFields user={user} change={change} />
      </Container>
    </form>
  );
}

const options = permissions.map((value) => ({ value, label: value }));

function UserFields({ user, change }: { readonly user: NewUser; readonly change: (user: NewUser) => void }) {
  const { t } = useTexts();
  return (
    <SpaceBetween size="m">
      <FormField label={t('users.name')} constraintText={t('users.name-about')}>
        <Input value={user.name} onChange={({ detail }) => change({ ...user, name: detail.value })} />
      </FormField>
      <FormField label={t('users.permissions')}>
        <Multiselect
          options={options}
          selectedOptions={options.filter(({ value }) => user.permissions.includes(value))}
          onChange={({ detail }) => {
            const chosen = detail.selectedOptions.map(({ value }) => value);
            change({ ...user, permissions: permissions.filter((one) => chosen.includes(one)) });
          }}
        />
      </FormField>
      <FormField label={t('users.tenants')} constraintText={t('users.tenants-about')}>
        <Input value={user.tenants} onChange={({ detail }) => change({ ...user, tenants: detail.value })} />
      </FormField>
    </SpaceBetween>
  );
}
