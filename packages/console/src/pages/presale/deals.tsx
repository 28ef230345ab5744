import SpaceBetween from '@cloudscape-design/components/space-between';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { type Address, useAddress } from '../../lists/address.ts';
import type { Column } from '../../lists/column.ts';
import { countColumn, momentColumn, optional, textColumn } from '../../lists/columns.tsx';
import { ChoiceFilter, ChoicesFilter, DayFilter, FilterRow, TextFilter } from '../../lists/filters.tsx';
import { ListTable } from '../../lists/list-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { momentOf } from '../runs/run-filter.ts';
import { chosenCounties, counties, standardCounty } from './counties.ts';
import { Prices } from './prices.tsx';

type Deal = components['schemas']['Deal'];

/** The deals: found, filtered and sorted as the API does it. */
export default function Deals() {
  const { t } = useTexts();
  const address = useAddress();
  const filter = dealFilter(address);
  return (
    <SpaceBetween size="l">
      <ListTable<Deal>
        name="deals"
        title={t('deals.title')}
        description={t('deals.about')}
        columns={dealColumns(t)}
        filter={filter}
        everyMs={30_000}
        load={async (place) =>
          (await answer(api.GET('/apiv1/deals', { params: { query: { ...filter, ...place } } }))).result
        }
        rowId={({ id }) => String(id)}
        empty={{ title: t('deals.empty'), advice: t('deals.empty-advice') }}
        filters={<Filters address={address} />}
      />
      <Prices counties={filter.county.split(',')} district={address.get('district')} />
    </SpaceBetween>
  );
}

function Filters({ address }: { readonly address: Address }) {
  const { t } = useTexts();
  return (
    <FilterRow>
      <ChoicesFilter
        address={address}
        name="county"
        label={t('presale.county')}
        choices={counties.map((value) => ({ value, label: value }))}
        standard={standardCounty}
      />
      <TextFilter address={address} name="district" label={t('deals.district')} />
      <TextFilter address={address} name="search" label={t('deals.search')} />
      <DayFilter address={address} name="from" label={t('runs.from')} />
      <DayFilter address={address} name="to" label={t('runs.to')} />
      <ChoiceFilter
        address={address}
        name="withdrawn"
        label={t('deals.withdrawn')}
        choices={[{ value: 'true', label: t('deals.withdrawn-too') }]}
      />
    </FilterRow>
  );
}

/** The words by which the API sorts have their sign before them. */
function dealFilter({ get }: Address) {
  const county = chosenCounties(get('county'))?.join(',') ?? standardCounty;
  const sort = get('sort');
  const [from, to] = [secondsOf(get('from')), secondsOf(get('to'))];
  return {
    county,
    ...(get('district') ? { district: get('district') } : {}),
    ...(get('search') ? { search: get('search') } : {}),
    // Without it the API shows the last year alone.
    from_: from ?? 0,
    ...(to === undefined ? {} : { to_: to }),
    ...(get('withdrawn') === 'true' ? { withdrawn: true } : {}),
    ...(sort ? { sort: sort.startsWith('-') ? sort : `+${sort}` } : {}),
  };
}

function secondsOf(text: string | undefined): number | undefined {
  const moment = momentOf(text);
  return moment === undefined ? undefined : Math.floor(Date.parse(moment) / 1000);
}

function dealColumns(t: Tell): readonly Column<Deal>[] {
  return [
    textColumn('project', t('deals.project'), (deal) => deal.project_name),
    textColumn('county', t('presale.county'), (deal) => deal.county),
    textColumn('district', t('deals.district'), (deal) => deal.district),
    { ...textColumn<Deal>('date', t('deals.date'), (deal) => deal.transaction_date), sort: 'transaction_date' },
    { ...countColumn<Deal>('price', t('deals.price'), (deal) => deal.price_twd), sort: 'price' },
    {
      ...countColumn<Deal>('unit-price', t('deals.unit-price'), (deal) => deal.unit_price_twd_per_m2),
      sort: 'unit_price',
    },
    countColumn('area', t('deals.area'), (deal) => deal.building_area_m2),
    textColumn('unit', t('deals.unit'), (deal) => deal.unit),
    textColumn('floor', t('deals.floor'), (deal) => deal.floor_text),
    optional(textColumn('type', t('deals.type'), (deal) => deal.building_type)),
    optional(textColumn('use', t('deals.use'), (deal) => deal.main_use)),
    optional(textColumn('note', t('deals.note'), (deal) => deal.note)),
    optional(textColumn('serial', t('deals.serial'), (deal) => deal.serial_number)),
    optional(textColumn('publication', t('problems.publication'), (deal) => deal.publication_date)),
    optional(momentColumn('loaded', t('deals.loaded'), (deal) => deal.loaded_at)),
  ];
}
