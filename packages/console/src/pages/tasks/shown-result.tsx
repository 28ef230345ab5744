import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { RowsTable } from '../../lists/query-table.tsx';
import { useTexts } from '../../texts/index.ts';
import { Bytes } from '../../values/numbers.tsx';
import { StoredText } from '../../values/stored-text.tsx';
import { picturesOf, type ResultTable, tablesOf } from './result-shape.ts';
import { endedStates, type TaskResult } from './task-types.ts';

/** How far a task is, and what came of it: pictures and tables as such, and all of it as JSON. */
export function ShownResult({ result }: { readonly result: TaskResult }) {
  const { t } = useTexts();
  const { status, progress, error, traceback } = result;
  return (
    <SpaceBetween size="l">
      {(progress.percent !== null || progress.text !== null) && !endedStates.includes(status) && (
        <ProgressBar
          label={t('tasks.progress')}
          value={progress.percent ?? 0}
          {...(progress.text === null ? {} : { additionalInfo: progress.text })}
        />
      )}
      {error !== null && (
        <Alert type={status === 'FAILURE' ? 'error' : 'warning'} header={error}>
          <StoredText block text={traceback ?? ''} />
        </Alert>
      )}
      <Container header={<Header variant="h2">{t('tasks.result')}</Header>}>
        <SpaceBetween size="m">
          {result.result_url !== null && (
            <Link href={result.result_url} external>
              {t('machine.download')} (<Bytes of={result.result_bytes} />)
            </Link>
          )}
          {picturesOf(result.result).map(({ name, src }) => (
            <figure key={name} className="picture">
              <img src={src} alt={name || t('tasks.result')} />
              <figcaption>{name}</figcaption>
            </figure>
          ))}
          <StoredText block text={JSON.stringify(result.result ?? null, undefined, 2)} />
        </SpaceBetween>
      </Container>
      {tablesOf(result.result).map((table) => (
        <OneTable key={table.name} table={table} />
      ))}
    </SpaceBetween>
  );
}

/** A list of objects by its own columns; an object of numbers by names and values. */
function OneTable({ table: { name, columns, rows } }: { readonly table: ResultTable }) {
  const { t } = useTexts();
  const headers = columns.length === 0 ? [t('runs.name'), t('machine.value')] : columns;
  return (
    <RowsTable<readonly string[]>
      title={name || t('tasks.result')}
      rows={rows}
      columns={headers.map((header, index) => ({
        id: `${index}`,
        header,
        isRowHeader: index === 0,
        cell: (row: readonly string[]) => <StoredText text={row[index] ?? ''} most={300} />,
      }))}
    />
  );
}
