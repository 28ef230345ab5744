import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import { type Address, useAddress } from '../../lists/address.ts';
import { ChoiceFilter, FilterRow, TextFilter } from '../../lists/filters.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { Experiments } from './experiments.tsx';
import { Figures } from './figures.tsx';
import { Funnel } from './funnel.tsx';
import { TopItems } from './items/top-items.tsx';
import { Models } from './models/models.tsx';
import { FindUser } from './people/find-user.tsx';
import { ExperimentResults } from './results.tsx';
import { Scenarios } from './scenarios.tsx';

/** Scenarios, models and experiments of one tenant. */
export default function Recommender() {
  const { t } = useTexts();
  const address = useAddress();
  const { data: tenants } = useQuery({
    queryKey: ['tenants'],
    queryFn: async () => (await answer(api.GET('/api/v1/tenants'))).data.tenants,
  });
  const tenant = address.get('tenant') ?? tenants?.[0];
  const scenario = address.get('scenario');
  const experiment = address.get('experiment');
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('recommender.about')}>
        {t('recommender.title')}
      </Header>
      <Filters address={address} tenants={tenants ?? []} />
      {tenants === undefined && <Waiting />}
      {tenants !== undefined && tenant === undefined && t('recommender.no-scenarios')}
      {tenant !== undefined && (
        <SpaceBetween size="l">
          <Scenarios tenant={tenant} choose={(id) => address.set({ scenario: id })} />
          <Figures tenant={tenant} scenario={scenario} />
          <Funnel tenant={tenant} scenario={scenario} />
          <TopItems tenant={tenant} scenario={scenario} />
          <FindUser tenant={tenant} />
          <Models tenant={tenant} scenario={scenario} />
          <Experiments tenant={tenant} scenario={scenario} open={(id) => address.set({ experiment: id })} />
          {experiment !== undefined && <ExperimentResults tenant={tenant} experiment={experiment} />}
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}

function Filters({ address, tenants }: { readonly address: Address; readonly tenants: readonly string[] }) {
  const { t } = useTexts();
  return (
    <FilterRow>
      <ChoiceFilter
        address={address}
        name="tenant"
        label={t('recommender.tenant')}
        choices={tenants.map((value) => ({ value, label: value }))}
        standard={tenants[0] ?? ''}
      />
      <TextFilter address={address} name="scenario" label={t('recommender.scenario')} />
    </FilterRow>
  );
}
