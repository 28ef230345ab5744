import { idOf } from '../article/detail.ts';
import { articleOf, unlessZero } from '../article/draft.ts';
import { countOf } from '../reading/count.ts';
import { at, isSet, listAt, numberAt, shownAs, textAt } from '../reading/json.ts';
import { plainText } from '../reading/plain-text.ts';
import { readPostTime } from '../reading/post-time.ts';
import { asCustomer } from './manners.ts';
import type { Cursor, Detail, Driver, FoundItem, Platform, PlatformAnswer, SearchPage } from './platform.ts';
import { UnknownShapeError } from './refusals.ts';
import { gatewayData, gatewayProbe, quoted } from './statuses.ts';

/** A paid data interface: further pages want the ids that the first one answered. Routes: TikHub's API documentation. */
const gateway: Driver = {
  search: ({ keyword, page, cursor }) => ({
    method: 'GET',
    path: '/api/v1/xiaohongshu/app_v2/search_notes',
    query: {
      keyword,
      page: String(page),
      sort_type: 'time_descending',
      note_type: '不限',
      time_filter: '不限',
      ...(cursor && { search_id: String(cursor.search_id), search_session_id: String(cursor.search_session_id) }),
    },
  }),
  read: readNotes,
  cursorOfFirst: true,
  details: {
    user: {
      subject: ({ user_id, user_fans }) => (user_fans === null ? (user_id ?? undefined) : undefined),
      ask: (user_id) => ({ method: 'GET', path: '/api/v1/xiaohongshu/app_v2/get_user_info', query: { user_id } }),
      read: readUser,
    },
    // A search has the beginning of the text. Notes and videos have an address of their own.
    note: {
      subject: ({ content_cut, platform_id, note_type }) =>
        content_cut && platform_id !== null ? `${platform_id}${note_type === 'video' ? videoMark : ''}` : undefined,
      ask: (subject) => ({
        method: 'GET',
        path: `/api/v1/xiaohongshu/app_v2/get_${subject.endsWith(videoMark) ? 'video' : 'image'}_note_detail`,
        query: { note_id: idOf(subject) },
      }),
      read: readNote,
    },
  },
  probe: gatewayProbe,
};

const videoMark = '/video';

export const redbook = {
  code: 3,
  name: 'redbook',
  title: '小红书',
  pageSize: 20,
  drivers: { gateway },
  asked: asCustomer,
} as const satisfies Platform;

/** Fields: the app's own user info, as the gateway hands it on. */
function readUser(answer: PlatformAnswer): Detail {
  const user = innerData(answer);
  const basic = at(user, 'basic_info') ?? user;
  const interactions = listAt(user, 'interactions');
  const counted = (type: string) =>
    at(
      interactions.find((one) => at(one, 'type') === type),
      'count',
    );
  if (at(user, 'fans') === undefined && counted('fans') === undefined && at(basic, 'nickname') === undefined)
    throw new UnknownShapeError(quoted(answer));
  return {
    user_fans: countOf(at(user, 'fans') ?? counted('fans')),
    user_following: countOf(at(user, 'follows') ?? counted('follows')),
    user_posts: countOf(at(user, 'note_num_stat', 'posted') ?? at(user, 'ndiscovery')),
  };
}

/** The app answers a list of one with a list of notes; other versions the note itself. */
function readNote(answer: PlatformAnswer): Detail {
  const data = innerData(answer);
  const [first] = Array.isArray(data) ? (data as readonly unknown[]) : [data];
  const note = listAt(first, 'note_list')[0] ?? at(first, 'note') ?? first;
  const content = textAt(note, 'desc');
  if (note === undefined || (content === null && textAt(note, 'id') === null && textAt(note, 'note_id') === null))
    throw new UnknownShapeError(quoted(answer));
  const tags = topicsOf(note, content);
  return {
    content,
    like: countOf(at(note, 'liked_count')),
    share: countOf(at(note, 'shared_count')),
    comment: countOf(at(note, 'comments_count')),
    collect: countOf(at(note, 'collected_count')),
    ...(tags.length > 0 && { tags }),
  };
}

/** What the app answered, which stands in `data` of the gateway's envelope, in some versions within a further `data`. */
function innerData(answer: PlatformAnswer): unknown {
  const outer = gatewayData(answer);
  return at(outer, 'data') ?? outer;
}

