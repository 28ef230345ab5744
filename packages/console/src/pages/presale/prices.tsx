import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client.ts';
import type { components } from '../../api/schema.gen';
import { Problem } from '../../lists/problem.tsx';
import { useTexts } from '../../texts/index.ts';
import { OverTime } from '../../values/over-time.tsx';

interface PricesProps {
  readonly counties: readonly string[];
  readonly district: string | undefined;
}

// More lines than these nobody tells apart.
const mostLines = 6;
const atRestMs = 60_000;
const pageLength = 500;
// The newest come first: of more groups than these the last years are shown.
const mostPages = 10;

type Row = components['schemas']['MonthlyStatistic'];

/** What a square metre cost, by month: in the districts of a county with most deals, or of several in each of them. */
export function Prices({ counties, district }: PricesProps) {
  const { t, language } = useTexts();
  const heading = t('deals.prices', { county: counties.length > mostLines ? counties.length : counties.join(', ') });
  const filter = { county: counties.join(','), ...(district ? { district } : {}) };
  const query = useQuery({
    queryKey: ['prices', filter],
    queryFn: () => statisticsOf(filter),
    staleTime: atRestMs,
  });
  if (query.isError) return <Problem error={query.error} again={query.refetch} />;
  const byPlace = Map.groupBy(query.data ?? [], (row) => (counties.length > 1 ? row.county : row.district));
  const most = [...byPlace].sort(([, a], [, b]) => dealsOf(b) - dealsOf(a)).slice(0, mostLines);
  const series = most.map(([title, rows]) => ({
    title,
    data: [...Map.groupBy(rows, monthOf)].map(([x, own]) => ({ x, y: priceOf(own) })),
  }));
  return (
    <Container header={<Header variant="h2">{heading}</Header>}>
      <OverTime
        series={series}
        label={heading}
        xTitle={t('deals.month')}
        yTitle={t('deals.wan-per-ping')}
        format={(value) => value.toLocaleString(language, { maximumFractionDigits: 1 })}
        waits={query.isPending}
        empty={t('deals.no-prices')}
      />
    </Container>
  );
}

async function statisticsOf(filter: { readonly county: string; readonly district?: string }) {
  const all: Row[] = [];
  for (let page = 0; page < mostPages; page += 1) {
    const query = { ...filter, start: page * pageLength, length: pageLength };
    const { data, total } = (await answer(api.GET('/apiv1/deal-statistics', { params: { query } }))).result;
    // One without a price is of deals without a house.
    all.push(...data.filter((row) => row.average_house_unit_price_wan_per_ping !== null));
    if (all.length >= total || data.length < pageLength) break;
  }
  return all;
}

function dealsOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function monthOf({ year, month }: Row): string {
  return `${year}-${String(month).padStart(2, '0')}`;
}

/** The mean of all deals, which are told by project and rooms. */
function priceOf(rows: readonly Row[]): number {
  const sum = rows.reduce((all, row) => all + (row.average_house_unit_price_wan_per_ping ?? 0) * row.count, 0);
  return sum / dealsOf(rows);
}
