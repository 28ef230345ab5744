import { TransientError } from '#kit/errors.ts';
import type { CrawledArticle } from '../article/article.ts';
import { articleOf, topicsBetween, withScheme } from '../article/draft.ts';
import { countOf } from '../reading/count.ts';
import { answerIn, at, isSet, listAt, numberAt, shownAs, textAt } from '../reading/json.ts';
import { plainText } from '../reading/plain-text.ts';
import { readPostTime } from '../reading/post-time.ts';
import { asReader } from './manners.ts';
import type { Detail, Driver, FoundItem, Platform, PlatformAnswer, SearchPage, SearchQuery } from './platform.ts';
import { LoginWantedError, UnknownShapeError } from './refusals.ts';
import { gatewayData, gatewayProbe, quoted, refuseStatus } from './statuses.ts';

/**
 * Weibo's mobile site. Cards hold posts (`mblog`), or groups of cards that do; other cards are menus and advertisements.
 * Recorded answers and the meaning of `ok` and of HTTP 432: public crawlers of m.weibo.cn (dataabc/weibo-crawler).
 */
const native: Driver = {
  search: ({ keyword, page }) => ({
    method: 'GET',
    path: '/api/container/getIndex',
    query: { containerid: `100103type=1&q=${keyword}`, page_type: 'searchall', page: String(page) },
  }),
  read: readCards,
  details: {
    // Cards that don't tell how many follow whom are few.
    user: {
      subject: userOf,
      ask: (value) => ({ method: 'GET', path: '/api/container/getIndex', query: { type: 'uid', value } }),
      read: (answer) => figuresOf(at(answeredCards(answer).data, 'userInfo'), answer),
    },
    // They have the beginning of a long text.
    note: {
      subject: longTextOf,
      ask: (id) => ({ method: 'GET', path: '/statuses/extend', query: { id } }),
      read: readLongText,
    },
  },
  // Tells whether the cookie belongs to a login.
  probe: {
    request: { method: 'GET', path: '/api/config' },
    read: (answer) => {
      const login = at(answeredCards(answer).data, 'login');
      if (login === false || login === 0) throw new LoginWantedError('/api/config says that there is no login');
      if (!isSet(login)) throw new UnknownShapeError(quoted(answer));
    },
  },
};

/**
 * A paid data interface over the site's advanced search, which knows days. Fields (`data.parsed_data.results`, with
 * `interaction`): sunnyseed/last30days-cn-skill, scripts/lib/weibo.py; a user's as weibo.com's `profile/info` has them, and a
 * post's as its `statuses/show` (`longText.content`, `text_raw`): mx-insight-hub, 131_weibo_long_text_and_lcy_grants.sql.
 */
const gateway: Driver = {
  search: (query) => ({
    method: 'GET',
    path: '/api/v1/weibo/web_v2/fetch_advanced_search',
    query: { q: query.keyword, search_type: 'all', timescope: daysOf(query), page: String(query.page) },
  }),
  read: readResults,
  details: {
    user: {
      subject: userOf,
      ask: (uid) => ({ method: 'GET', path: '/api/v1/weibo/web_v2/fetch_user_info', query: { uid } }),
      read: (answer) => {
        const data = gatewayData(answer);
        return figuresOf(at(data, 'user') ?? at(data, 'data', 'user'), answer);
      },
    },
    note: {
      subject: longTextOf,
      ask: (id) => ({
        method: 'GET',
        path: '/api/v1/weibo/web_v2/fetch_post_detail',
        query: { id, is_get_long_text: 'true' },
      }),
      read: readWholePost,
    },
  },
  probe: gatewayProbe,
};

export const weibo = {
  code: 2,
  name: 'weibo',
  title: '微博',
  pageSize: 10,
  drivers: { native, gateway },
  asked: { ...asReader, baseUrl: 'https://m.weibo.cn', requestsPerSecond: 0.2 },
} as const satisfies Platform;

function userOf({ user_id, user_fans }: CrawledArticle): string | undefined {
  return user_fans === null ? (user_id ?? undefined) : undefined;
}

function longTextOf({ content_cut, platform_id }: CrawledArticle): string | undefined {
  return content_cut ? (platform_id ?? undefined) : undefined;
}

function figuresOf(user: unknown, answer: PlatformAnswer): Detail {
  if (at(user, 'followers_count') === undefined) throw new UnknownShapeError(quoted(answer));
  return {
    user_fans: countOf(at(user, 'followers_count')),
    user_following: countOf(at(user, 'follow_count') ?? at(user, 'friends_count')),
    user_posts: countOf(at(user, 'statuses_count')),
  };
}