function readNotes(answer: PlatformAnswer, crawledAt: Date): SearchPage {
  const outer = gatewayData(answer);
  // The interface hands on the app's own envelope, in some of its versions within a further one.
  const [data, place] = Array.isArray(at(outer, 'items')) ? [outer, '/data'] : [at(outer, 'data'), '/data/data'];
  // The app's own no stands beside an empty list.
  const code = numberAt(outer, 'code') ?? 0;
  if (code !== 0 || !Array.isArray(at(data, 'items'))) throw new UnknownShapeError(quoted(answer));
  const items = listAt(data, 'items').map((item, index) => itemOf(item, `${place}/items/${index}`, crawledAt));
  const more = at(data, 'has_more') !== false && items.some(({ state }) => state === 'article');
  return { items, next: more ? { cursor: cursorOf(outer, data) } : undefined };
}

function cursorOf(...envelopes: readonly unknown[]): Cursor | undefined {
  const found = (name: string) => envelopes.map((one) => textAt(one, name)).find((id) => id !== null);
  const [search_id, search_session_id] = [found('search_id'), found('search_session_id')];
  return search_id && search_session_id ? { search_id, search_session_id } : undefined;
}

function itemOf(item: unknown, place: string, crawledAt: Date): FoundItem {
  const note = at(item, 'note') ?? at(item, 'note_card');
  const model = textAt(item, 'model_type') ?? 'note';
  if (/ad/i.test(model) || isSet(note, 'is_ads') || at(item, 'ads_info') != null)
    return { state: 'dropped', place, reason: 'advertisement' };
  if (model !== 'note') return { state: 'dropped', place, reason: 'not-an-article' };
  const id = textAt(note, 'id') ?? textAt(note, 'note_id') ?? textAt(item, 'id');
  if (note === undefined || id === null) return { state: 'dropped', place, reason: 'no-content' };
  const title = plainText(textAt(note, 'title') ?? textAt(note, 'display_title') ?? '') || null;
  const content = textAt(note, 'desc');
  if (title === null && content === null && coverOf(note) === null)
    return { state: 'dropped', place, reason: 'no-content' };
  const shown = timeOf(note, id);
  const postTime = readPostTime(shown, crawledAt);
  if (!postTime) return { state: 'problem', place, reason: 'unreadable-time', shown: shownAs(shown) };
  return { state: 'article', place, article: noteOf(note, { id, title, content, postTime }) };
}

/** What is told of the time of posting; the time of the last editing, in milliseconds, only where nothing else is. */
function timeOf(note: unknown, id: string): unknown {
  const told = [at(note, 'timestamp'), at(note, 'time')].find((one) => one != null && one !== '' && unlessZero(one));
  return told ?? secondsOfId(id) ?? at(note, 'update_time');
}

function coverOf(note: unknown): string | null {
  return textAt(listAt(note, 'images_list')[0], 'url') ?? textAt(note, 'cover', 'url_default');
}

/** A note's id begins with the second of its making, in hex: 5e37c6f9 is 1580713721. */
export function secondsOfId(id: string): number | undefined {
  return /^[0-9a-f]{8}/i.test(id) ? Number.parseInt(id.slice(0, 8), 16) : undefined;
}

interface Note {
  readonly id: string;
  readonly title: string | null;
  readonly content: string | null;
  readonly postTime: Date;
}

function noteOf(note: unknown, { id, title, content, postTime }: Note) {
  const user = at(note, 'user');
  const userId = textAt(user, 'userid') ?? textAt(user, 'user_id');
  const address = `https://www.xiaohongshu.com/explore/${id}`;
  const shownOnWeb = at(note, 'interact_info');
  return articleOf(
    {
      article_key: address,
      url: address,
      title,
      content,
      // A search tells the beginning of the text.
      content_cut: content !== null,
      post_time: postTime.toISOString(),
      user_name: textAt(user, 'nickname') ?? textAt(user, 'nick_name'),
      user_id: userId,
      user_url: userId && `https://www.xiaohongshu.com/user/profile/${userId}`,
      tags: topicsOf(note, content),
      note_type: textAt(note, 'type') === 'video' ? 'video' : 'normal',
      cover_url: coverOf(note),
      platform_id: id,
    },
    {
      like: at(note, 'liked_count') ?? at(shownOnWeb, 'liked_count'),
      share: at(note, 'shared_count') ?? at(shownOnWeb, 'shared_count'),
      comment: at(note, 'comments_count') ?? at(shownOnWeb, 'comment_count'),
      collect: at(note, 'collected_count') ?? at(shownOnWeb, 'collected_count'),
    },
  );
}

/** `#话题[话题]#` in the text, and the list that details have. */
function topicsOf(note: unknown, content: string | null): string[] {
  const listed = [...listAt(note, 'tag_list'), ...listAt(note, 'topics')].map((tag) => textAt(tag, 'name'));
  const written = [...(content ?? '').matchAll(/#([^#\s[\]]{1,60})(?:\[话题\])?#?(?=\s|#|$)/g)].map(
    ([, topic]) => topic,
  );
  return [...new Set([...listed, ...written])].filter((tag) => tag != null);
}
