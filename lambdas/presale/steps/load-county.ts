import type { LoadedCounty } from '../contract.ts';
import { problemsDocument } from '../corrections/problems-document.ts';
import { unknownNames } from '../file/known-names.ts';
import { readFile } from '../file/read-file.ts';
import type { CountyFile, DriftBook, LoadDeals, RawFiles, ReadProblems } from '../ports.ts';
import { problemsKey } from '../publication/keys.ts';
import { asOf } from '../publication/season.ts';

export interface LoadCountyPorts {
  readonly raw: Pick<RawFiles, 'read' | 'upload'>;
  readonly load: LoadDeals;
  readonly problems: ReadProblems;
  readonly drift: Pick<DriftBook, 'sawColumns'>;
}

/** A county's backup into the database, and its problem rows into the bucket. Safe to run twice. */
export async function loadCounty(file: CountyFile, ports: LoadCountyPorts): Promise<LoadedCounty> {
  const { plan, county, backup } = file;
  // Opened before the transaction, so that a missing file costs none.
  let opened: AsyncIterable<Uint8Array> | undefined = await ports.raw.read(backup.source_key);
  let unknown: readonly string[] = [];
  const outcome = await ports.load(file, async function* (refusals) {
    const bytes = opened ?? (await ports.raw.read(backup.source_key));
    opened = undefined;
    yield* readFile(bytes, refusals, {
      newest: asOf(plan),
      onHeader: (names) => {
        unknown = unknownNames(names);
      },
    });
  });
  await ports.drift.sawColumns(file, unknown);
  // Also when there are none: an earlier load may have left rows there.
  const contentType = 'application/json; charset=utf-8';
  await ports.problems(plan.name, county, (rows) =>
    ports.raw.upload(problemsKey(plan.publication_date, county), problemsDocument(county, rows), { contentType }),
  );
  return outcome;
}
