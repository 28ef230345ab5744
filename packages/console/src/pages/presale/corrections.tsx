import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { components } from '../../api/schema.gen';
import { useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { StateLabel } from '../../values/state-label.tsx';

type Correction = components['schemas']['Correction'];

/** What was corrected in a row, with before and after, the newest last. */
export function Corrections({ corrections }: { readonly corrections: readonly Correction[] }) {
  const { t } = useTexts();
  if (corrections.length === 0) return null;
  return (
    <Table
      variant="container"
      header={<Header variant="h2">{t('problem.corrections')}</Header>}
      items={[...corrections]}
      wrapLines
      columnDefinitions={[
        {
          id: 'at',
          header: t('failures.occurred'),
          isRowHeader: true,
          cell: ({ corrected_at }) => <Moment at={corrected_at} />,
        },
        { id: 'by', header: t('failures.changed-by'), cell: ({ corrected_by }) => corrected_by },
        { id: 'change', header: t('failure.difference'), cell: (correction) => <CellChange {...correction} /> },
        { id: 'outcome', header: t('runs.state'), cell: ({ outcome }) => <StateLabel state={outcome} /> },
      ]}
    />
  );
}

/** The cells that differ, with before and after. */
export function CellChange({ before, after }: Pick<Correction, 'before' | 'after'>) {
  const was = before as Readonly<Record<string, unknown>>;
  const changed = Object.entries(after as Readonly<Record<string, unknown>>).filter(
    ([name, value]) => was[name] !== value,
  );
  return (
    <>
      {changed.map(([name, value]) => (
        <div key={name}>
          <bdi>{name}</bdi>: <del className="stored">{String(was[name] ?? '')}</del>{' '}
          <ins className="stored">{String(value)}</ins>
        </div>
      ))}
    </>
  );
}