function readLongText(answer: PlatformAnswer): Detail {
  const text = textAt(answeredCards(answer).data, 'longTextContent');
  // A post that was deleted meanwhile has none.
  return text === null ? {} : { content: plainText(text) };
}

/** Texts of this answer are no HTML; the one of a post that is still folded tells nothing new. */
function readWholePost(answer: PlatformAnswer): Detail {
  const post = gatewayData(answer);
  const text = textAt(post, 'longText', 'content') ?? textAt(post, 'text_raw');
  if (text === null) throw new UnknownShapeError(quoted(answer));
  return unfolding.test(text) ? {} : { content: text.trim() };
}

function readCards(answer: PlatformAnswer, crawledAt: Date): SearchPage {
  const { data, refused } = answeredCards(answer);
  if (refused) return { items: [], next: undefined };
  if (!Array.isArray(at(data, 'cards'))) throw new UnknownShapeError(quoted(answer));
  const items = listAt(data, 'cards').flatMap((card, index) => itemsOf(card, `/data/cards/${index}`, crawledAt));
  // The site goes on with empty pages for ever: one without a post is the last.
  const last = !items.some(({ state }) => state === 'article');
  return { items, next: last ? undefined : { cursor: undefined } };
}

/** `ok` 1 is an answer, -100 wants a login, and 0 with a message is the end of the results. */
function answeredCards(answer: PlatformAnswer): { readonly data: unknown; readonly refused: boolean } {
  // 432 comes with a page instead of JSON when the cookies are no longer good.
  if (answer.status === 432) throw new LoginWantedError(quoted(answer));
  refuseStatus(answer);
  const envelope = answerIn(answer.text);
  const ok = numberAt(envelope, 'ok');
  if (ok === -100) throw new LoginWantedError(quoted(answer));
  if (ok === 1) return { data: at(envelope, 'data'), refused: false };
  if (ok === 0 && textAt(envelope, 'msg') !== null) return { data: undefined, refused: true };
  if (ok === 0) throw new TransientError(quoted(answer));
  throw new UnknownShapeError(quoted(answer));
}

/** A card's own post and those of its group; a group within a group is no group of the site's. */
function itemsOf(card: unknown, place: string, crawledAt: Date, isInner = false): readonly FoundItem[] {
  const group = isInner ? [] : listAt(card, 'card_group');
  const inner = group.flatMap((one, i) => itemsOf(one, `${place}/card_group/${i}`, crawledAt, true));
  const post = at(card, 'mblog') ?? undefined;
  if (group.length > 0 && post === undefined) return inner;
  return [...ownItem(card, post, place, crawledAt), ...inner];
}

function ownItem(card: unknown, post: unknown, place: string, crawledAt: Date): readonly FoundItem[] {
  if (isAdvertisement(card) || isAdvertisement(post)) return [{ state: 'dropped', place, reason: 'advertisement' }];
  if (post === undefined) return [{ state: 'dropped', place, reason: 'no-content' }];
  return [itemOf(card, post, place, crawledAt)];
}

function isAdvertisement(value: unknown): boolean {
  if (isSet(value, 'is_ad')) return true;
  // Paid posts carry a `promotion`, or say 广告 or 推广 above their text. (`ad_state` stands on ordinary posts too.)
  if (at(value, 'promotion') !== undefined && at(value, 'promotion') !== null) return true;
  return /^(?:广告|推广)$/.test(textAt(value, 'title', 'text') ?? textAt(value, 'mark_text') ?? '');
}

function itemOf(card: unknown, post: unknown, place: string, crawledAt: Date): FoundItem {
  const content = plainText(textAt(post, 'text') ?? '');
  const isEmpty = content === '' && listAt(post, 'pics').length === 0 && at(post, 'page_info') == null;
  if (isEmpty || bidOf(post) === null) return { state: 'dropped', place, reason: 'no-content' };
  const shown = at(post, 'created_at');
  const postTime = readPostTime(shown, crawledAt);
  if (!postTime) return { state: 'problem', place, reason: 'unreadable-time', shown: shownAs(shown) };
  return { state: 'article', place, article: postOf(card, post, { content, postTime }) };
}

