import SpaceBetween from '@cloudscape-design/components/space-between';
import { answer, api } from '../../api/client.ts';
import type { paths } from '../../api/schema.gen';
import { useAddress } from '../../lists/address.ts';
import { AppButton } from '../../lists/app-button.tsx';
import { AppLink } from '../../lists/app-link.tsx';
import type { Column } from '../../lists/column.ts';
import { countColumn, optional, stateColumn, textColumn } from '../../lists/columns.tsx';
import { FilterRow, TextFilter } from '../../lists/filters.tsx';
import { ListTable } from '../../lists/list-table.tsx';
import { type Tell, useTexts } from '../../texts/index.ts';
import { Platforms } from './platforms.tsx';

type Found = paths['/dts-auto-brief/job/search']['post']['responses'][200]['content']['application/json'];
type Brief = Extract<Found, { data: { jobList: unknown } }>['data']['jobList'][number];

/** Briefs, and how the platforms stand. */
export default function Briefs() {
  const { t } = useTexts();
  const address = useAddress();
  const [name, owner] = [address.get('name'), address.get('owner')];
  const filter = { ...(name ? { job_name: name } : {}), ...(owner ? { create_user_name: owner } : {}) };
  return (
    <SpaceBetween size="l">
      <ListTable<Brief>
        name="briefs"
        title={t('briefs.title')}
        description={t('briefs.about')}
        columns={briefColumns(t)}
        filter={filter}
        load={({ start, length }) => briefsFrom(filter, start, length)}
        rowId={({ jobUuid }) => jobUuid}
        empty={{ title: t('briefs.empty'), advice: t('briefs.empty-advice') }}
        actions={
          <AppButton variant="primary" to="/briefs/submit">
            {t('briefs.submit')}
          </AppButton>
        }
        filters={
          <FilterRow>
            <TextFilter address={address} name="name" label={t('briefs.name')} />
            <TextFilter address={address} name="owner" label={t('briefs.owner')} />
          </FilterRow>
        }
      />
      <Platforms />
    </SpaceBetween>
  );
}

/** In this API's own words `page_offset` is how many a page has, and `page_size` is its number. */
async function briefsFrom(filter: object, start: number, length: number) {
  const body = { ...filter, page_offset: length, page_size: Math.floor(start / length) + 1 };
  const found = await answer(api.POST('/dts-auto-brief/job/search', { body }));
  if (!('jobList' in found.data)) throw new Error(found.err_msg);
  return { data: found.data.jobList, total: found.data.totalItems };
}

function briefColumns(t: Tell): readonly Column<Brief>[] {
  return [
    {
      id: 'name',
      header: t('briefs.name'),
      cell: ({ jobUuid, jobName }) => <AppLink to={`/briefs/${jobUuid}`}>{jobName}</AppLink>,
      csv: ({ jobName }) => jobName,
    },
    stateColumn(t('runs.state'), ({ state }) => state),
    textColumn('platforms', t('briefs.platforms'), ({ jobPlatforms }) => jobPlatforms),
    countColumn('limit', t('briefs.limit'), ({ jobLimitNum }) => jobLimitNum),
    textColumn('span', t('briefs.span'), ({ jobStartTime, jobEndTime }) =>
      jobStartTime === null ? null : `${jobStartTime} – ${jobEndTime}`,
    ),
    textColumn('owner', t('briefs.owner'), ({ CreateUserName }) => CreateUserName),
    textColumn('created', t('briefs.created'), ({ CreateTime }) => CreateTime),
    optional(textColumn('id', t('failures.id'), ({ jobUuid }) => jobUuid)),
  ];
}
