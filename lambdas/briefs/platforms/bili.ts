import { ThrottledError } from '#kit/errors.ts';
import type { CrawledArticle } from '../article/article.ts';
import { articleOf, withScheme } from '../article/draft.ts';
import { countOf } from '../reading/count.ts';
import { at, isSet, listAt, numberAt, shownAs, textAt } from '../reading/json.ts';
import { plainText } from '../reading/plain-text.ts';
import { readPostTime } from '../reading/post-time.ts';
import { asReader } from './manners.ts';
import type { Detail, Driver, FoundItem, Platform, PlatformAnswer, SearchPage, SearchQuery } from './platform.ts';
import { BlockedError, LoginWantedError, UnknownShapeError } from './refusals.ts';
import { answeredJson, gatewayData, gatewayProbe, quoted, searchProbe } from './statuses.ts';

const pageSize = 20;

/** The site's own search without a signature; where it asks for one, the answer is `v_voucher`, and that is blocked. */
const search: Pick<Driver, 'search' | 'read'> = {
  search: ({ keyword, page }) => ({
    method: 'GET',
    path: '/x/web-interface/search/type',
    query: { search_type: 'video', keyword, page: String(page), page_size: String(pageSize), order: 'pubdate' },
  }),
  read: (answer, crawledAt) => pageOf(answeredData(answer, answeredJson(answer)), '/data', crawledAt),
};

const native: Driver = {
  ...search,
  details: {
    user: {
      subject: userOf,
      ask: (vmid) => ({ method: 'GET', path: '/x/relation/stat', query: { vmid } }),
      read: (answer) => relationOf(answeredData(answer, answeredJson(answer)), answer),
    },
    // Unsigned as well, and with the figures that a search leaves out (coins, shares).
    note: {
      subject: ({ platform_id }) => platform_id ?? undefined,
      ask: (id) => ({ method: 'GET', path: '/x/web-interface/view/detail', query: videoNamed(id, 'bvid') }),
      read: (answer) => videoOf(answeredData(answer, answeredJson(answer)), answer),
    },
  },
  probe: searchProbe(search),
};

/** The same answer inside of a gateway's envelope. Its route and parameters: `fetch_general_search` in TikHub's API. */
const gateway: Driver = {
  search: (query) => ({
    method: 'GET',
    path: '/api/v1/bilibili/web/fetch_general_search',
    query: {
      keyword: query.keyword,
      order: 'pubdate',
      page: String(query.page),
      page_size: String(pageSize),
      ...range(query),
    },
  }),
  read: (answer, crawledAt) => pageOf(answeredData(answer, gatewayData(answer)), '/data/data', crawledAt),
  details: {
    user: {
      subject: userOf,
      ask: (uid) => ({ method: 'GET', path: '/api/v1/bilibili/web/fetch_user_relation_stat', query: { uid } }),
      read: (answer) => relationOf(answeredData(answer, gatewayData(answer)), answer),
    },
    note: {
      // It names videos by their newer ids alone.
      subject: ({ platform_id }) => (platform_id?.startsWith('BV') ? platform_id : undefined),
      ask: (id) => ({ method: 'GET', path: '/api/v1/bilibili/web/fetch_one_video', query: videoNamed(id, 'bv_id') }),
      read: (answer) => videoOf(answeredData(answer, gatewayData(answer)), answer),
    },
  },
  probe: gatewayProbe,
};

export const bili = {
  code: 4,
  name: 'bili',
  title: 'B站',
  pageSize,
  drivers: { native, gateway },
  asked: { ...asReader, baseUrl: 'https://api.bilibili.com', requestsPerSecond: 1 },
} as const satisfies Platform;

function userOf({ user_id, user_fans }: CrawledArticle): string | undefined {
  return user_fans === null ? (user_id ?? undefined) : undefined;
}

function videoNamed(id: string, name: string): Readonly<Record<string, string>> {
  return id.startsWith('av') ? { aid: id.slice(2) } : { [name]: id };
}

/** The figures of a user alone, or the card that has them too. */
function relationOf(data: unknown, answer: PlatformAnswer): Detail {
  const card = at(data, 'card') ?? data;
  const fans = at(data, 'follower') ?? at(card, 'fans');
  if (fans === undefined) throw new UnknownShapeError(quoted(answer));
  return { user_fans: countOf(fans), user_following: countOf(at(card, 'following') ?? at(card, 'attention')) };
}

