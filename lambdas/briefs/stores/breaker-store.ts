import { sql } from 'kysely';
import type { Session } from '#adapters/database.ts';
import { endTurns } from '#adapters/turns/polite-turns.ts';
import { raiseAlert } from '#record/alert-book.ts';
import {
  type CallOutcome,
  isTold,
  needsPerson,
  type PlatformState,
  siteOf,
  stateOf,
  turnOutcome,
} from '../collect/platform-state.ts';
import type { PlatformName } from '../platforms/names.ts';

/** What the end of a call, or of some that ended alike, says of its platform. */
export interface PlatformTold {
  /** The turns that were held; none of a page that was read once more. */
  readonly turns: readonly number[];
  readonly outcome: CallOutcome;
  readonly reason: string | null;
  /** When it comes again, if it does. */
  readonly dueAt: Date | undefined;
  readonly now: Date;
}

/** The platform's rows are locked last: every worker wants them. A page that is read once more tells nothing of its platform. */
export async function tellPlatform<T>(
  session: Session<T>,
  platform: PlatformName,
  { turns, outcome, now, reason, dueAt }: PlatformTold,
): Promise<{ readonly changed: PlatformState | undefined; readonly wakeAt: Date | undefined }> {
  if (turns.length === 0) return { changed: undefined, wakeAt: dueAt };
  const { before, after } = await endTurns(session, {
    ids: turns,
    site: siteOf(platform),
    outcome: turnOutcome(outcome),
    now,
  });
  const isDown = after.state === 'open';
  const isGood = outcome === 'answered';
  const { rows } = await sql<{ down_since: Date | null }>`
    INSERT INTO briefs.platforms AS known (name, down_since, reason, last_success_at, last_failure_at, last_failure)
    VALUES (${platform}, ${isDown ? now : null}, ${isDown ? reason : null}, ${isGood ? now : null},
      ${isGood ? null : now}, ${isGood ? null : reason})
    ON CONFLICT (name) DO UPDATE
    SET down_since = CASE WHEN ${isDown} THEN coalesce(known.down_since, excluded.down_since) END,
      reason = CASE WHEN ${isDown} THEN coalesce(excluded.reason, known.reason) END,
      last_success_at = coalesce(excluded.last_success_at, known.last_success_at),
      last_failure_at = coalesce(excluded.last_failure_at, known.last_failure_at),
      last_failure = coalesce(excluded.last_failure, known.last_failure)
    RETURNING down_since`.execute(session.query);
  const changed = stateOf(before) === stateOf(after) ? undefined : stateOf(after);
  if (changed && isTold.has(changed))
    await raiseAlert(session.query, {
      // Once for each time that the platform is down: trials that fail meanwhile tell nothing new.
      naturalKey: `briefs:${platform}:${changed}:${(rows[0]?.down_since ?? now).toISOString()}`,
      workload: 'briefs',
      severity: needsPerson.has(changed) ? 'medium' : 'low',
      name: 'briefs-platform-stopped',
      message: `${platform} is ${changed}: ${reason ?? ''}`,
    });
  const until = after.state === 'open' ? after.until : undefined;
  return { changed, wakeAt: until && (!dueAt || until > dueAt) ? until : dueAt };
}
