import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import { printed } from '../../../support/lambda.ts';
import { type StartedApi, setNow, startApi } from './started-api.ts';

/** What a brief asks for where a test says nothing else. */
export const order = {
  platforms: platformNames,
  keywords: ['精华水', '抗老'],
  limit: 100,
  fromDay: '2026-01-01',
  toDay: '2026-11-21',
};

/**
 * The routes of the briefs for a test file: started before its first test, without briefs before each of them unless they
 * are `kept`. What is printed is caught, and the time is the real one again after each test.
 */
export function fileApi({ kept = false }: { readonly kept?: boolean } = {}): StartedApi {
  let started: StartedApi | undefined;
  const now = (): StartedApi => {
    if (!started) throw new Error('The API is started before the first test');
    return started;
  };
  beforeAll(async () => {
    started = await startApi();
  });
  beforeEach(async () => {
    printed();
    if (kept) return;
    await sql`
      TRUNCATE briefs.briefs, briefs.articles, briefs.calls, briefs.platforms, platform.sites, platform.turns CASCADE`.execute(
      now().database.admin.query,
    );
  });
  afterEach(() => {
    setNow(undefined);
    vi.restoreAllMocks();
  });
  afterAll(() => started?.stop());
  return new Proxy({} as StartedApi, { get: (_target, name) => Reflect.get(now(), name) as unknown });
}
