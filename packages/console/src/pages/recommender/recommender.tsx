import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMe } from '../../api/permissions.ts';
import { type Address, useAddress } from '../../lists/address.ts';
import { ChoiceFilter, FilterRow, TextFilter } from '../../lists/filters.tsx';
import { useTexts } from '../../texts/index.ts';
import { Experiments } from './experiments.tsx';
import { Models } from './models.tsx';
import { Scenarios } from './scenarios.tsx';

/** Scenarios, models and experiments of one tenant. */
export default function Recommender() {
  const { t } = useTexts();
  const address = useAddress();
  const me = useMe();
  const tenant = address.get('tenant') ?? me?.tenants?.[0] ?? 'default';
  const scenario = address.get('scenario');
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('recommender.about')}>
        {t('recommender.title')}
      </Header>
      <Filters address={address} tenants={me?.tenants ?? null} />
      <Scenarios tenant={tenant} choose={(id) => address.set({ scenario: id })} />
      <Models tenant={tenant} scenario={scenario} />
      <Experiments tenant={tenant} scenario={scenario} />
    </SpaceBetween>
  );
}

function Filters({ address, tenants }: { readonly address: Address; readonly tenants: readonly string[] | null }) {
  const { t } = useTexts();
  return (
    <FilterRow>
      {tenants === null ? (
        <TextFilter address={address} name="tenant" label={t('recommender.tenant')} />
      ) : (
        <ChoiceFilter
          address={address}
          name="tenant"
          label={t('recommender.tenant')}
          choices={tenants.map((value) => ({ value, label: value }))}
        />
      )}
      <TextFilter address={address} name="scenario" label={t('recommender.scenario')} />
    </FilterRow>
  );
}
