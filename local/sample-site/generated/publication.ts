import { type Day, partsOf, seasonOf } from '../calendar.ts';
import { type County, counties, countyOf } from '../counties.ts';
import { layoutOf, place } from './csv-format.ts';
import { deal } from './deal.ts';
import { oddities } from './oddities.ts';
import { projectsOnSale } from './projects.ts';
import { type Random, randomFor } from './random.ts';
import { NUMBERS_PER_PUBLICATION, serialNumber } from './serial-number.ts';

/** A row of a county's file. The season's file no longer holds the withdrawn ones. */
export interface Row {
  readonly text: string;
  readonly withdrawn: boolean;
}

/** How many deals a county has in a publication; small ones often have none. */
export function countyCount(seed: string, county: County, date: Day): number {
  const random = randomFor(seed, 'count', county.letter, date);
  const usual = county.dealsPerPublication * marketSize(date);
  return usual < 10 ? smallCount(random, usual) : Math.round(usual * (0.75 + 0.5 * random.fraction()));
}

/** All rows of a county in one publication, in the order of the file; none where it has no deals or no such letter is known. */
export function countyRows(seed: string, letter: string, date: Day): Row[] {
  const county = countyOf(letter);
  const count = county === undefined ? 0 : countyCount(seed, county, date);
  if (county === undefined || count === 0) {
    return [];
  }

  const random = randomFor(seed, 'deals', letter, date);
  const projects = projectsOnSale(seed, county, seasonOf(date));
  const odd = oddRows(seed, date).get(letter) ?? new Map<number, string>();
  const layout = layoutOf(date);

  return Array.from({ length: count }, (_, index) => {
    const cells = deal(random, random.pick(projects), date).slice(0, layout.columns);
    cells[place.編號] = serialNumber(letter, publicationNumber(date) * NUMBERS_PER_PUBLICATION + index);
    oddities[odd.get(index) ?? '']?.(cells);
    return { text: cells.join(','), withdrawn: random.chance(0.004) };
  });
}

/** Which row of which county carries which oddity: each once in a publication, most of them in the large counties. */
function oddRows(seed: string, date: Day): Map<string, Map<number, string>> {
  const random = randomFor(seed, 'oddities', date);
  const sizes = counties.map((county) => [county.letter, countyCount(seed, county, date)] as const);
  const placed = new Map<string, Map<number, string>>();

  for (const name of Object.keys(oddities)) {
    const letter = random.weighted(sizes);
    const size = sizes.find(([candidate]) => candidate === letter)?.[1] ?? 0;
    const taken = placed.get(letter) ?? new Map<number, string>();
    let index = random.whole(0, size - 1);
    while (taken.has(index)) {
      index = (index + 1) % size;
    }

    placed.set(letter, taken.set(index, name));
  }

  return placed;
}

/** Counts publications from 2019 on: 36 a year. It makes serial numbers differ from publication to publication. */
function publicationNumber(date: Day): number {
  const { year, month, dayOfMonth } = partsOf(date);
  return (year - 2019) * 36 + (month - 1) * 3 + Math.floor(dayOfMonth / 10);
}

/** The registration grew: few sellers reported before 2021. */
function marketSize(date: Day): number {
  const { year } = partsOf(date);
  return year <= 2019 ? 0.35 : year === 2020 ? 0.5 : 1;
}

/** Poisson: what a place with about two deals in ten days shows. */
function smallCount(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.fraction(); product > limit; product *= random.fraction()) {
    count += 1;
  }

  return count;
}
