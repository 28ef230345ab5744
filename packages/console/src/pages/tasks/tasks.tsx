import ProgressBar from '@cloudscape-design/components/progress-bar';
import { answer, api } from '../../api/client.ts';
import { useMe } from '../../api/permissions.ts';
import { useAddress } from '../../lists/address.ts';
import { AppButton } from '../../lists/app-button.tsx';
import { AppLink } from '../../lists/app-link.tsx';
import type { Column } from '../../lists/column.ts';
import { countColumn, momentColumn, optional, stateColumn, textColumn } from '../../lists/columns.tsx';
import { ChoiceFilter, FilterRow, TextFilter } from '../../lists/filters.tsx';
import { ListTable } from '../../lists/list-table.tsx';
import { stateText, type Tell, useTexts } from '../../texts/index.ts';
import { type Task, taskStates } from './task-types.ts';

/** The API's longest page of tasks. */
const longest = 100;

/** Tasks of a user, the newest first. */
export default function Tasks() {
  const { t } = useTexts();
  const address = useAddress();
  const me = useMe();
  const status = taskStates.find((known) => known === address.get('status'));
  const [name, username] = [address.get('name'), address.get('username') ?? me?.name];
  const filter = { ...(status ? { status } : {}), ...(name ? { name } : {}), ...(username ? { username } : {}) };
  return (
    <ListTable<Task>
      name="tasks"
      title={t('tasks.title')}
      description={t('tasks.about')}
      columns={taskColumns(t)}
      filter={filter}
      load={({ start, length }) => pageOfTasks(filter, start, length)}
      rowId={({ task_id }) => task_id}
      empty={{ title: t('tasks.empty'), advice: t('tasks.empty-advice') }}
      actions={
        <AppButton variant="primary" to="/tasks/submit">
          {t('tasks.submit')}
        </AppButton>
      }
      filters={
        <FilterRow>
          <ChoiceFilter
            address={address}
            name="status"
            label={t('runs.state')}
            choices={taskStates.map((value) => ({ value, label: stateText(t, value) }))}
          />
          <TextFilter address={address} name="name" label={t('tasks.function')} />
          <TextFilter address={address} name="username" label={t('tasks.owner')} />
        </FilterRow>
      }
    />
  );
}

/** The API counts pages, and says beside the list how many tasks there are. */
async function pageOfTasks(filter: object, start: number, length: number) {
  const per_page = Math.min(length, longest);
  const query = { ...filter, page: Math.floor(start / per_page) + 1, per_page };
  const asked = api.GET('/api/v1/tasks/list', { params: { query } });
  const { data } = await answer(asked);
  const { response } = await asked;
  return { data, total: Number(response.headers.get('x-total-count') ?? data.length) };
}

function taskColumns(t: Tell): readonly Column<Task>[] {
  return [
    {
      id: 'id',
      header: t('failures.id'),
      cell: ({ task_id }) => <AppLink to={`/tasks/${task_id}`}>{task_id.slice(0, 8)}</AppLink>,
      csv: ({ task_id }) => task_id,
    },
    textColumn('name', t('tasks.function'), ({ name }) => name),
    stateColumn(t('runs.state'), ({ status }) => status),
    {
      id: 'progress',
      header: t('tasks.progress'),
      cell: (task) => <Progress task={task} />,
      csv: ({ progress }) => progress,
    },
    momentColumn('created', t('tasks.created'), ({ created_at }) => created_at),
    momentColumn('ended', t('runs.ended'), ({ ended_at }) => ended_at),
    textColumn('owner', t('tasks.owner'), ({ username }) => username),
    textColumn('desc', t('tasks.description'), ({ desc }) => desc),
    optional(countColumn('attempts', t('tasks.attempts'), ({ attempts }) => attempts)),
  ];
}

/** Of one that said nothing of itself there is no bar: it may be half done or not begun. */
function Progress({ task: { status, progress, name } }: { readonly task: Task }) {
  if (status === 'SUCCESS' || progress === null) return <>–</>;
  return <ProgressBar value={progress} ariaLabel={name} />;
}
