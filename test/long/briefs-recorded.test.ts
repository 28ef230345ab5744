import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { briefs } from '../../lib/settings/briefs.ts';
import { samplePlatforms } from '../../local/sample-platforms.ts';
import type { SiteName } from '../../local/sample-site/platforms/faults.ts';
import { html, json } from '../../local/sample-site/platforms/platform-site.ts';
import { type PlatformSites, startPlatformSites } from '../../local/sample-site/platforms/start.ts';
import { type Flow, startFlow } from '../flows/flow.ts';
import { type BriefsClient, briefsClient, type Viewed } from '../support/briefs-client.ts';
import { type Expected, readBili, readDouyin, readRedbook, readWeibo, readWeixin, words } from './briefs-reading.ts';

/** Answers that real platforms once gave, served to the whole stack: what is stored must be what an independent reading has. */

const folder = path.resolve('../shared/data/platforms');
const there = existsSync(folder);
const text = (name: string) => readFileSync(path.join(folder, name), 'utf8');
const recorded = (name: string) => JSON.parse(text(name));

/** The pages that have been recorded, and what follows them: nothing. */
function serveRecorded(sites: PlatformSites): void {
  const first = (page: string | null) => Number(page ?? 1) === 1;
  const pages = (site: SiteName, route: string, page: object, last: object) =>
    sites.serve(site, route, ({ url }) => json(first(url.searchParams.get('page')) ? page : last));
  sites.serve('weixin', '/weixin', ({ url }) =>
    html(
      first(url.searchParams.get('page'))
        ? text('weixin_sogou_search.html')
        : '<div id="noresult_part1_container"></div>',
    ),
  );
  pages('weibo', '/api/container/getIndex', recorded('weibo_getIndex_cards.json'), { ok: 0, msg: '这里还没有内容' });
  pages('bili', '/x/web-interface/search/type', recorded('bilibili_web_search_type.json'), noVideos);
  pages('gateway', '/api/v1/bilibili/web/fetch_general_search', recorded('bilibili_search.json'), {
    code: 200,
    data: noVideos,
  });
  pages('gateway', '/api/v1/xiaohongshu/app_v2/search_notes', recorded('xiaohongshu_search.json'), {
    code: 200,
    data: { code: 0, data: { items: [] } },
  });
  sites.serve('gateway', '/api/v1/douyin/search/fetch_video_search_v2', ({ body }) =>
    json(
      JSON.parse(body).cursor === 0 ? recorded('douyin_search.json') : { code: 200, data: { data: [], has_more: 0 } },
    ),
  );
}

const noVideos = { code: 0, data: { numResults: 0, page: 2, numPages: 1 } };

describe.skipIf(!there)(
  'recorded answers through the whole stack (skipped where ../shared/data/platforms is not there)',
  () => {
    let flow: Flow;
    let client: BriefsClient;
    let sites: PlatformSites;
    let viewed: Viewed;
    let crawledOn: string;

    beforeAll(async () => {
      sites = await startPlatformSites();
      serveRecorded(sites);
      const { platforms } = briefs.parse({});
      const quiet = Object.fromEntries(
        Object.entries(platforms).map(([name, one]) => [name, { ...one, enrich: false }]),
      );
      flow = await startFlow({ BRIEFS_PLATFORMS: samplePlatforms(JSON.stringify(quiet), sites) ?? '' });
      client = briefsClient(flow.running);
      const content = [
        { platform: '1/2/3/4/5', keywords: '录音', limitnum: 100, starttime: 20100101, endtime: 20991231 },
      ];
      viewed = await client.toEnd(await client.submit('recorded', content));
      crawledOn = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    }, 600_000);

    afterAll(async () => {
      await flow?.stop();
      await sites?.stop();
    });

    const expected = {
      weixin: () => readWeixin(text('weixin_sogou_search.html')),
      weibo: () => readWeibo(recorded('weibo_getIndex_cards.json'), crawledOn),
      redbook: () => readRedbook(recorded('xiaohongshu_search.json')),
      bili: () => readBili(recorded('bilibili_web_search_type.json')),
      douyin: () => readDouyin(recorded('douyin_search.json')),
    } satisfies Readonly<Record<string, () => Expected[]>>;

    test('its brief is finished', () => {
      expect(viewed.state).toBe('finished');
    });

    test.each(Object.entries(expected))('%s: as many articles, with each unified field', async (platform, reading) => {
      await expectStored(flow, platform, reading());
    });
  },
);

describe.skipIf(!there)(
  'recorded answers of the other driver of bili (skipped where ../shared/data/platforms is not there)',
  () => {
    let flow: Flow;
    let sites: PlatformSites;

    beforeAll(async () => {
      sites = await startPlatformSites();
      serveRecorded(sites);
      // What the gateway has as well, the platform's own site doesn't.
      const { platforms } = briefs.parse({});
      const bili = { ...platforms.redbook, enrich: false };
      flow = await startFlow({
        BRIEFS_PLATFORMS: samplePlatforms(JSON.stringify({ ...platforms, bili }), sites) ?? '',
      });
      const client = briefsClient(flow.running);
      const content = [{ platform: '4', keywords: '录音', limitnum: 100, starttime: 20100101, endtime: 20991231 }];
      await client.toEnd(await client.submit('recorded', content));
    }, 600_000);

    afterAll(async () => {
      await flow?.stop();
      await sites?.stop();
    });

    test('as many articles, with each unified field', async () => {
      await expectStored(flow, 'bili', readBili(recorded('bilibili_search.json')));
    });
  },
);

/** Every field that the reading names; texts by their words. */
async function expectStored(flow: Flow, platform: string, reading: readonly Expected[]): Promise<void> {
  const rows = await flow.rows<Record<string, unknown>>('SELECT * FROM briefs.articles WHERE platform = $1', platform);
  // Where signatures are taken out of a recording, addresses are all the same.
  const nameOf = ({ url, title }: Readonly<Record<string, unknown>>) => `${words(String(title ?? ''))} ${String(url)}`;
  const byName = new Map(reading.map((article) => [nameOf(article), article]));
  const stored = Object.fromEntries(rows.map((row) => [nameOf(row), pick(row, byName.get(nameOf(row)))]));

  expect(rows.length).toBe(reading.length);
  expect(stored).toEqual(Object.fromEntries([...byName].map(([name, article]) => [name, shown(article)])));
}

function pick(row: Readonly<Record<string, unknown>>, like: Expected | undefined) {
  return shown(Object.fromEntries(Object.keys(like ?? row).map((name) => [name, row[name]])));
}

/** As it is compared: times as text, figures as numbers, texts by their words. */
function shown(article: Readonly<Record<string, unknown>>) {
  const texts = new Set(['title', 'content']);
  const figures = new Set([
    'like',
    'read',
    'share',
    'comment',
    'collect',
    'play',
    'danmu',
    'download',
    'coin',
    'interaction',
    'user_fans',
    'user_following',
    'user_posts',
  ]);
  return Object.fromEntries(
    Object.entries(article).map(([name, value]) => {
      if (texts.has(name)) return [name, value === null ? null : words(String(value))];
      if (figures.has(name)) return [name, value === null ? null : Number(value)];
      return [name, value instanceof Date ? value.toISOString() : value];
    }),
  );
}
