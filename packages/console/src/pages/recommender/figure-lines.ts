/** A row of the figures of one day. */
export interface DayFigures {
  readonly day: string;
  readonly impressions: number;
  readonly clicks: number;
  readonly conversions: number;
}

/** What one strategy, model, group or slot came to. */
export interface FigureLine {
  readonly name: string;
  readonly impressions: number;
  readonly clicks: number;
  readonly conversions: number;
  /** Null where nothing was shown. */
  readonly ctr: number | null;
  readonly conversion_rate: number | null;
  /** Only days on which something was shown. */
  readonly days: readonly { readonly day: string; readonly ctr: number; readonly conversion_rate: number }[];
}

/** Days added up by what they are of, the most shown first. Shares are of the sums: a day of few weighs little. */
export function figureLines<T extends DayFigures>(
  rows: readonly T[],
  nameOf: (row: T) => string,
): readonly FigureLine[] {
  return [...Map.groupBy(rows, nameOf)]
    .map(([name, own]) => {
      const sum = sumOf(own);
      const days = [...Map.groupBy(own, ({ day }) => day)].map(([day, of]) => ({ day, ...sharesOf(sumOf(of)) }));
      return { name, ...sum, ...sharesOf(sum), days: days.flatMap(shown) };
    })
    .sort((one, other) => other.impressions - one.impressions || one.name.localeCompare(other.name));
}

type Sum = Omit<DayFigures, 'day'>;

function sumOf(rows: readonly Sum[]): Sum {
  const add = (name: keyof Sum) => rows.reduce((all, row) => all + row[name], 0);
  return { impressions: add('impressions'), clicks: add('clicks'), conversions: add('conversions') };
}

function sharesOf({ impressions, clicks, conversions }: Sum) {
  return impressions === 0
    ? { ctr: null, conversion_rate: null }
    : { ctr: clicks / impressions, conversion_rate: conversions / impressions };
}

function shown({ day, ctr, conversion_rate }: { readonly day: string } & ReturnType<typeof sharesOf>) {
  return ctr === null || conversion_rate === null ? [] : [{ day, ctr, conversion_rate }];
}
