import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Session } from '../database.ts';
import { afterRequest, type Breaker, type Outcome, requestsAllowed } from './breaker.ts';

type Query<T> = Pick<Session<T>, 'query'>;

/** How a site may be asked, by all workers together. */
export interface SiteManners {
  /** Requests at once. */
  readonly atOnce: number;
  /** Between the starts of two requests: 1000 divided by the requests per second. */
  readonly gapMs: number;
  /** How long a request may take beyond its turn; one that takes longer is no longer counted as under way. */
  readonly leaseMs: number;
}

export interface TurnsAsked {
  readonly site: string;
  readonly manners: SiteManners;
  /** How many requests there are to make. */
  readonly most: number;
  /** How far ahead a turn may lie: SQS holds a message back for a quarter of an hour at most. */
  readonly aheadMs: number;
  readonly now: Date;
}

/** Leave to make one request. */
export interface PoliteTurn {
  readonly id: number;
  /** No sooner. */
  readonly at: Date;
}

/**
 * Takes turns of a site, as many as its breaker, pace and concurrency leave; in a transaction of the caller's, at whose
 * end others may take theirs.
 */
export async function takeTurns<T>({ query }: Query<T>, asked: TurnsAsked): Promise<readonly PoliteTurn[]> {
  const { site, manners, most, aheadMs, now } = asked;
  const { breaker, nextAt } = await lockSite({ query }, site);
  const room = requestsAllowed(breaker, manners.atOnce, now) - (await underWay({ query }, site, now));
  const firstAt = Math.max(nextAt.getTime(), now.getTime());
  const inTime = turnsWithin(now.getTime() + aheadMs - firstAt, manners.gapMs);
  const taken = Math.min(room, inTime, most);
  if (taken <= 0) return [];
  const turns = Array.from({ length: taken }, (_, index) => new Date(firstAt + index * manners.gapMs));
  const { rows } = await sql<{ id: number }>`
    WITH moved AS (
      UPDATE platform.sites SET next_at = ${new Date(firstAt + taken * manners.gapMs)} WHERE name = ${site})
    INSERT INTO platform.turns (site, trial, lease_until)
    SELECT ${site}, ${breaker.state === 'open'}, lease_until
    FROM unnest(${turns.map((at) => new Date(at.getTime() + manners.leaseMs))}::timestamptz[])
      WITH ORDINALITY AS given (lease_until, place)
    ORDER BY place RETURNING id`.execute(query);
  return rows.flatMap(({ id }, index) => (turns[index] ? [{ id, at: turns[index] }] : []));
}

/**
 * Gives turns back and says how their requests ended, all alike, in a transaction of the caller's; resolves to the site's
 * breaker, with what it was before. A turn that was given back already, or whose lease is over, tells nothing.
 */
export async function endTurns<T>(
  { query }: Query<T>,
  { ids, site, outcome, now }: TurnsEnded,
): Promise<BreakerChange> {
  const { breaker: before } = await lockSite({ query }, site);
  const { rows } = await sql<{ trial: boolean }>`
    DELETE FROM platform.turns WHERE id = ANY(${ids}::bigint[]) AND site = ${site} RETURNING trial`.execute(query);
  const after = rows.reduce<Breaker>((breaker, { trial }) => afterRequest(breaker, outcome, { trial, now }), before);
  if (!isDeepStrictEqual(after, before)) await write({ query }, site, after);
  return { before, after };
}

interface TurnsEnded {
  readonly ids: readonly number[];
  readonly site: string;
  readonly outcome: Outcome;
  readonly now: Date;
}

interface BreakerChange {
  readonly before: Breaker;
  readonly after: Breaker;
}

/** How many requests of each site are under way, without a lock: a look that saves asking for turns where there are none. */
export async function turnsUnderWay<T>(
  { query }: Query<T>,
  sites: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  if (sites.length === 0) return new Map();
  const { rows } = await sql<{ site: string; turns: number }>`
    SELECT site, count(*) AS turns FROM platform.turns
    WHERE site = ANY(${sites}::text[]) AND lease_until > ${now} GROUP BY site`.execute(query);
  return new Map(rows.map(({ site, turns }) => [site, turns]));
}

