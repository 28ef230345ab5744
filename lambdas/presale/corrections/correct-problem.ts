import { resultOf } from '#kit/api/answers.ts';
import { authorOf } from '#kit/api/author.ts';
import { route } from '#kit/api/route.ts';
import { InvalidInputError, NotFoundError } from '#kit/errors.ts';
import { correctedProblem } from '../api/answers.ts';
import { idPath } from '../api/parameters.ts';
import { correctionRequest, type correctRoutes } from '../contract.ts';
import { type CorrectionPorts, writeProblems } from './load-corrections.ts';
import { unknownColumns } from './ragged-row.ts';

/** PUT /presale/problems/{id} */
const putProblem = route({
  summary: 'Corrects a problem row',
  permission: 'operate',
  description:
    'The cells that change, by the Chinese names of their columns. A row that is right then is loaded at once. A row whose line has another number of fields than the header is corrected by its whole line (`原始資料`) or by all its cells alone.',
  answers: { 200: resultOf(correctedProblem) },
  path: idPath,
  body: correctionRequest,
  handle: async ({ path: { id }, body: { cells, who }, caller }, ports: CorrectionPorts) => {
    const found = await ports.corrections.find(id);
    if (!found) throw new NotFoundError(`Problem id ${id} doesn't exist.`);
    refuseUnknown(unknownColumns(found.raw, cells));
    const author = { who: authorOf(caller, who), source: null };
    const change = { line_number: found.line_number, cells };
    const [row] = await ports.corrections.correct({ ...found, lines: [found.line_number] }, author, () => [change]);
    await writeProblems(found, ports);
    return { status: 200, body: { result: { id, state: row?.state, reasons: row?.reasons } } };
  },
});

function refuseUnknown(unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new InvalidInputError({ json: Object.fromEntries(unknown.map((name) => [name, ['Unknown column.']])) });
}

/** What `correct-problem` answers. */
export const correctApi = { 'PUT /presale/problems/{id}': putProblem } satisfies Record<
  (typeof correctRoutes)[number],
  unknown
>;
