import type { Migration } from 'kysely/migration';
import { roles } from './0001-roles.ts';
import { presale } from './0002-presale.ts';
import { presaleNewProjects } from './0003-presale-new-projects.ts';
import { presaleCorrections } from './0004-presale-corrections.ts';
import { presaleDrift } from './0005-presale-drift.ts';
import { platform } from './0010-platform.ts';
import { failureSources } from './0011-failure-sources.ts';
import { platformRuns } from './0012-platform-runs.ts';
import { platformAlerts } from './0013-platform-alerts.ts';
import { platformExports } from './0014-platform-exports.ts';
import { presaleLedger } from './0015-presale-ledger.ts';
import { tagger } from './0020-tagger.ts';
import { callers } from './0025-callers.ts';
import { tasks } from './0030-tasks.ts';
import { taskFiles } from './0033-task-files.ts';
import { taskCalls } from './0034-task-calls.ts';
import { platformAllRuns } from './0035-platform-all-runs.ts';
import { failedAttempts } from './0045-failed-attempts.ts';
import { presalePartialRuns } from './0050-presale-partial-runs.ts';
import { callersWithoutMemory } from './0065-callers-without-memory.ts';
import { tasksVisibility } from './0066-tasks-visibility.ts';
import { taskDeliveries } from './0067-task-deliveries.ts';
import { platformRunParents } from './0068-platform-run-parents.ts';
import { platformTurns } from './0069-platform-turns.ts';
import { briefs } from './0070-briefs.ts';
import { briefsLists } from './0071-briefs-lists.ts';
import { recommender } from './0080-recommender.ts';
import { recommenderVectors } from './0081-recommender-vectors.ts';
import { recommenderServing } from './0082-recommender-serving.ts';
import { recommenderModels } from './0084-recommender-models.ts';
import { recommenderNumbers } from './0086-recommender-numbers.ts';
import { recommenderDaysAtOnce } from './0088-recommender-days-at-once.ts';
import { recommenderPgvector } from './0090-recommender-pgvector.ts';
import { briefsSubmitMails } from './0095-briefs-submit-mails.ts';
import { platformRunsByWorkload } from './0105-platform-runs-by-workload.ts';
import { platformPauses } from './0106-platform-pauses.ts';
import { platformUserChanges } from './0107-platform-user-changes.ts';
import { recommenderKeptFiles } from './0110-recommender-kept-files.ts';
import { platformRunWaits } from './0113-platform-run-waits.ts';
import { platformStreamCounts } from './0115-platform-stream-counts.ts';
import { recommenderKeepAnswer } from './0116-recommender-keep-answer.ts';
import { recommenderLateDays } from './0117-recommender-late-days.ts';
import { briefsNarrowIndex } from './0118-briefs-narrow-index.ts';
import { platformSavedQueries } from './0119-platform-saved-queries.ts';
import { recommenderKeptBehavior } from './0122-recommender-kept-behavior.ts';

/** Every migration in its order. A migration that has run anywhere is never changed; a new one is added below. */
export const migrations: Record<string, Migration> = {
  '0001-roles': roles,
  '0002-presale': presale,
  '0003-presale-new-projects': presaleNewProjects,
  '0004-presale-corrections': presaleCorrections,
  '0005-presale-drift': presaleDrift,
  '0010-platform': platform,
  '0011-failure-sources': failureSources,
  '0012-platform-runs': platformRuns,
  '0013-platform-alerts': platformAlerts,
  '0014-platform-exports': platformExports,
  '0015-presale-ledger': presaleLedger,
  '0020-tagger': tagger,
  '0025-callers': callers,
  '0030-tasks': tasks,
  '0033-task-files': taskFiles,
  '0034-task-calls': taskCalls,
  '0035-platform-all-runs': platformAllRuns,
  '0045-failed-attempts': failedAttempts,
  '0050-presale-partial-runs': presalePartialRuns,
  '0065-callers-without-memory': callersWithoutMemory,
  '0066-tasks-visibility': tasksVisibility,
  '0067-task-deliveries': taskDeliveries,
  '0068-platform-run-parents': platformRunParents,
  '0069-platform-turns': platformTurns,
  '0070-briefs': briefs,
  '0071-briefs-lists': briefsLists,
  '0080-recommender': recommender,
  '0081-recommender-vectors': recommenderVectors,
  '0082-recommender-serving': recommenderServing,
  '0084-recommender-models': recommenderModels,
  '0086-recommender-numbers': recommenderNumbers,
  '0088-recommender-days-at-once': recommenderDaysAtOnce,
  '0090-recommender-pgvector': recommenderPgvector,
  '0095-briefs-submit-mails': briefsSubmitMails,
  '0105-platform-runs-by-workload': platformRunsByWorkload,
  '0106-platform-pauses': platformPauses,
  '0107-platform-user-changes': platformUserChanges,
  '0110-recommender-kept-files': recommenderKeptFiles,
  '0113-platform-run-waits': platformRunWaits,
  '0115-platform-stream-counts': platformStreamCounts,
  '0116-recommender-keep-answer': recommenderKeepAnswer,
  '0117-recommender-late-days': recommenderLateDays,
  '0118-briefs-narrow-index': briefsNarrowIndex,
  '0119-platform-saved-queries': platformSavedQueries,
  '0122-recommender-kept-behavior': recommenderKeptBehavior,
};
