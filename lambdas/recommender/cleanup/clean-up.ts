import { dayOf } from '../behavior/rows.ts';
import { behaviorDigest } from './behavior-digest.ts';
import type { CleanupPorts, InFiles } from './ports.ts';

/** What went, and what has to wait. */
export interface CleanedUp {
  readonly recommendations: number;
  readonly vectors: number;
  readonly neighbors: number;
  /** Days of answers and of behaviour that left the database. */
  readonly answer_days: number;
  readonly behavior_days: number;
  readonly behaviors: number;
  /** Days on which something came too late, which left the database, and rows of them. */
  readonly late_days: number;
  readonly late_behaviors: number;
  /** Days that are kept for longer, since their files were not what the database has. */
  readonly waiting_days: number;
  /** Days of scenarios that keep behaviour for a shorter time than the database does, and rows of them. */
  readonly past_days: number;
  readonly past_behaviors: number;
  /** Such days that are kept for longer, since their figures are not computed. */
  readonly uncounted_days: number;
  /** Models that have no file any more. */
  readonly models: number;
  /** Files of abandoned Spark runs. */
  readonly spark_files: number;
}

export interface KeepingTimes {
  readonly hotDays: number;
  readonly modelDays: number;
}

// A run of the schedule takes twelve hours at most, and what is done again then hands over anew.
const sparkDays = 1;

/** Removes what is no longer read. Behaviour past its time goes only once its files are read back and hold all of it. */
export async function cleanUp(
  now: Date,
  { hotDays, modelDays }: KeepingTimes,
  ports: CleanupPorts,
): Promise<CleanedUp> {
  const { book } = ports;
  const before = dayOf(daysBefore(now, hotDays));
  const recommendations = await book.forgetRecommendations(now);
  const { vectors, neighbors } = await book.forgetOrphans();
  const answerDays = await book.days('answers', before);
  for (const day of answerDays) await book.dropDay('answers', day);
  const gone = await dropProven('behaviors', before, ports);
  const late = await dropProven('late', before, ports);
  // Afterwards: a day that just goes is proven by its file, which still has all of it.
  const past = await book.forgetPast(now);
  if (past.tenants.length > 0)
    await ports.askForFiles(past.tenants.map((tenant_id) => ({ kind: 'retention', tenant_id })));
  return {
    recommendations,
    vectors,
    neighbors,
    answer_days: answerDays.length,
    behavior_days: gone.days,
    behaviors: gone.rows,
    late_days: late.days,
    late_behaviors: late.rows,
    waiting_days: gone.waiting + late.waiting,
    past_days: past.days,
    past_behaviors: past.rows,
    uncounted_days: past.uncounted,
    models: await ports.forgetModels(daysBefore(now, modelDays)),
    spark_files: await ports.forgetSparkFiles(daysBefore(now, sparkDays)),
  };
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
}

/** Drops the days before one whose files hold all of them; the others wait. */
async function dropProven(kept: InFiles, before: string, ports: CleanupPorts) {
  const gone = { days: 0, rows: 0, waiting: 0 };
  for (const day of await ports.book.days(kept, before)) {
    const rows = await provenRows(kept, day, ports);
    if (rows === undefined) {
      gone.waiting += 1;
      continue;
    }
    await ports.book.dropDay(kept, day);
    gone.days += 1;
    gone.rows += rows;
  }
  return gone;
}

/**
 * How many rows a day has, when its files hold just those; else those that don't are asked for, and the day waits. They
 * are written by who writes all of a tenant's files, one after the other, so that no erased user comes back.
 */
async function provenRows(
  kept: InFiles,
  day: string,
  { book, files, askForFiles }: CleanupPorts,
): Promise<number | undefined> {
  let rows = 0;
  const wrong: string[] = [];
  for (const tenant of await book.tenantsOf(kept, day)) {
    const inBook = await behaviorDigest(await book.rowsOf(kept, tenant, day));
    const inFile = await behaviorDigest(await files.rowsOf(kept, tenant, day));
    if (inBook.sha256 === inFile.sha256) rows += inBook.rows;
    else wrong.push(tenant);
  }
  if (wrong.length === 0) return rows;
  await askForFiles(wrong.map((tenant_id) => ({ kind: kept === 'late' ? 'late' : 'day', tenant_id, day })));
  return undefined;
}
