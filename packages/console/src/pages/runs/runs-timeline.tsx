import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useHref } from 'react-router';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { Problem } from '../../lists/problem.tsx';
import { stateText, useTexts } from '../../texts/index.ts';
import { Moment, spanText } from '../../values/moment.tsx';
import { type Bar, type Lane, lanesOf } from './lanes.ts';
import type { runFilter } from './run-filter.ts';
import { runPlace } from './run-place.ts';

type Run = components['schemas']['Run'];

// The newest: what a screen shows apart, and one page of the API.
const shownRuns = 200;
const lookAgainMs = 10_000;
const rowHeight = 14;

/** When runs worked, and which of them at once. The table below has the same for those who do not see it. */
export function RunsTimeline({ filter }: { readonly filter: ReturnType<typeof runFilter> }) {
  const { t } = useTexts();
  const query = useQuery({
    queryKey: ['runs-timeline', filter],
    queryFn: async () =>
      (await answer(api.GET('/platform/runs', { params: { query: { ...filter, start: 0, length: shownRuns } } })))
        .result.data,
    placeholderData: keepPreviousData,
    refetchInterval: lookAgainMs,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const drawn = lanesOf(query.data ?? [], Date.now());
  if (!drawn) return null;
  return (
    <Container
      header={
        <Header variant="h2" description={t('runs.timeline-about', { count: query.data?.length ?? 0 })}>
          {t('runs.timeline')}
        </Header>
      }
    >
      <div className="lanes">
        {drawn.lanes.map((lane) => (
          <LaneRow key={lane.workload} lane={lane} />
        ))}
      </div>
      <div className="lanes-axis">
        <Moment at={new Date(drawn.from).toISOString()} />
        <Moment at={new Date(drawn.to).toISOString()} />
      </div>
    </Container>
  );
}

/** Drawn by attributes: the policy allows no style in the page. */
function LaneRow({ lane: { workload, rows, bars } }: { readonly lane: Lane<Run> }) {
  const height = rows * rowHeight;
  return (
    <div className="lane">
      <span>{workload}</span>
      <svg
        height={height}
        viewBox={`0 0 100 ${height}`}
        preserveAspectRatio="none"
        focusable="false"
        aria-hidden="true"
      >
        {bars.map((bar) => (
          <RunBar key={bar.run.name} bar={bar} />
        ))}
      </svg>
    </div>
  );
}

function RunBar({ bar: { run, left, width, row } }: { readonly bar: Bar<Run> }) {
  const { t, language } = useTexts();
  const base = useHref('/').replace(/\/$/, '');
  const took = spanText((run.ended_at ? Date.parse(run.ended_at) : Date.now()) - Date.parse(run.started_at));
  const at = new Date(run.started_at).toLocaleString(language);
  return (
    <a href={base + runPlace(run)} tabIndex={-1}>
      <title>{`${run.name}: ${stateText(t, run.state)}, ${at}, ${took}`}</title>
      <rect className={`bar ${run.state}`} x={left} width={width} y={row * rowHeight + 1} height={rowHeight - 2} />
    </a>
  );
}
