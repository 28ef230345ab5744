import { type CostLine, totalOf } from './idle-costs.ts';
import { type PricedRegion, type PriceName, pricedRegions, priceOf, prices } from './prices.ts';

import { type Staying, stayingRows } from './staying.ts';

/** One environment's lines in one region. */
export interface Costs {
  /** `dev`, `dev without Kafka`. */
  readonly name: string;
  readonly region: PricedRegion;
  readonly lines: readonly CostLine[];
}

/** For a terminal: each line with its formula, then the sum and what it lacks. */
export function costReport({ name, region, lines }: Costs): string {
  const rows = lines.map((line) => {
    const usd = line.usd === undefined ? '?' : line.usd.toFixed(2);
    return `${usd.padStart(9)}  ${line.what}: ${formulaOf(line, region)}`;
  });
  return [`${name} in ${region}, USD a month of 730 hours in which nothing happens`, ...rows, inAll(lines)].join('\n');
}

/** `2 × 730 h × 0.0596`. */
function formulaOf({ count, price, quantity }: CostLine, region: PricedRegion): string {
  const known = priceOf(price, region);
  if (known) return `${count} × ${known.usd}`;
  const elsewhere = pricedRegions.flatMap((other) => {
    const there = priceOf(price, other);
    return there ? [`in ${other} ${count} × ${there.usd} = ${(quantity * there.usd).toFixed(2)}`] : [];
  });
  return `no source for its price here; ${elsewhere.join(', ')}`;
}

function inAll(lines: readonly CostLine[]): string {
  const { usd, without } = totalOf(lines);
  const lacking = without.length === 0 ? '' : `, and ${without.map(({ what }) => what).join(', ')}`;
  return `${usd.toFixed(2).padStart(9)}  in all${lacking}`;
}

/** `127`, or `at least 80` where a line has no price: whole dollars, for documents. */
export function wholeTotal(lines: readonly CostLine[]): string {
  const { usd, without } = totalOf(lines);
  return `${without.length === 0 ? '' : 'at least '}${Math.round(usd)}`;
}

/** docs/costs.md: sums of all, the lines of each in its own region, and where each price is from. */
export function costDocument(all: readonly Costs[], staying: Staying, region: PricedRegion): string {
  const names = [...new Set(all.map(({ name }) => name))];
  const found = (name: string, where: PricedRegion) =>
    all.find((costs) => costs.name === name && costs.region === where)?.lines ?? [];
  return [
    '# What it costs while nothing happens',
    `Written by \`npm run cost -- --write\` from the synthesized templates and \`lib/costs/prices.ts\`; a test keeps it true. Nothing here has been billed yet: these are list prices, without tax, times what the templates have, a month of 730 hours. The free allowances of an account are counted as this environment's.`,
    'USD a month. "At least": the region has no source for one of the prices, so its line stands without a figure.',
    table(
      ['environment', ...pricedRegions],
      names.map((name) => [name, ...pricedRegions.map((where) => wholeTotal(found(name, where)))]),
    ),
    ...names.flatMap((name) => [
      `## ${name[0]?.toUpperCase()}${name.slice(1)} in ${region}`,
      linesTable(found(name, region), region),
    ]),
    ...notCounted,
    '## What stays when prod is taken down',
    'Kept on purpose, and to be deleted by hand; what it goes on costing stands below. dev and staging keep nothing.',
    table(['type', 'number', 'which'], stayingRows(staying.resources)),
    linesTable(staying.lines, region),
    '## Prices',
    'Read second-hand, from public pages that quote AWS’s price list: check them before you rely on them.',
    priceTable(),
  ]
    .join('\n\n')
    .concat('\n');
}

function linesTable(lines: readonly CostLine[], region: PricedRegion): string {
  return table(
    ['what', 'how it is counted', 'USD'],
    [
      ...lines.map((line) => [line.what, formulaOf(line, region), line.usd?.toFixed(2) ?? '?']),
      ['in all', '', wholeTotal(lines)],
    ],
  );
}

const notCounted = [
  '## What is not in it',
  'What lies there (the database’s pages, objects, logs, messages) costs by its size, and what happens (requests, runs, mails) by its number: a run of presale costs cents. An alarm’s own metrics cost 0.30 USD a month each in months in which something counts them. A database that pauses is awake as well after every request of a person.',
];

function priceTable(): string {
  const rows = (Object.keys(prices) as PriceName[]).flatMap((name) =>
    pricedRegions.map((region) => {
      const price = priceOf(name, region);
      return [
        prices[name].unit,
        region,
        price ? String(price.usd) : 'no source',
        price?.date ?? '',
        price?.source ?? '',
      ];
    }),
  );
  return table(['of one', 'region', 'USD', 'read', 'where'], rows);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
