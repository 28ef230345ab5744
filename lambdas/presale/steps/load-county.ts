import type { LoadedCounty } from '../contract.ts';
import { readFile } from '../file/read-file.ts';
import type { CountyFile, LoadDeals, RawFiles, ReadProblems } from '../ports.ts';
import { problemsKey } from '../publication/keys.ts';
import { problemsDocument } from './problems-document.ts';

export interface LoadCountyPorts {
  readonly raw: RawFiles;
  readonly load: LoadDeals;
  readonly problems: ReadProblems;
}

/** A county's backup into the database, and its problem rows into the bucket. Safe to run twice. */
export async function loadCounty(file: CountyFile, ports: LoadCountyPorts): Promise<LoadedCounty> {
  const { plan, county, backup } = file;
  // Opened before the transaction, so that a missing file costs none.
  let opened: AsyncIterable<Uint8Array> | undefined = await ports.raw.read(backup.source_key);
  const outcome = await ports.load(file, async function* (refusals) {
    const bytes = opened ?? (await ports.raw.read(backup.source_key));
    opened = undefined;
    yield* readFile(bytes, refusals);
  });
  const key = problemsKey(plan.publication_date, county);
  // An earlier load may have left rows there that are none any more.
  if (outcome.problems > 0 || (await ports.raw.exists(key))) {
    const document = problemsDocument(county, ports.problems(plan.name, county));
    await ports.raw.upload(key, document, { contentType: 'application/json; charset=utf-8' });
  }
  return outcome;
}
