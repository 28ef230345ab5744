import { behaviorDigest } from './behavior-digest.ts';
import type { CleanupPorts } from './ports.ts';

/** What went, and what has to wait. */
export interface CleanedUp {
  readonly recommendations: number;
  readonly vectors: number;
  readonly neighbors: number;
  /** Days of answers and of behaviour that left the database. */
  readonly answer_days: number;
  readonly behavior_days: number;
  readonly behaviors: number;
  /** Days that are kept for longer, since their files were not what the database has. */
  readonly waiting_days: number;
}

/** Forgets what nobody reads any more. Behaviour past its time goes only once its files are read back and hold all of it. */
export async function cleanUp(now: Date, hotDays: number, ports: CleanupPorts): Promise<CleanedUp> {
  const { book } = ports;
  const before = dayBefore(now, hotDays);
  const recommendations = await book.forgetRecommendations(now);
  const { vectors, neighbors } = await book.forgetOrphans();
  const answerDays = await book.days('answers', before);
  for (const day of answerDays) await book.dropDay('answers', day);
  const gone = { days: 0, rows: 0, waiting: 0 };
  for (const day of await book.days('behaviors', before)) {
    const rows = await provenRows(day, ports);
    if (rows === undefined) {
      gone.waiting += 1;
      continue;
    }
    await book.dropDay('behaviors', day);
    gone.days += 1;
    gone.rows += rows;
  }
  return {
    recommendations,
    vectors,
    neighbors,
    answer_days: answerDays.length,
    behavior_days: gone.days,
    behaviors: gone.rows,
    waiting_days: gone.waiting,
  };
}

/** `2026-10-31`: days before it are past their time. */
function dayBefore(now: Date, days: number): string {
  return new Date(now.getTime() - days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
}

/**
 * How many rows a day has, when its files hold just those; else those that don't are asked for, and the day waits. They
 * are written by who writes all of a tenant's files, one after the other, so that no erased user comes back.
 */
async function provenRows(day: string, { book, files, askForFiles }: CleanupPorts): Promise<number | undefined> {
  let rows = 0;
  const wrong: string[] = [];
  for (const tenant of await book.tenantsOf(day)) {
    const kept = await behaviorDigest(await book.rowsOf(tenant, day));
    const inFile = await behaviorDigest(await files.rowsOf(tenant, day));
    if (kept.sha256 === inFile.sha256) rows += kept.rows;
    else wrong.push(tenant);
  }
  if (wrong.length === 0) return rows;
  await askForFiles(wrong.map((tenant_id) => ({ tenant_id, day })));
  return undefined;
}
