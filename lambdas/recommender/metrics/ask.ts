import { PermanentError } from '#kit/errors.ts';
import { actions } from '../behavior/actions.ts';
import type { DatabaseAnswer, MetricsPorts, Question, Row } from './ports.ts';
import { textOf } from './questions.ts';

/** What a question found, and where. */
export interface Found extends Pick<DatabaseAnswer, 'active_items'> {
  readonly rows: readonly Row[];
  readonly source: 'database' | 'files';
}

/**
 * Asks the database first; a question that reaches back beyond what it holds is asked of the files, all of it: they hold
 * every day, today's too, so that nobody who came on both sides is counted twice.
 */
export async function ask(question: Question, { askDatabase, askFiles }: MetricsPorts): Promise<Found> {
  const { rows, active_items, hot_from } = await askDatabase(question);
  if (rows) return { rows, active_items, source: 'database' };
  if (question.ask === 'trends') throw new Error('Trends are the database’s');
  if (question.ask === 'figures' && question.by.includes('segment'))
    throw new PermanentError(`Segments are known of days from ${hot_from} on; ask /metrics/trends for earlier ones.`);
  const { scope } = question;
  // Folders are encoded by who writes them, and a partition is what its folder is called.
  const source = { table: 'behaviors', tenantFolder: encodeURIComponent(scope.tenant_id) };
  return {
    rows: await askFiles(textOf(question, { source, scope, knownActions: actions })),
    active_items,
    source: 'files',
  };
}
