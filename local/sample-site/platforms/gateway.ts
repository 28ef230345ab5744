import { randomUUID } from 'node:crypto';
import type { Answer } from '../answers.ts';
import { biliPage, biliVideo, relationOf } from './bili.ts';
import { douyinPage, douyinUser } from './douyin.ts';
import { type AskedPage, json, type PlatformSite } from './platform-site.ts';
import { redbookNote, redbookPage, redbookUser } from './redbook.ts';
import { weiboPost, weiboResults, weiboUser } from './weibo.ts';
import { weixinArticles, weixinFigures } from './weixin.ts';

/** A paid data interface over several platforms: all in one envelope. Whoever shows no token is refused where one is wanted. */
export const gateway: PlatformSite = {
  '/api/v1/xiaohongshu/app_v2/search_notes': (asked) => wrapped(asked, redbookPage(asked.url.searchParams, asked.now)),
  '/api/v1/xiaohongshu/app_v2/get_image_note_detail': (asked) => wrapped(asked, redbookNote(named(asked, 'note_id'))),
  '/api/v1/xiaohongshu/app_v2/get_video_note_detail': (asked) => wrapped(asked, redbookNote(named(asked, 'note_id'))),
  '/api/v1/xiaohongshu/app_v2/get_user_info': (asked) => wrapped(asked, redbookUser(named(asked, 'user_id'))),
  '/api/v1/douyin/search/fetch_video_search_v2': (asked) => wrapped(asked, douyinPage(bodyOf(asked), asked.now)),
  '/api/v1/douyin/app/v3/handler_user_profile': (asked) => wrapped(asked, douyinUser(named(asked, 'sec_user_id'))),
  '/api/v1/bilibili/web/fetch_general_search': (asked) =>
    wrapped(asked, { code: 0, message: 'OK', ttl: 1, data: biliPage(asked.url, 42, asked.now) }),
  '/api/v1/bilibili/web/fetch_one_video': (asked) =>
    wrapped(asked, { code: 0, message: 'OK', ttl: 1, data: biliVideo(asked.url) }),
  '/api/v1/bilibili/web/fetch_user_relation_stat': (asked) =>
    wrapped(asked, { code: 0, message: 'OK', ttl: 1, data: relationOf(Number(named(asked, 'uid'))) }),
  '/api/v1/weibo/web_v2/fetch_advanced_search': (asked) => wrapped(asked, weiboResults(asked.url, asked.now)),
  '/api/v1/weibo/web_v2/fetch_user_info': (asked) => wrapped(asked, { user: weiboUser(Number(named(asked, 'uid'))) }),
  '/api/v1/weibo/web_v2/fetch_post_detail': (asked) => wrapped(asked, weiboPost(named(asked, 'id'))),
  '/api/v1/wechat_mp/web/fetch_search_article': (asked) => wrapped(asked, weixinArticles(asked.url, asked.now)),
  '/api/v1/wechat_mp/web/fetch_mp_article_url': (asked) =>
    wrapped(asked, {
      article_url: `https://mp.weixin.qq.com/s/${/id=(\w+)/.exec(named(asked, 'sogou_url'))?.[1] ?? 'x'}`,
    }),
  '/api/v1/wechat_mp/v2/fetch_article_stats': (asked) => wrapped(asked, weixinFigures(String(bodyOf(asked).url))),
  // Of the account itself, and without the envelope of what it hands on.
  '/api/v1/tikhub/user/get_user_info': ({ url }) =>
    json({ code: 200, router: url.pathname, user_data: { balance: 12.5, free_credit: 0, is_active: true } }),
};

function wrapped({ url, body }: AskedPage, data: object): Answer {
  const params = body === '' ? Object.fromEntries(url.searchParams) : (JSON.parse(body) as unknown);
  return json({
    code: 200,
    router: url.pathname,
    params,
    request_id: randomUUID(),
    message: 'Request successful.',
    data,
  });
}

function named({ url }: AskedPage, parameter: string): string {
  return url.searchParams.get(parameter) ?? '';
}

function bodyOf({ body }: AskedPage): {
  readonly keyword?: unknown;
  readonly cursor?: unknown;
  readonly url?: unknown;
} {
  return body === '' ? {} : (JSON.parse(body) as object);
}
