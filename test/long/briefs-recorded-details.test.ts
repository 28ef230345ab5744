import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { platforms } from '../../lambdas/briefs/platforms/index.ts';
import { briefs } from '../../lib/settings/briefs.ts';
import { samplePlatforms } from '../../local/sample-platforms.ts';
import { html, json } from '../../local/sample-site/platforms/platform-site.ts';
import { type PlatformSites, startPlatformSites } from '../../local/sample-site/platforms/start.ts';
import { type Flow, startFlow } from '../flows/flow.ts';
import { briefsClient, type Viewed } from '../support/briefs-client.ts';
import { readBili, words } from './briefs-reading.ts';

/** What real platforms once answered to further calls, and to whom they took for a robot, served to the whole stack. */

const folder = path.resolve('../shared/data/platforms');
const there = existsSync(folder);
const text = (name: string) => readFileSync(path.join(folder, name), 'utf8');
const recorded = (name: string) => JSON.parse(text(name));

/** A post whose text is cut, by somebody whose fans nobody tells. */
const post = {
  created_at: 'Tue Nov 10 20:00:00 +0800 2026',
  id: '5000000000000001',
  bid: 'Pabc12345',
  text: '开头...<a href="/status/5000000000000001">全文</a>',
  isLongText: true,
  attitudes_count: 3,
  user: { id: 1669879400, screen_name: '小明' },
};

function serveRecorded(sites: PlatformSites): void {
  const first = ({ url }: { readonly url: URL }) => Number(url.searchParams.get('page') ?? 1) === 1;
  sites.serve('weixin', '/weixin', () => html(text('weixin_sogou_captcha.html')));
  sites.serve('weibo', '/api/container/getIndex', (asked) => {
    if (asked.url.searchParams.get('type') === 'uid') return json(recorded('weibo_userInfo.json'));
    return json(
      first(asked) ? { ok: 1, data: { cards: [{ card_type: 9, mblog: post }] } } : { ok: 0, msg: '这里还没有内容' },
    );
  });
  sites.serve('weibo', '/statuses/extend', () => json(recorded('weibo_statuses_extend.json')));
  sites.serve('bili', '/x/web-interface/search/type', (asked) =>
    json(
      first(asked)
        ? recorded('bilibili_web_search_type.json')
        : { code: 0, data: { numResults: 0, page: 2, numPages: 1 } },
    ),
  );
  sites.serve('bili', '/x/web-interface/view/detail', () => json(recorded('bilibili_view.json')));
  // A list of people without their fans, which is another answer than the one that is asked for.
  sites.serve('bili', '/x/relation/stat', () => json(recorded('bilibili_card.json')));
}

describe.skipIf(!there)('recorded details (skipped where ../shared/data/platforms is not there)', () => {
  let flow: Flow;
  let sites: PlatformSites;
  let viewed: Viewed;

  beforeAll(async () => {
    sites = await startPlatformSites();
    serveRecorded(sites);
    const { platforms: asked } = briefs.parse({});
    // Whoever is taken for a robot by weixin is waited for by nobody here.
    const settings = { ...asked, weixin: { ...asked.weixin, patienceSeconds: 0 } };
    flow = await startFlow({ BRIEFS_PLATFORMS: samplePlatforms(JSON.stringify(settings), sites) ?? '' });
    const client = briefsClient(flow.running);
    const content = [{ platform: '1/2/4', keywords: '录音', limitnum: 100, starttime: 20100101, endtime: 20991231 }];
    viewed = await client.toEnd(await client.submit('details', content));
  }, 600_000);

  afterAll(async () => {
    await flow?.stop();
    await sites?.stop();
  });

  test('a captcha is no empty page: the brief is partial and says who blocked it', async () => {
    const [task] = await flow.rows<{ state: string; reason: string }>(
      'SELECT state, reason FROM briefs.tasks WHERE platform = $1',
      'weixin',
    );

    expect(viewed.state).toBe('partial');
    expect(task).toMatchObject({ state: 'failed', reason: expect.stringMatching(/captcha|blocked/) });
  });

  test('a long text, and the fans of who wrote it', async () => {
    const [{ longTextContent }, { userInfo }] = [
      recorded('weibo_statuses_extend.json').data,
      recorded('weibo_userInfo.json').data,
    ];
    const [article] = await flow.rows<Record<string, unknown>>(
      'SELECT * FROM briefs.articles WHERE platform = $1',
      'weibo',
    );

    expect(words(String(article?.content))).toBe(words(longTextContent));
    expect(article?.content_cut).toBe(false);
    expect([article?.user_fans, article?.user_following, article?.user_posts].map(Number)).toEqual([
      userInfo.followers_count,
      userInfo.follow_count,
      userInfo.statuses_count,
    ]);
    expect(article?.user_fans_level).toBe('头部kol');
  });

  test('the figures of a video, without those that its user’s answer doesn’t have', async () => {
    const { stat } = recorded('bilibili_view.json').data;
    const articles = await flow.rows<Record<string, unknown>>(
      'SELECT * FROM briefs.articles WHERE platform = $1',
      'bili',
    );

    expect(articles).toHaveLength(readBili(recorded('bilibili_web_search_type.json')).length);
    for (const { coin, share, like, comment, collect, interaction, user_fans } of articles) {
      expect([coin, share, like, comment, collect].map(Number)).toEqual([
        stat.coin,
        stat.share,
        stat.like,
        stat.reply,
        stat.favorite,
      ]);
      expect(Number(interaction)).toBe(stat.coin + stat.like + stat.share);
      expect(user_fans).toBeNull();
    }
  });

  test('an answer without the figure that is asked for is told to be of an unknown shape', () => {
    const bili = platforms.find(({ name }) => name === 'bili');
    const answer = { status: 200, contentType: 'application/json', url: 'http://x/', text: text('bilibili_card.json') };

    expect(() => bili?.drivers.native?.details?.user?.read(answer)).toThrow(
      expect.objectContaining({ name: 'UnknownShapeError' }),
    );
  });
});