/** Gives back turns that are not needed after all; their place in the pace stays taken. */
export async function returnTurns<T>({ query }: Query<T>, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await sql`DELETE FROM platform.turns WHERE id = ANY(${ids}::bigint[])`.execute(query);
}

/** Lets an open site be tried now, not at the end of its pause. */
export async function trySite<T>({ query }: Query<T>, site: string, now: Date): Promise<void> {
  await lockSite({ query }, site);
  await sql`
    UPDATE platform.sites SET until = least(until, ${now}::timestamptz) WHERE name = ${site} AND state = 'open'`.execute(
    query,
  );
}

/** The breakers of sites as they stand; one that was never asked is closed. */
export async function breakersOf<T>(
  { query }: Query<T>,
  sites: readonly string[],
): Promise<ReadonlyMap<string, Breaker>> {
  const { rows } = await sql<SiteRow & { name: string }>`
    SELECT name, state, reason, failures, until, next_at FROM platform.sites
    WHERE name = ANY(${sites}::text[])`.execute(query);
  const known = new Map(rows.map((row) => [row.name, breakerOf(row)] as const));
  return new Map(sites.map((site) => [site, known.get(site) ?? { state: 'closed', failures: 0 }]));
}

/** Stops a site until {@link resumeSite}, whatever it answers meanwhile. */
export async function pauseSite<T>({ query }: Query<T>, site: string, reason: string): Promise<void> {
  const { breaker } = await lockSite({ query }, site);
  await write({ query }, site, { state: 'paused', failures: breaker.failures, reason });
}

/** Lets a site be asked again, also one whose breaker is open. */
export async function resumeSite<T>({ query }: Query<T>, site: string): Promise<void> {
  await lockSite({ query }, site);
  await write({ query }, site, { state: 'closed', failures: 0 });
}

/** The site's row, for this transaction alone: others that want turns of it wait. */
async function lockSite<T>({ query }: Query<T>, site: string): Promise<{ breaker: Breaker; nextAt: Date }> {
  const look = async () =>
    (
      await sql<SiteRow>`
        SELECT state, reason, failures, until, next_at FROM platform.sites WHERE name = ${site} FOR UPDATE`.execute(
        query,
      )
    ).rows[0];
  // Made once, and asked for with every turn.
  const make = () => sql`INSERT INTO platform.sites (name) VALUES (${site}) ON CONFLICT DO NOTHING`.execute(query);
  const row = (await look()) ?? (await make().then(look));
  if (!row) throw new Error(`There is no row of ${site}`);
  return { breaker: breakerOf(row), nextAt: row.next_at };
}

/** Requests that hold their turn; those whose lease is over are forgotten. A statement after the lock sees what others took. */
async function underWay<T>({ query }: Query<T>, site: string, now: Date): Promise<number> {
  const { rows } = await sql<{ turns: number }>`
    WITH lapsed AS (DELETE FROM platform.turns WHERE site = ${site} AND lease_until <= ${now})
    SELECT count(*) AS turns FROM platform.turns WHERE site = ${site} AND lease_until > ${now}`.execute(query);
  return rows[0]?.turns ?? 0;
}

async function write<T>({ query }: Query<T>, site: string, breaker: Breaker): Promise<void> {
  await sql`
    UPDATE platform.sites SET state = ${breaker.state}, failures = ${breaker.failures},
      reason = ${breaker.state === 'closed' ? null : breaker.reason},
      until = ${breaker.state === 'open' ? breaker.until : null}
    WHERE name = ${site}`.execute(query);
}

interface SiteRow {
  readonly state: Breaker['state'];
  readonly reason: string | null;
  readonly failures: number;
  readonly until: Date | null;
  readonly next_at: Date;
}

function breakerOf({ state, reason, failures, until }: SiteRow): Breaker {
  if (state === 'open' && until) return { state, failures, reason: reason ?? '', until };
  if (state === 'paused') return { state, failures, reason: reason ?? '' };
  return { state: 'closed', failures };
}

/** How many starts fit into a time, the first at its beginning. */
function turnsWithin(lengthMs: number, gapMs: number): number {
  if (lengthMs < 0) return 0;
  return gapMs > 0 ? Math.floor(lengthMs / gapMs) + 1 : Number.POSITIVE_INFINITY;
}
