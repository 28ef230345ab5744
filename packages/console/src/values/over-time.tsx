import Box from '@cloudscape-design/components/box';
import MixedLineBarChart from '@cloudscape-design/components/mixed-line-bar-chart';
import { useTexts } from '../texts/index.ts';

/** One line or one colour of bars. */
export interface DrawnSeries {
  readonly title: string;
  readonly data: readonly { readonly x: string; readonly y: number }[];
  /** @default the next of the palette */
  readonly color?: string;
}

interface OverTimeProps {
  readonly series: readonly DrawnSeries[];
  /** What the chart is of, for those who do not see it. */
  readonly label: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly format: (value: number) => string;
  /** @default as the API writes it, such as 2026-11 */
  readonly xFormat?: (x: string) => string;
  /** Bars on top of each other: parts of one sum. @default lines */
  readonly stacked?: boolean;
  /** All moments of the span, also those of nothing. @default those that the series have */
  readonly domain?: readonly string[];
  readonly waits: boolean;
  readonly empty: string;
}

// A line of fewer points is hardly seen.
const fewPoints = 3;

/** What changed from one day, month or hour to the next. */
export function OverTime({
  series,
  label,
  xFormat,
  stacked = false,
  domain,
  waits,
  empty,
  format,
  ...titles
}: OverTimeProps) {
  const { t } = useTexts();
  const all = domain ?? [...new Set(series.flatMap(({ data }) => data.map(({ x }) => x)))].sort();
  const type = stacked || all.length < fewPoints ? ('bar' as const) : ('line' as const);
  return (
    <MixedLineBarChart
      series={series.map(({ title, data, color }) => ({
        title,
        type,
        data: [...data].sort(byTime),
        valueFormatter: format,
        ...(color === undefined ? {} : { color }),
      }))}
      {...titles}
      stackedBars={stacked}
      xScaleType="categorical"
      xDomain={series.length === 0 ? [] : [...all]}
      yTickFormatter={format}
      {...(xFormat ? { xTickFormatter: xFormat } : {})}
      height={240}
      hideFilter
      statusType={waits ? 'loading' : 'finished'}
      loadingText={t('list.loading')}
      empty={<Box textAlign="center">{empty}</Box>}
      ariaLabel={label}
    />
  );
}

function byTime(one: { readonly x: string }, other: { readonly x: string }): number {
  return one.x.localeCompare(other.x);
}
