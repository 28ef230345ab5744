import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { useAddress } from '../../lists/address.ts';
import { AppLink } from '../../lists/app-link.tsx';
import type { Column } from '../../lists/column.ts';
import { countColumn, textColumn } from '../../lists/columns.tsx';
import { ChoicesFilter, FilterRow, TextFilter } from '../../lists/filters.tsx';
import { ListTable } from '../../lists/list-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { chosenCounties, counties } from './counties.ts';

type NewProject = components['schemas']['NewProject'];

/** Projects whose first deal is of the last twelve months, by size of the house. */
export default function NewProjects() {
  const { t } = useTexts();
  const address = useAddress();
  const county = chosenCounties(address.get('county'))?.join(',');
  const district = address.get('district');
  const filter = { ...(county ? { county } : {}), ...(district ? { district } : {}) };
  return (
    <ListTable<NewProject>
      name="new-projects"
      title={t('projects.title')}
      description={t('projects.about')}
      columns={projectColumns(t)}
      filter={filter}
      everyMs={30_000}
      load={async (place) =>
        (await answer(api.GET('/apiv1/deal-statistics/new-projects', { params: { query: { ...filter, ...place } } })))
          .result
      }
      rowId={({ county: of, district: within, project_name, months, size_class }) =>
        [of, within, project_name, months, size_class].join(' ')
      }
      empty={{ title: t('projects.empty'), advice: t('deals.empty-advice') }}
      filters={
        <FilterRow>
          <ChoicesFilter
            address={address}
            name="county"
            label={t('presale.county')}
            choices={counties.map((value) => ({ value, label: value }))}
          />
          <TextFilter address={address} name="district" label={t('deals.district')} />
        </FilterRow>
      }
    />
  );
}

function projectColumns(t: Tell): readonly Column<NewProject>[] {
  return [
    {
      id: 'project',
      header: t('deals.project'),
      cell: ({ county, project_name }) => (
        <AppLink to={`/presale/deals?${new URLSearchParams({ county, search: project_name })}`}>{project_name}</AppLink>
      ),
      csv: ({ project_name }) => project_name,
    },
    textColumn('county', t('presale.county'), ({ county }) => county),
    textColumn('district', t('deals.district'), ({ district }) => district),
    countColumn('months', t('projects.months'), ({ months }) => months),
    textColumn('size', t('projects.size'), ({ size_class }) => size_class),
    countColumn('deals', t('deals.title'), ({ count }) => count),
    countColumn('unit-price', t('deals.wan-per-ping'), (row) => row.average_house_unit_price_wan_per_ping),
    countColumn('price', t('projects.price'), ({ average_price_wan }) => average_price_wan),
    textColumn('first', t('projects.first'), ({ first_deal }) => first_deal),
  ];
}
