import { sql } from 'kysely';
import type { Database } from '#adapters/database.ts';
import { breakersOf, pauseSite, resumeSite, trySite } from '#adapters/turns/polite-turns.ts';
import { type PlatformState, siteOf, stateOf } from '../collect/platform-state.ts';
import type { AllPlatformSettings } from '../collect/settings.ts';
import { platformNamed } from '../platforms/index.ts';
import { type PlatformName, platformNames } from '../platforms/names.ts';

/** How a platform stands: what people look at before they submit, or wonder. */
export interface PlatformStanding {
  readonly name: PlatformName;
  readonly title: string;
  readonly driver: 'native' | 'gateway' | 'off';
  readonly state: PlatformState | 'off';
  /** Why it isn't working. */
  readonly reason: string | null;
  /** Since when it isn't working. */
  readonly down_since: Date | null;
  /** No call before then; a single one tries it afterwards. */
  readonly until: Date | null;
  readonly last_success_at: Date | null;
  readonly last_failure_at: Date | null;
  readonly last_failure: string | null;
  /** Of the calls of today (Asia/Shanghai), and how many of those that ended failed. */
  readonly calls_today: number;
  readonly cost_today_usd: number;
  readonly budget_per_day_usd: number;
  readonly error_share: number | null;
  readonly waiting: number;
  readonly under_way: number;
}

/** Every platform as it stands. */
export async function platformStates<T>(
  { query }: Pick<Database<T>, 'query'>,
  settings: AllPlatformSettings,
  now: Date,
): Promise<readonly PlatformStanding[]> {
  const breakers = await breakersOf({ query }, platformNames.map(siteOf));
  const { rows } = await sql<Row>`
    SELECT name, down_since, reason, last_success_at, last_failure_at, last_failure, today.*, open.*
    FROM unnest(${[...platformNames]}::text[]) AS platform (name)
    LEFT JOIN briefs.platforms USING (name)
    CROSS JOIN LATERAL (
      SELECT count(*) AS calls_today, coalesce(sum(cost_usd), 0) AS cost_today_usd,
        count(*) FILTER (WHERE state = 'failed' OR state = 'waiting')::float8
          / nullif(count(*) FILTER (WHERE state <> 'sent'), 0) AS error_share
      FROM briefs.calls
      WHERE platform = name
        AND sent_at >= date_trunc('day', ${now}::timestamptz AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai') AS today
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'sent') AS under_way
      FROM briefs.calls WHERE platform = name AND state IN ('waiting', 'sent')) AS open`.execute(query);
  return rows.map((row): PlatformStanding => {
    const { driver, budgetPerDay } = settings[row.name];
    const breaker = breakers.get(siteOf(row.name)) ?? { state: 'closed', failures: 0 };
    return {
      ...row,
      title: platformNamed(row.name).title,
      driver,
      state: driver === 'off' ? 'off' : stateOf(breaker),
      reason: breaker.state === 'paused' ? breaker.reason : breaker.state === 'open' ? row.reason : null,
      until: breaker.state === 'open' ? breaker.until : null,
      budget_per_day_usd: budgetPerDay,
    };
  });
}

type Row = Omit<PlatformStanding, 'title' | 'driver' | 'state' | 'until' | 'budget_per_day_usd'>;

/** No call is made to a platform until it is resumed; what is under way is still read. */
export function pausePlatform<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  name: PlatformName,
  reason: string,
): Promise<void> {
  return transaction((session) => pauseSite(session, siteOf(name), reason));
}

/** Calls are made again, also where the platform had stopped them; the caller dispatches. */
export function resumePlatform<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  name: PlatformName,
): Promise<void> {
  return transaction(async (session) => {
    await resumeSite(session, siteOf(name));
    await sql`UPDATE briefs.platforms SET down_since = NULL, reason = NULL WHERE name = ${name}`.execute(session.query);
  });
}

/**
 * Asks a platform with one cheap call whether it lets us in, at once also where it had stopped; the caller dispatches.
 * `no-probe`: its driver has no such call.
 */
export function probePlatform<T>(
  { transaction }: Pick<Database<T>, 'transaction'>,
  name: PlatformName,
  { settings, now }: { readonly settings: AllPlatformSettings; readonly now: Date },
): Promise<'asked' | 'no-probe' | 'off' | 'paused'> {
  const { driver } = settings[name];
  if (driver === 'off') return Promise.resolve('off');
  if (platformNamed(name).drivers[driver]?.probe === undefined) return Promise.resolve('no-probe');
  return transaction(async (session) => {
    const site = siteOf(name);
    if ((await breakersOf(session, [site])).get(site)?.state === 'paused') return 'paused';
    await trySite(session, site, now);
    // One that waits already is this one.
    await sql`
      INSERT INTO briefs.calls (platform, kind, due_at)
      SELECT ${name}, 'probe', ${now}
      WHERE NOT EXISTS (
        SELECT FROM briefs.calls WHERE platform = ${name} AND kind = 'probe' AND state IN ('waiting', 'sent'))`.execute(
      session.query,
    );
    return 'asked';
  });
}
