import { sql } from 'kysely';
import { articleOf } from '../../../../lambdas/briefs/article/draft.ts';
import { fatesOf } from '../../../../lambdas/briefs/collect/fates.ts';
import type { AllPlatformSettings, PlatformSettings } from '../../../../lambdas/briefs/collect/settings.ts';
import { type PlatformName, platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import type { FoundItem } from '../../../../lambdas/briefs/platforms/platform.ts';
import type { SentArticle } from '../../../../lambdas/briefs/ports.ts';
import { type CallEnd, endCall, writeFates } from '../../../../lambdas/briefs/stores/answer-store.ts';
import { storeArticles } from '../../../../lambdas/briefs/stores/article-store.ts';
import { openCalls } from '../../../../lambdas/briefs/stores/calls/open-call-store.ts';
import { markRunning, takeCalls } from '../../../../lambdas/briefs/stores/dispatch-store.ts';
import { type NewBrief, submitBrief } from '../../../../lambdas/briefs/stores/submit-store.ts';
import type { TestDatabase } from '../../../support/database.ts';

/** Past all that the database's own clock says of these rows. */
export const now = new Date(Date.now() + 60 * 60_000);

/** What every end of a call is told with. */
export const told = { door: 'arn:aws:sqs:us-east-1:000000000000:millrace-test-briefs-sweep-briefs.fifo', now };

/** Every platform alike, and one of them otherwise. */
export function settingsOf(
  over: Partial<PlatformSettings> = {},
  others: Partial<Record<PlatformName, Partial<PlatformSettings>>> = {},
): AllPlatformSettings {
  const common: PlatformSettings = {
    driver: 'native',
    baseUrl: 'http://127.0.0.1:1',
    requestsPerSecond: 100,
    concurrency: 4,
    pricePerCall: 0,
    budgetPerBrief: 0,
    budgetPerDay: 0,
    patienceSeconds: 300,
    enrich: false,
    probe: false,
    ...over,
  };
  const entries = platformNames.map((name) => [name, { ...common, ...others[name] }] as const);
  return Object.fromEntries(entries) as Record<PlatformName, PlatformSettings>;
}

/** A brief of one platform and two keywords. */
export const brief = (over: Partial<NewBrief> = {}): NewBrief => ({
  name: '秋季',
  remarks: '',
  owner: 'mei',
  createUserName: '小梅',
  orders: [{ platforms: ['weibo'], keywords: ['a', 'b'], limit: 20, fromDay: '2026-11-01', toDay: '2026-11-30' }],
  jobContent: [],
  idempotencyKey: undefined,
  ...over,
});

const item = (key: string): FoundItem => ({
  state: 'article',
  place: `/${key}`,
  article: articleOf({ article_key: key, url: `http://x/${key}`, post_time: '2026-11-10T00:00:00.000Z' }, { like: 1 }),
});

interface Named {
  readonly id: number;
  readonly attempt: number;
}

const kept = ({ id, attempt }: Named) => ({
  call: id,
  attempt,
  asked_at: now.toISOString(),
  raw_key: 'briefs/raw/1',
  status: 200,
  content_type: 'application/json',
  url: 'http://x/',
});

export type Walk = ReturnType<typeof walkOf>;

/** The steps of a brief through the stores, without queues and a broker in between. */
export function walkOf(database: TestDatabase<unknown>) {
  async function open(call: Named) {
    const [found] = await openCalls(database.app, [{ call: call.id, attempt: call.attempt }]);
    if (!found) throw new Error('The call is not open');
    return found;
  }
  return {
    empty: () =>
      sql`
        TRUNCATE briefs.briefs, briefs.day_codes, briefs.platforms, briefs.articles, briefs.calls, briefs.details,
          briefs.removals, platform.sites, platform.failures, platform.runs, platform.alerts CASCADE`.execute(
        database.admin.query,
      ),
    submit: (over?: Partial<NewBrief>) => submitBrief(database.app, brief(over), settingsOf()),
    async take(settings = settingsOf(), at = now) {
      const calls = await takeCalls(database.app, { settings, now: at, leaseMs: 60_000 });
      await markRunning(database.app, calls);
      return calls;
    },
    async statesOf(table: 'briefs' | 'stages' | 'tasks' | 'calls' | 'finds'): Promise<string[]> {
      const { rows } = await sql<{ state: string }>`
        SELECT state FROM ${sql.table(`briefs.${table}`)} ORDER BY 1`.execute(database.app.query);
      return rows.map(({ state }) => state);
    },
    store: (sent: readonly SentArticle[], settings = settingsOf()) =>
      storeArticles(database.app, sent, { settings, now }),
    /** A call ends without an answer that could be used. */
    async refuse(call: Named, end: CallEnd, outcome: 'failed' | 'login-wanted' | 'blocked' = 'failed') {
      return endCall(database.app, await open(call), { end, outcome, answer: undefined, ...told });
    },
    /** Answers a call with these articles, and resolves to those that are sent on. */
    async answer(call: Named, keys: readonly (string | FoundItem)[]) {
      const found = await open(call);
      const { task, page } = found;
      if (!task || page === undefined) throw new Error('The call searches for nothing');
      const range = { from: new Date('2026-11-01T00:00:00Z'), until: new Date('2026-12-01T00:00:00Z') };
      const items = keys.map((key) => (typeof key === 'string' ? item(key) : key));
      const reading = { call: { ...found, task, page }, answer: kept(call), ...told };
      const written = await writeFates(database.app, reading, (locked) => fatesOf(items, { ...range, ...locked }));
      const sentPlaces = written.fates.filter(({ state }) => state === 'sent').map(({ place }) => place);
      const sent = items.flatMap((each): SentArticle[] =>
        each.state === 'article' && sentPlaces.includes(each.place)
          ? [
              {
                platform: found.platform,
                brief_uuid: found.briefUuid ?? '',
                stage_uuid: found.stageUuid ?? '',
                task_uuid: task.uuid,
                keyword: task.keyword,
                page,
                place: each.place,
                crawled_at: now.toISOString(),
                raw_key: 'briefs/raw/1',
                article: each.article,
              },
            ]
          : [],
      );
      const ended = await endCall(database.app, found, {
        end: { state: 'answered', next: undefined },
        outcome: 'answered',
        answer: kept(call),
        ...told,
      });
      return { sent, ended };
    },
  };
}
