import type { Address } from '../../lists/address.ts';
import { ChoiceFilter, FilterRow, TextFilter } from '../../lists/filters.tsx';
import { useTexts } from '../../texts/index.ts';
import { counties } from './counties.ts';

/** What problem rows and their corrections are filtered by, as the API takes it. */
export function countyAndPublication({ get }: Address) {
  const county = counties.find((known) => known === get('county'));
  const publication_date = get('publication_date');
  return { ...(county ? { county } : {}), ...(publication_date ? { publication_date } : {}) };
}

/** The same as fields. */
export function ProblemFilters({ address }: { readonly address: Address }) {
  const { t } = useTexts();
  return (
    <FilterRow>
      <ChoiceFilter
        address={address}
        name="county"
        label={t('presale.county')}
        choices={counties.map((value) => ({ value, label: value }))}
      />
      <TextFilter address={address} name="publication_date" label={t('problems.publication')} />
    </FilterRow>
  );
}
