import { articleOf, topicsAfter, unlessZero } from '../article/draft.ts';
import { countOf } from '../reading/count.ts';
import { at, isSet, listAt, numberAt, shownAs, textAt } from '../reading/json.ts';
import { plainText } from '../reading/plain-text.ts';
import { readPostTime } from '../reading/post-time.ts';
import { asCustomer } from './manners.ts';
import type { Cursor, Detail, Driver, FoundItem, Platform, PlatformAnswer, SearchPage } from './platform.ts';
import { BlockedError, UnknownShapeError } from './refusals.ts';
import { gatewayData, gatewayProbe, quoted } from './statuses.ts';

/** A paid data interface: each page wants the cursor of the one before. Routes: TikHub's API documentation. */
const gateway: Driver = {
  search: ({ keyword, cursor }) => ({
    method: 'POST',
    path: '/api/v1/douyin/search/fetch_video_search_v2',
    body: {
      keyword,
      cursor: cursor?.cursor ?? 0,
      // 2: newest first; 0: of any time.
      sort_type: '2',
      publish_time: '0',
      filter_duration: '0',
      content_type: '0',
      ...(cursor?.search_id !== undefined && { search_id: cursor.search_id }),
    },
  }),
  read: readVideos,
  details: {
    user: {
      subject: ({ user_id, user_fans }) => (user_fans === null ? (user_id ?? undefined) : undefined),
      ask: (sec_user_id) => ({
        method: 'GET',
        path: '/api/v1/douyin/app/v3/handler_user_profile',
        query: { sec_user_id },
      }),
      read: readUser,
    },
  },
  probe: gatewayProbe,
};

export const douyin = {
  code: 5,
  name: 'douyin',
  title: '抖音',
  pageSize: 12,
  drivers: { gateway },
  asked: asCustomer,
} as const satisfies Platform;

function readUser(answer: PlatformAnswer): Detail {
  const user = at(gatewayData(answer), 'user');
  if (textAt(user, 'nickname') === null && textAt(user, 'sec_uid') === null)
    throw new UnknownShapeError(quoted(answer));
  return {
    // Of all the house's apps together, where it is told: what the site itself shows.
    user_fans: countOf(unlessZero(at(user, 'mplatform_followers_count')) ?? at(user, 'follower_count')),
    user_following: countOf(at(user, 'following_count')),
    user_posts: countOf(at(user, 'aweme_count')),
  };
}

function readVideos(answer: PlatformAnswer, crawledAt: Date): SearchPage {
  const data = gatewayData(answer);
  // The site's no, which comes with an empty list, as does a guard's question whether the caller is human.
  if ((numberAt(data, 'status_code') ?? 0) !== 0) throw new UnknownShapeError(quoted(answer));
  if (textAt(data, 'search_nil_info', 'search_nil_type') === 'verify_check') throw new BlockedError(quoted(answer));
  // The general search names its list `data`, the video search `aweme_list` or `business_data`.
  const name = ['data', 'aweme_list', 'business_data'].find((list) => Array.isArray(at(data, list)));
  if (name === undefined) throw new UnknownShapeError(quoted(answer));
  const items = listAt(data, name).map((item, index) => itemOf(item, `/data/${name}/${index}`, crawledAt));
  const cursor = isSet(data, 'has_more') && items.length > 0 ? cursorOf(data) : undefined;
  return { items, next: cursor && { cursor } };
}

/** Without a cursor the next call would bring this page again. */
function cursorOf(data: unknown): Cursor | undefined {
  const cursor = numberAt(data, 'cursor');
  if (cursor === undefined || cursor <= 0) return undefined;
  const searchId = textAt(data, 'extra', 'logid') ?? textAt(data, 'log_pb', 'impr_id');
  return { cursor, ...(searchId !== null && { search_id: searchId }) };
}

function itemOf(item: unknown, place: string, crawledAt: Date): FoundItem {
  const video = at(item, 'aweme_info') ?? at(item, 'data', 'aweme_info') ?? (at(item, 'aweme_id') ? item : undefined);
  // Type 1 is a video or a note; others are cards of users, shops, searches.
  if (video === undefined) return { state: 'dropped', place, reason: 'no-content' };
  if (isSet(video, 'is_ads') || at(video, 'raw_ad_data') != null || isSet(video, 'is_ad'))
    return { state: 'dropped', place, reason: 'advertisement' };
  const id = textAt(video, 'aweme_id');
  if (id === null) return { state: 'dropped', place, reason: 'no-content' };
  const shown = at(video, 'create_time');
  const postTime = readPostTime(shown, crawledAt);
  if (!postTime) return { state: 'problem', place, reason: 'unreadable-time', shown: shownAs(shown) };
  return { state: 'article', place, article: videoOf(video, id, postTime) };
}

function videoOf(video: unknown, id: string, postTime: Date) {
  const [author, statistics] = [at(video, 'author'), at(video, 'statistics')];
  const userId = textAt(author, 'sec_uid');
  const [kind, noteType] =
    listAt(video, 'images').length > 0 ? (['note', 'normal'] as const) : (['video', 'video'] as const);
  const address = `https://www.douyin.com/${kind}/${id}`;
  const milliseconds = numberAt(video, 'video', 'duration') ?? numberAt(video, 'duration') ?? 0;
  return articleOf(
    {
      article_key: `https://www.douyin.com/video/${id}`,
      url: textAt(video, 'share_url') ?? address,
      title: plainText(textAt(video, 'item_title') ?? textAt(video, 'desc') ?? '') || null,
      content: textAt(video, 'desc'),
      post_time: postTime.toISOString(),
      user_name: textAt(author, 'nickname'),
      user_id: userId,
      user_url: userId && `https://www.douyin.com/user/${userId}`,
      tags: topicsOf(video),
      note_type: noteType,
      cover_url: coverOf(video),
      duration_seconds: milliseconds > 0 ? Math.round(milliseconds / 1000) : null,
      platform_id: id,
    },
    {
      like: at(statistics, 'digg_count'),
      comment: at(statistics, 'comment_count'),
      share: at(statistics, 'share_count') ?? at(statistics, 'forward_count'),
      collect: at(statistics, 'collect_count'),
      download: at(statistics, 'download_count'),
      // A search sends 0 for what it doesn't tell.
      play: unlessZero(at(statistics, 'play_count')),
      user_fans: unlessZero(at(author, 'follower_count')),
      user_following: unlessZero(at(author, 'following_count')),
      user_posts: unlessZero(at(author, 'aweme_count')),
    },
  );
}

/** The named ones; older answers only have them in the text. */
function topicsOf(video: unknown): string[] {
  const named = listAt(video, 'text_extra').map((part) => textAt(part, 'hashtag_name'));
  const topics = [...new Set(named)].filter((topic) => topic !== null);
  return topics.length > 0 ? topics : topicsAfter(textAt(video, 'desc') ?? '');
}

function coverOf(video: unknown): string | null {
  const [address] = listAt(video, 'video', 'cover', 'url_list');
  return typeof address === 'string' ? address : null;
}
