/** A table that is exported, and how its rows are known again. */
export interface EditedTable {
  readonly name: `${string}.${string}`;
  /** The columns that identify a row regardless of its id: after a reload the same problem row has another id. */
  readonly key: readonly [string, ...string[]];
  /** Columns that hold the id of a row of a table of this list: that row may have another id when it comes back. */
  readonly references?: Readonly<Record<string, EditedTable['name']>>;
  /** Not edited, but others hang on it: its rows come back where they are missing, and are never replaced. */
  readonly parent?: true;
}

/**
 * The tables whose rows people change and no source holds: everything else comes again from the raw files. Parents stand
 * before those that hang on them.
 */
export const editedTables: readonly EditedTable[] = [
  { name: 'presale.runs', key: ['name'], parent: true },
  { name: 'presale.problems', key: ['run_name', 'letter', 'line_number'] },
  { name: 'presale.corrections', key: ['run_name', 'letter', 'line_number', 'corrected_at'] },
  { name: 'recommender.scenarios', key: ['tenant_id', 'scenario_id'] },
  { name: 'recommender.experiments', key: ['tenant_id', 'experiment_id'] },
  { name: 'platform.pauses', key: ['schedule', 'paused_at'] },
  { name: 'platform.user_changes', key: ['changed_at', 'name', 'what'] },
  { name: 'platform.saved_queries', key: ['name'] },
  { name: 'platform.replays', key: ['asked_at'], parent: true },
  // Without the mail that told of it a failure would be told again.
  { name: 'platform.alert_mails', key: ['workload', 'minute'], parent: true },
  {
    name: 'platform.failures',
    key: ['natural_key'],
    references: {
      replay_of: 'platform.failures',
      replay_id: 'platform.replays',
      told_in: 'platform.alert_mails',
    },
  },
];

/** Tables of ours that are not exported, each with the reason. */
export const remadeTables: Readonly<Record<string, string>> = {
  'presale.deals': 'loaded from the raw files, those of corrected rows from presale.problems by the same load',
  'presale.county_runs': 'counts of loads',
  'presale.deal_statistics_monthly': 'computed from the deals',
  'presale.deal_statistics_new_projects': 'computed from the deals',
  'presale.stale_statistics': 'said again by the next load',
  'presale.headers': 'seen again with the next files',
  'platform.runs': 'written by the runs themselves',
  'platform.run_additions': 'written by the runs while they run',
  'platform.schedules': 'seen again by the keeper of slots',
  'platform.sites': 'how sites answered last: seen again with the next requests',
  'platform.turns': 'requests under way',
  'platform.slots': 'written by the schedules',
  'platform.backfills': 'work under way: asked for again',
  'platform.backfill_items': 'work under way: asked for again',
  'platform.stream_counts': 'counts of what came by streams, of the topics of that moment',
  'platform.caller_rates': 'counts of the last seconds',
  'platform.failed_attempts': 'counts of the last seconds',
  'platform.alerts': 'what was told once; what goes on is raised again',
  'tagger.partitions': 'how far the topics are read, of the topics of that moment',
  'tagger.pages': 'messages that wait for their page, of the topics of that moment',
  'tagger.page_counts': 'counts of pages',
  'tasks.tasks': 'work and its results: whoever wants it again submits it again',
  'tasks.keys': 'of a day: which submission came before',
  'tasks.files': 'files of callers, which go after some weeks: uploaded again',
  'briefs.briefs':
    'work and its results: the files of each stage lie in the bucket, and who wants the rows submits again',
  'briefs.day_codes': 'of a day: counts anew where there are no briefs',
  'briefs.stages': 'as its brief',
  'briefs.tasks': 'as its brief',
  'briefs.calls': 'as its brief; what was answered lies in the bucket',
  'briefs.finds': 'as its brief',
  'briefs.articles': 'as its brief; each stands in the workbook of its stage and in the answer that brought it',
  'briefs.details': 'of a day: asked for again',
  'briefs.platforms': 'how platforms answered last: seen again with the next calls',
  'briefs.removals': 'objects of deleted briefs, which go when they are old as well',
  'recommender.items': 'sent again by the catalogue that sent them',
  'recommender.behaviors': 'whole in the Parquet files of each tenant and day',
  'recommender.late_behaviors': 'whole in the Parquet files of each tenant and day of arrival',
  'recommender.kept_behavior': 'how far files were looked through: from the beginning, where it is not there',
  'recommender.answers': 'of a month: new ones are made with each request',
  'recommender.users': 'seen again with their next behaviour',
  'recommender.erased_users': 'must not be rolled back: an older export would let an erased user in again',
  'recommender.exposures': 'computed from the behaviour, whole in Parquet',
  'recommender.exposure_days': 'computed from the behaviour, whole in Parquet',
  'recommender.daily_metrics': 'computed from the behaviour',
  'recommender.metrics_progress': 'how far the figures are computed: from the beginning, where it is not there',
  'recommender.item_vectors': 'computed from the items',
  'recommender.neighbors': 'computed from the vectors',
  'recommender.models': 'trained again each night from behaviour',
  'recommender.similar_items': 'computed from behaviour every hour',
  'recommender.profiles': 'computed from behaviour every two hours',
  'recommender.hot_items': 'computed from behaviour every quarter of an hour',
  'recommender.recommendations': 'computed every four hours, else when they are asked for',
};

/** Where a day's exports lie, one folder a table. */
const exportPrefix = 'platform/exports';

/** `platform/exports/presale.problems/2026-11-21/presale.problems.parquet` */
export function fileKey(table: string, date: string): string {
  return `${exportPrefix}/${table}/${date}/${table}.parquet`;
}

/** Written last: without it the day's files are not an export. */
export function manifestKey(date: string): string {
  return `${exportPrefix}/manifests/${date}.json`;
}
