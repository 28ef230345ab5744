import type { Scope } from './sql.ts';

/** What figures can be grouped by. */
export const dimensions = ['day', 'scenario', 'strategy', 'model', 'experiment', 'slot', 'segment'] as const;
export type Dimension = (typeof dimensions)[number];

/** What top items can be ordered by. */
export const topFigures = ['impressions', 'clicks', 'conversions', 'engagements', 'ctr'] as const;
export type TopFigure = (typeof topFigures)[number];

/** What `recommender/metrics-api` asks of `recommender/answer-numbers`, which has the database. */
export type Question = { readonly scope: Scope } & (
  | { readonly ask: 'figures'; readonly by: readonly Dimension[] }
  | { readonly ask: 'funnel' }
  | { readonly ask: 'top-items'; readonly by: TopFigure; readonly most: number }
  | { readonly ask: 'trends'; readonly dimension: TrendDimension }
);

/** What the rows of a day are kept by; '' is all of the day. */
export const trendDimensions = ['', 'strategy', 'model', 'experiment', 'slot', 'segment'] as const;
export type TrendDimension = (typeof trendDimensions)[number];

/** A row of an answer: numbers come as text from Athena, and from PostgreSQL where they are large. */
export type Row = Record<string, string | number | null>;

/** What the database knows. */
export interface DatabaseAnswer {
  /** Absent where the question is about days that have left the database: the files are asked then. */
  readonly rows?: Row[] | undefined;
  /** Active items of the scope: what coverage is a share of. */
  readonly active_items: number;
  /** The first day that the database holds as a whole. */
  readonly hot_from: string;
  /** The first day from which all of the scope is kept; `null` where nothing was ever taken away. */
  readonly kept_from: string | null;
}

/** What the routes of the metrics need. */
export interface MetricsPorts {
  readonly askDatabase: (question: Question) => Promise<DatabaseAnswer>;
  readonly askFiles: (sql: string) => Promise<readonly Row[]>;
  readonly today: () => string;
}
