import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { answer, api } from '../../api/client.ts';
import { useMay } from '../../api/permissions.ts';
import type { components } from '../../api/schema.gen';
import { AppButton } from '../../lists/app-button.tsx';
import { useNotices } from '../../lists/notices.tsx';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { stateText, useTexts } from '../../texts/index.ts';
import { Moment } from '../../values/moment.tsx';
import { Corrections } from './corrections.tsx';
import { reasonText } from './reason-text.ts';

type Row = components['schemas']['ProblemRowWithCorrections'];

/** One row that was not loaded: each cell that is wrong with its reason, to be put right here. */
export default function ProblemRowPage() {
  const id = Number(useParams().id);
  const query = useQuery({
    queryKey: ['problem', id],
    queryFn: async () => (await answer(api.GET('/presale/problems/{id}', { params: { path: { id } } }))).result,
  });
  if (query.isPending) return <Waiting lines={6} />;
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  return <EditedRow key={`${id} ${query.data.corrections.length}`} row={query.data} />;
}

function EditedRow({ row }: { readonly row: Row }) {
  const { t } = useTexts();
  const [cells, setCells] = useState(row.raw as Readonly<Record<string, string>>);
  const atCells = row.reasons.filter(({ column }) => column !== '');
  const wrong = new Map(atCells.map(({ column, reason }) => [column, reasonText(t, reason)]));
  const field = (column: string) => (
    <Cell
      key={column}
      row={row}
      column={column}
      value={cells[column] ?? ''}
      wrong={wrong.get(column)}
      change={(value) => setCells({ ...cells, [column]: value })}
    />
  );
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('problem.about')}>
        {`${row.county} ${row.line_number}, ${row.publication_date}`}
      </Header>
      {row.reasons.length === 0 && <LoadedRow row={row} />}
      <Container
        header={<Header variant="h2">{t('problem.wrong')}</Header>}
        footer={<SaveButton row={row} cells={cells} />}
      >
        <SpaceBetween size="m">
          <WholeRow row={row} />
          {[...wrong.keys()].map(field)}
        </SpaceBetween>
      </Container>
      <ExpandableSection variant="container" headerText={t('problem.others')}>
        <SpaceBetween size="m">{row.header.filter((column) => !wrong.has(column)).map(field)}</SpaceBetween>
      </ExpandableSection>
      <Corrections corrections={row.corrections} />
      <Box variant="small">
        {t('problems.found')} <Moment at={row.found_at} /> · <code className="stored">{row.source_key}</code>
      </Box>
    </SpaceBetween>
  );
}

/** Nothing is wrong any more: where the deal is. */
function LoadedRow({ row }: { readonly row: Row }) {
  const { t } = useTexts();
  const { 建案名稱: project = '' } = row.raw as Readonly<Record<string, string>>;
  const deals = new URLSearchParams({ county: row.county, ...(project === '' ? {} : { search: project }) });
  return (
    <Alert type="success" action={<AppButton to={`/presale/deals?${deals}`}>{t('problem.see-deal')}</AppButton>}>
      {t('problem.is-loaded')}
    </Alert>
  );
}

/** What is wrong with the row as a whole, and with no cell alone: fields are missing, or too many. */
function WholeRow({ row }: { readonly row: Row }) {
  const { t } = useTexts();
  const reasons = row.reasons.filter(({ column }) => column === '').map(({ reason }) => reasonText(t, reason));
  return reasons.length === 0 ? null : <Alert type="warning">{reasons.join('; ')}</Alert>;
}

/** Saves the cells that differ from the row as it is stored. */
function SaveButton({ row, cells }: { readonly row: Row; readonly cells: Readonly<Record<string, string>> }) {
  const { t } = useTexts();
  const raw = row.raw as Readonly<Record<string, string>>;
  const changed = Object.fromEntries(Object.entries(cells).filter(([column, value]) => value !== raw[column]));
  const count = Object.keys(changed).length;
  const may = useMay('operate');
  const correct = useCorrection(row.id);
  return (
    <Button
      variant="primary"
      disabled={count === 0 || may !== true}
      {...(may === false ? { disabledReason: t('action.refused', { permission: 'operate' }) } : {})}
      loading={correct.isPending}
      onClick={() => correct.mutate(changed)}
    >
      {t('problem.save', { count })}
    </Button>
  );
}

interface CellProps {
  readonly row: Row;
  readonly column: string;
  readonly value: string;
  readonly wrong: string | undefined;
  readonly change: (value: string) => void;
}

/** The column's name is the file's own, in every language. */
function Cell({ row, column, value, wrong, change }: CellProps) {
  const { t } = useTexts();
  const file = (row.file_raw ?? row.raw) as Readonly<Record<string, string>>;
  return (
    <FormField
      label={<bdi lang="zh-Hant">{column}</bdi>}
      errorText={wrong}
      constraintText={file[column] === value ? undefined : t('problem.file-said', { said: file[column] ?? '' })}
    >
      <Input value={value} onChange={({ detail }) => change(detail.value)} />
    </FormField>
  );
}

/** Sends the cells that were changed; the answer says whether the row is loaded now. */
function useCorrection(id: number) {
  const { t } = useTexts();
  const { tell, tellError } = useNotices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (cells: Readonly<Record<string, string>>) =>
      (await answer(api.PUT('/presale/problems/{id}', { params: { path: { id } }, body: { cells } }))).result,
    onSuccess: ({ state }) => {
      tell(t('problem.saved', { state: stateText(t, state) }), state === 'problem' ? 'warning' : 'success');
      void queries.invalidateQueries();
    },
    onError: tellError,
  });
}
