import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useTexts } from '../../../texts/index.ts';
import { userPath } from '../tenant-headers.ts';

/** Leads to the page of a user, whom nothing lists: they are known by their id alone. */
export function FindUser({ tenant }: { readonly tenant: string }) {
  const { t } = useTexts();
  const navigate = useNavigate();
  const [user, name] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void navigate(userPath(tenant, user.trim()));
      }}
    >
      <Container header={<Header variant="h2">{t('recommender.find-user')}</Header>}>
        <SpaceBetween direction="horizontal" size="xs" alignItems="end">
          <FormField label={t('recommender.user-id')}>
            <Input value={user} onChange={({ detail }) => name(detail.value)} />
          </FormField>
          <Button formAction="submit" disabled={user.trim() === ''}>
            {t('recommender.show-user')}
          </Button>
        </SpaceBetween>
      </Container>
    </form>
  );
}