/** A video with its figures: `View.stat` of the details, `stat` of the video itself, or the figures alone. */
function videoOf(data: unknown, answer: PlatformAnswer): Detail {
  const video = at(data, 'View') ?? data;
  const stat = at(video, 'stat') ?? video;
  if (at(stat, 'coin') === undefined && at(stat, 'view') === undefined) throw new UnknownShapeError(quoted(answer));
  const tags = listAt(data, 'Tags').flatMap((tag) => textAt(tag, 'tag_name') ?? []);
  return {
    coin: countOf(at(stat, 'coin')),
    share: countOf(at(stat, 'share')),
    like: countOf(at(stat, 'like')),
    comment: countOf(at(stat, 'reply')),
    collect: countOf(at(stat, 'favorite')),
    play: countOf(at(stat, 'view')),
    danmu: countOf(at(stat, 'danmaku')),
    content: textAt(video, 'desc'),
    ...(tags.length > 0 && { tags }),
  };
}

function range({ from, until }: SearchQuery) {
  const seconds = (moment: Date) => String(Math.floor(moment.getTime() / 1000));
  // The last second belongs to the range there.
  return { pubtime_begin_s: seconds(from), pubtime_end_s: seconds(new Date(until.getTime() - 1000)) };
}

/** Codes of the site: -101 is not logged in, -352, -403 and -412 are its guard, -509 and -799 are too often. */
function answeredData(answer: PlatformAnswer, envelope: unknown): unknown {
  const code = numberAt(envelope, 'code');
  if (code === -101) throw new LoginWantedError(quoted(answer));
  if (code === -352 || code === -403 || code === -412) throw new BlockedError(quoted(answer));
  if (code === -509 || code === -799) throw new ThrottledError(quoted(answer));
  const data = at(envelope, 'data');
  if (at(data, 'v_voucher') !== undefined) throw new BlockedError(quoted(answer));
  if (code !== 0 || data === undefined) throw new UnknownShapeError(quoted(answer));
  return data;
}

function pageOf(data: unknown, place: string, crawledAt: Date): SearchPage {
  const results = at(data, 'result');
  const [page, pages] = [numberAt(data, 'page'), numberAt(data, 'numPages')];
  // A search without results has no list, and says so by its numbers.
  if (!Array.isArray(results) && numberAt(data, 'numResults') !== 0) throw new UnknownShapeError('No list of results');
  const items = listAt(data, 'result').map((video, index) => itemOf(video, `${place}/result/${index}`, crawledAt));
  const last = page !== undefined && pages !== undefined && page >= pages;
  return { items, next: items.length > 0 && !last ? { cursor: undefined } : undefined };
}

function itemOf(video: unknown, place: string, crawledAt: Date): FoundItem {
  if (isSet(video, 'is_ad') || textAt(video, 'type') === 'ad')
    return { state: 'dropped', place, reason: 'advertisement' };
  if (at(video, 'type') !== 'video') return { state: 'dropped', place, reason: 'not-an-article' };
  const [bvid, aid] = [textAt(video, 'bvid'), textAt(video, 'aid') ?? textAt(video, 'id')];
  if (bvid === null && aid === null) return { state: 'dropped', place, reason: 'no-content' };
  const shown = at(video, 'pubdate');
  const postTime = readPostTime(shown, crawledAt);
  if (!postTime) return { state: 'problem', place, reason: 'unreadable-time', shown: shownAs(shown) };
  const address = `https://www.bilibili.com/video/${bvid ?? `av${aid}`}`;
  const userId = textAt(video, 'mid');
  const article = articleOf(
    {
      article_key: address,
      url: textAt(video, 'arcurl') ?? address,
      title: plainText(textAt(video, 'title') ?? '') || null,
      content: textAt(video, 'description'),
      post_time: postTime.toISOString(),
      user_name: textAt(video, 'author'),
      user_id: userId,
      user_url: userId && `https://space.bilibili.com/${userId}`,
      tags: tagsOf(textAt(video, 'tag')),
      note_type: 'video',
      cover_url: withScheme(textAt(video, 'pic')),
      duration_seconds: secondsOf(textAt(video, 'duration')),
      platform_id: bvid ?? `av${aid}`,
    },
    {
      like: at(video, 'like'),
      play: at(video, 'play'),
      danmu: at(video, 'danmaku') ?? at(video, 'video_review'),
      comment: at(video, 'review'),
      collect: at(video, 'favorites'),
    },
  );
  return { state: 'article', place, article };
}

function tagsOf(list: string | null): string[] {
  return [...new Set((list ?? '').split(',').map((tag) => plainText(tag)))].filter(Boolean);
}

/** `14150:36` is minutes and seconds, `1:02:03` has hours too. */
function secondsOf(duration: string | null): number | null {
  if (duration === null || !/^\d+(?::\d{1,2}){0,2}$/.test(duration)) return null;
  return duration.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
