import type { RunPlan } from '../contract.ts';
import type { RawFiles } from '../ports.ts';
import type { CountyLetter } from '../publication/counties.ts';
import { receiptKey } from '../publication/keys.ts';
import { publicationBefore } from '../publication/publication-date.ts';
import { seasonBefore } from '../publication/season.ts';
import { type Receipt, readReceipt } from './receipt.ts';

// Three months of three publications; what is older has another season's rows.
const publicationsOfASeason = 9;

/** The newest backup of a county from before this run's publication, a season back at most. */
export async function earlierBackup(
  plan: RunPlan,
  county: CountyLetter,
  raw: Pick<RawFiles, 'exists' | 'readText'>,
): Promise<{ readonly name: string; readonly receipt: Receipt } | undefined> {
  for (const name of namesBefore(plan)) {
    const key = receiptKey(name, county);
    if (await raw.exists(key)) return { name, receipt: readReceipt(await raw.readText(key), key) };
  }
  return undefined;
}

function namesBefore({ season, publication_date }: RunPlan): string[] {
  if (season !== null) return [seasonBefore(season)];
  const names: string[] = [];
  let date = publication_date;
  while (names.length < publicationsOfASeason) {
    date = publicationBefore(date);
    names.push(date);
  }
  return names;
}
