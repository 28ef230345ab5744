import { actions } from '../behavior/actions.ts';
import type { DatabaseAnswer, MetricsPorts, Question, Row } from './ports.ts';
import { textOf } from './questions.ts';

/** What a question found, and where. */
export interface Found extends Pick<DatabaseAnswer, 'active_items' | 'kept_from'> {
  readonly rows: readonly Row[];
  readonly source: 'database' | 'files';
}

/**
 * Asks the database first; a question that reaches back beyond what it holds is asked of the files, all of it: they hold
 * every day, today's too, so that a user who was active on both sides is counted once.
 */
export async function ask(question: Question, { askDatabase, askFiles }: MetricsPorts): Promise<Found> {
  const { rows, active_items, kept_from } = await askDatabase(question);
  if (rows) return { rows, active_items, kept_from, source: 'database' };
  if (question.ask === 'trends') throw new Error('Trends are the database’s');
  const { scope } = question;
  // Folders are encoded by who writes them, and a partition is what its folder is called.
  const source = { table: 'behaviors', segments: 'segments', tenantFolder: encodeURIComponent(scope.tenant_id) };
  return {
    rows: await askFiles(textOf(question, { source, scope, knownActions: actions })),
    active_items,
    kept_from,
    source: 'files',
  };
}
