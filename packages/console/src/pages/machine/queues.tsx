import { QueryTable } from '../../lists/query-table.tsx';
import { useTexts } from '../../texts/index.ts';
import { Count } from '../../values/numbers.tsx';
import { askMachine } from './machine-client.ts';

interface Queue {
  readonly name: string;
  readonly ready: number;
  readonly in_hand: number;
  readonly delayed: number;
  readonly dead_letters: string | null;
}

const lookAgainMs = 3000;

/** Every queue, with what waits in it; those that have something stand first. */
export function Queues() {
  const { t } = useTexts();
  return (
    <QueryTable<Queue>
      title={t('machine.queues')}
      asked={['machine', 'queues']}
      everyMs={lookAgainMs}
      load={async () =>
        (await askMachine<{ queues: readonly Queue[] }>('/queues')).queues.toSorted((a, b) => waits(b) - waits(a))
      }
      columns={[
        { id: 'name', header: t('machine.queue'), isRowHeader: true, cell: ({ name }) => name },
        { id: 'ready', header: t('runs.waiting'), cell: ({ ready }) => <Count of={ready} /> },
        { id: 'in-hand', header: t('machine.in-hand'), cell: ({ in_hand }) => <Count of={in_hand} /> },
        { id: 'delayed', header: t('machine.delayed'), cell: ({ delayed }) => <Count of={delayed} /> },
        { id: 'dead', header: t('machine.dead-letters'), cell: ({ dead_letters }) => dead_letters ?? '–' },
      ]}
    />
  );
}

function waits({ ready, in_hand, delayed }: Queue): number {
  return ready + in_hand + delayed;
}