function postOf(
  card: unknown,
  post: unknown,
  { content, postTime }: { readonly content: string; readonly postTime: Date },
): CrawledArticle {
  const [user, video] = [at(post, 'user'), at(post, 'page_info', 'type') === 'video'];
  const userId = textAt(user, 'id');
  const bid = bidOf(post) ?? '';
  return articleOf(
    {
      article_key: `https://m.weibo.cn/status/${bid}`,
      url: addressOf(card) ?? (userId ? `https://weibo.com/${userId}/${bid}` : `https://m.weibo.cn/status/${bid}`),
      content,
      content_cut: isSet(post, 'isLongText'),
      post_time: postTime.toISOString(),
      user_name: textAt(user, 'screen_name'),
      user_id: userId,
      user_url: userId && `https://weibo.com/u/${userId}`,
      tags: topicsBetween(content),
      is_repost: at(post, 'retweeted_status') != null,
      note_type: video ? 'video' : 'normal',
      cover_url: textAt(post, 'original_pic') ?? textAt(post, 'page_info', 'page_pic', 'url'),
      platform_id: textAt(post, 'id') ?? textAt(post, 'mid'),
    },
    {
      like: at(post, 'attitudes_count'),
      read: at(post, 'reads_count'),
      share: at(post, 'reposts_count'),
      comment: at(post, 'comments_count'),
      play: at(post, 'page_info', 'play_count'),
      user_fans: at(user, 'followers_count'),
      user_following: at(user, 'follow_count'),
      user_posts: at(user, 'statuses_count'),
    },
  );
}

/** What names a post in its address. */
function bidOf(post: unknown): string | null {
  return textAt(post, 'bid') ?? textAt(post, 'id') ?? textAt(post, 'mid');
}

/** Cards of the app name addresses of the app (`sinaweibo://`): those are none for people. */
function addressOf(card: unknown): string | undefined {
  const scheme = textAt(card, 'scheme');
  return scheme && /^https?:/.test(scheme) && URL.canParse(scheme) ? scheme : undefined;
}

const shanghaiMs = 8 * 3_600_000;

/** `custom:2026-11-01:2026-11-29`, the last day included. */
function daysOf({ from, until }: SearchQuery): string {
  const day = (moment: number) => new Date(moment + shanghaiMs).toISOString().slice(0, 10);
  return `custom:${day(from.getTime())}:${day(until.getTime() - 1)}`;
}

function readResults(answer: PlatformAnswer, crawledAt: Date): SearchPage {
  const parsed = at(gatewayData(answer), 'parsed_data');
  if (!Array.isArray(at(parsed, 'results'))) throw new UnknownShapeError(quoted(answer));
  const items = listAt(parsed, 'results').map((post, index) =>
    resultOf(post, `/data/parsed_data/results/${index}`, crawledAt),
  );
  return { items, next: items.length > 0 ? { cursor: undefined } : undefined };
}

// What the page of results ends a long text with, in place of the button that unfolds it.
const unfolding = /展开c?\s*$/;

function resultOf(post: unknown, place: string, crawledAt: Date): FoundItem {
  if (isAdvertisement(post)) return { state: 'dropped', place, reason: 'advertisement' };
  const shownText = plainText(textAt(post, 'content') ?? '');
  const content = shownText.replace(unfolding, '').trimEnd();
  const [userId, bid] = addressedIn(textAt(post, 'post_url') ?? '');
  if (content === '' || bid === undefined) return { state: 'dropped', place, reason: 'no-content' };
  const shown = at(post, 'publish_time');
  const postTime = readPostTime(shown, crawledAt);
  if (!postTime) return { state: 'problem', place, reason: 'unreadable-time', shown: shownAs(shown) };
  const [, writer] = /\/(?:u\/)?(\d+)(?:\?|$)/.exec(textAt(post, 'user_url') ?? '') ?? [];
  const user = writer ?? userId ?? null;
  const [image] = listAt(post, 'media', 'images');
  const article = articleOf(
    {
      article_key: `https://m.weibo.cn/status/${bid}`,
      url: userId ? `https://weibo.com/${userId}/${bid}` : `https://m.weibo.cn/status/${bid}`,
      content,
      content_cut: unfolding.test(shownText),
      post_time: postTime.toISOString(),
      user_name: textAt(post, 'user_nick') ?? textAt(post, 'user_name'),
      user_id: user,
      user_url: user && `https://weibo.com/u/${user}`,
      tags: topicsBetween(content),
      note_type: listAt(post, 'media', 'videos').length > 0 ? 'video' : 'normal',
      cover_url: typeof image === 'string' ? withScheme(image) : null,
      platform_id: bid,
    },
    {
      like: at(post, 'interaction', 'like_count'),
      share: at(post, 'interaction', 'repost_count'),
      comment: at(post, 'interaction', 'comment_count'),
    },
  );
  return { state: 'article', place, article };
}

/** Whose, and which: `//weibo.com/1234567890/PxYz0AbCd?refer_flag=...`. */
function addressedIn(address: string): readonly [userId: string | undefined, bid: string | undefined] {
  const [, userId, bid] = /weibo\.(?:com|cn)\/(?:(\d+)|status|detail)\/(\w+)/.exec(address) ?? [];
  return [userId, bid];
}
