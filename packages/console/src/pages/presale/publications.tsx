import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useHref } from 'react-router';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { Problem } from '../../lists/problem.tsx';
import { Waiting } from '../../lists/waiting.tsx';
import { useTexts } from '../../texts/index.ts';
import { type CountyCell, countyGrid } from './county-grid.ts';

type Run = components['schemas']['PresaleRun'];

const lookAgainMs = 10_000;
// A year of three publications a month.
const shownRuns = 36;

/** What became of each county in each publication: one look tells where something is missing. */
export default function Publications() {
  const { t } = useTexts();
  const query = useQuery({
    queryKey: ['publications'],
    queryFn: async () =>
      (await answer(api.GET('/presale/runs', { params: { query: { start: 0, length: shownRuns } } }))).result.data,
    refetchInterval: lookAgainMs,
  });
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t('publications.about')}>
        {t('publications.title')}
      </Header>
      {query.isPending && <Waiting lines={8} />}
      {query.isError && <Problem error={query.error} again={query.refetch} />}
      {query.data && (
        <Container>
          {query.data.length === 0 ? <Box>{t('publications.empty')}</Box> : <Grid runs={query.data} />}
        </Container>
      )}
    </SpaceBetween>
  );
}

function Grid({ runs }: { readonly runs: readonly Run[] }) {
  const { t } = useTexts();
  const { names, rows } = countyGrid(runs);
  return (
    <SpaceBetween size="s">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="calendar" tabIndex={0} aria-label={t('publications.title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('presale.county')}</th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ county, cells }) => (
              <tr key={county}>
                <th scope="row">{county}</th>
                {cells.map((cell, index) => (
                  <Cell key={names[index]} county={county} cell={cell} run={names[index] ?? ''} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Box variant="small">{t('publications.legend')}</Box>
    </SpaceBetween>
  );
}

interface CellProps {
  readonly county: string;
  readonly run: string;
  readonly cell: CountyCell | undefined;
}

/** Problem rows are put right where they are listed; of anything else the run tells more. */
function Cell({ county, run, cell }: CellProps) {
  const { t, language } = useTexts();
  const base = useHref('/').replace(/\/$/, '');
  if (!cell) return <td />;
  const { look, good, problems, reason, publication } = cell;
  const words = t('publications.cell', {
    county,
    run,
    good: good.toLocaleString(language),
    problems: problems.toLocaleString(language),
  });
  const rows = new URLSearchParams({ county, publication_date: publication });
  const place = problems > 0 ? `/presale/problems?${rows}` : `/runs/presale/${encodeURIComponent(run)}`;
  return (
    <td>
      <a className={look} href={base + place} title={reason === null ? words : `${words}: ${reason}`}>
        {problems > 0 ? `${good} + ${problems}` : good}
        <span className="only-read">{words}</span>
      </a>
    </td>
  );
}
