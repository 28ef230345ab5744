import type { RunPlan } from '../contract.ts';
import type { RawFiles } from '../ports.ts';
import type { CountyLetter } from '../publication/counties.ts';
import { receiptKey } from '../publication/keys.ts';
import { publicationAfter, publicationBefore } from '../publication/publication-date.ts';
import { seasonBefore } from '../publication/season.ts';
import { type Receipt, readReceipt } from './receipt.ts';

/** A backup of another publication or season. */
export interface OtherBackup {
  readonly name: string;
  readonly receipt: Receipt;
}

type Read = Pick<RawFiles, 'exists' | 'readText'>;

// Three months of three publications; what is further away has another season's rows.
const publicationsOfASeason = 9;

/** The newest backup of a county from before this run's publication, a season back at most. */
export function earlierBackup(plan: RunPlan, county: CountyLetter, raw: Read): Promise<OtherBackup | undefined> {
  const names =
    plan.season === null ? publications(plan.publication_date, publicationBefore) : [seasonBefore(plan.season)];
  return firstBackup(names, county, raw, () => true);
}

/**
 * A later publication's backup of a county with these bytes: the site has moved on without its list saying so (a new
 * season clears it). `today` bounds what can be there.
 */
export function laterBackup(
  plan: RunPlan,
  county: CountyLetter,
  raw: Read,
  { sha256, today }: { readonly sha256: string; readonly today: string },
): Promise<OtherBackup | undefined> {
  const names =
    plan.season === null
      ? publications(plan.publication_date, publicationAfter).filter((publication) => publication <= today)
      : [];
  return firstBackup(names, county, raw, (receipt) => receipt.sha256 === sha256);
}

async function firstBackup(
  names: readonly string[],
  county: CountyLetter,
  raw: Read,
  fits: (receipt: Receipt) => boolean,
): Promise<OtherBackup | undefined> {
  for (const name of names) {
    const key = receiptKey(name, county);
    if (!(await raw.exists(key))) continue;
    const receipt = readReceipt(await raw.readText(key), key);
    if (fits(receipt)) return { name, receipt };
  }
  return undefined;
}

function publications(from: string, next: (date: string) => string): string[] {
  const dates: string[] = [];
  for (let date = next(from); dates.length < publicationsOfASeason; date = next(date)) dates.push(date);
  return dates;
}
