import type * as z from 'zod';
import { PermanentError } from '#kit/errors.ts';
import { logger } from '#kit/telemetry.ts';
import type { correctedFileEvent } from '../contract.ts';
import type { RawFiles, ReadProblems } from '../ports.ts';
import { placeOfCorrected, problemsKey } from '../publication/keys.ts';
import { problemsDocument } from '../steps/problems-document.ts';
import { matchProblems, readCorrectedFile } from './corrected-file.ts';
import type { CorrectedRow, CorrectionBook, ProblemPlace } from './ports.ts';

export interface CorrectionPorts {
  readonly corrections: CorrectionBook;
  readonly problems: ReadProblems;
  readonly raw: Pick<RawFiles, 'upload'>;
}

/** Loads the rows of a corrected file that was dropped into the bucket. The same version of it twice is one correction. */
export async function loadCorrections(
  { detail: { object } }: z.output<typeof correctedFileEvent>,
  ports: CorrectionPorts & { readonly raw: Pick<RawFiles, 'readText'> },
): Promise<readonly CorrectedRow[]> {
  const place = placeOfCorrected(object.key);
  if (!place) throw new PermanentError(`${object.key} is not presale/corrected/{publication date}/{letter}.json`);
  const records = readCorrectedFile(await ports.raw.readText(object.key), place);
  const author = { who: `file:${object.key}`, source: `${object.key}@${object.etag}` };
  const rows = await ports.corrections.correct(place, author, (problems) => matchProblems(records, problems));
  await writeProblems(place, ports);
  const number = (state: CorrectedRow['state']) => rows.filter((row) => row.state === state).length;
  const counts = { loaded: number('loaded'), keptNewer: number('kept-newer'), problems: number('problem') };
  logger().info('A corrected file is loaded', { key: object.key, ...counts });
  return rows;
}

/** What is still wrong goes back to the person, in the place where problem rows are. */
export async function writeProblems(
  place: ProblemPlace,
  { corrections, problems, raw }: CorrectionPorts,
): Promise<void> {
  const document = problemsDocument(place.letter, problems(await corrections.runName(place), place.letter));
  const contentType = 'application/json; charset=utf-8';
  await raw.upload(problemsKey(place.publicationDate, place.letter), document, { contentType });
}
