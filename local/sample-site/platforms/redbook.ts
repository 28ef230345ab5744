import { type Random, randomFor } from '../generated/random.ts';
import { type Entry, postNamed, search } from './found.ts';
import { authorOf, type Post } from './posts.ts';
import { shownCount } from './shown.ts';

const firstUser = 0x57_48_47;

/** What the app answers to a search of notes; further pages must bring the ids of the first. */
export function redbookPage(asked: URLSearchParams, now: Date): object {
  const [keyword, page] = [asked.get('keyword') ?? '', Number(asked.get('page') ?? 1)];
  const session = sessionOf(keyword);
  const known =
    page === 1 ||
    (asked.get('search_id') === session.search_id && asked.get('search_session_id') === session.search_session_id);
  // Without them the app begins anew.
  const found = search({ platform: 'redbook', keyword, page: known ? page : 1, size: 20 }, now);
  return {
    code: 0,
    success: true,
    data: { ...session, has_more: found.page < found.pages, items: found.entries.map(itemOf), query_type: 0 },
    message: null,
  };
}

function sessionOf(keyword: string) {
  const random = randomFor('redbook session', keyword);
  return {
    search_id: `2f${random.whole(1e8, 1e9).toString(36)}`,
    search_session_id: `s${random.whole(1e8, 1e9).toString(36)}`,
  };
}

function itemOf(entry: Entry): object {
  if (entry.kind === 'advertisement')
    return { model_type: 'ads', ads_info: { id: '1' }, note: { id: 'f'.repeat(24), title: '广告' } };
  if (entry.kind === 'other') return { model_type: 'rec_query', rec_query: { title: '相关搜索' } };
  const { post, random } = entry;
  // The web's own shape comes up among the app's.
  return random.chance(0.15)
    ? { model_type: 'note', id: idOf(post), note_card: webNote(post, random) }
    : { model_type: 'note', note: appNote(post, random) };
}

function appNote(post: Post, random: Random): object {
  const seconds = Math.floor(post.postedAt.getTime() / 1000);
  // Some have milliseconds alone, and some nothing but their id.
  const time = random.weighted([
    [{ timestamp: seconds, update_time: seconds * 1000 + 42 }, 8],
    [{ update_time: seconds * 1000 }, 1],
    [{}, 1],
  ]);
  return {
    id: idOf(post),
    type: post.isVideo ? 'video' : 'normal',
    title: post.title,
    desc: textOf(post).slice(0, 60),
    ...time,
    liked_count: post.likes,
    shared_count: post.shares,
    comments_count: post.comments,
    collected_count: post.collects,
    user: { nickname: post.author.name, userid: userIdOf(post.author.number), red_official_verified: false },
    images_list: [{ url: 'https://sns-img.xhscdn.com/sample.jpg', width: 1080, height: 1440 }],
  };
}

function webNote(post: Post, random: Random): object {
  return {
    type: post.isVideo ? 'video' : 'normal',
    display_title: post.title,
    desc: textOf(post).slice(0, 60),
    time: Math.floor(post.postedAt.getTime() / 1000) * 1000,
    user: { nick_name: post.author.name, user_id: userIdOf(post.author.number) },
    interact_info: {
      liked_count: String(shownCount(post.likes, random)),
      shared_count: String(shownCount(post.shares, random)),
      comment_count: String(shownCount(post.comments, random)),
      collected_count: String(shownCount(post.collects, random)),
    },
    cover: { url_default: 'https://sns-img.xhscdn.com/sample.jpg' },
  };
}

function textOf(post: Post): string {
  return `${post.text.replaceAll(/#[^#]*#/g, '')} ${post.topics.map((topic) => `#${topic}[话题]#`).join(' ')}`;
}

/** Its first eight digits are the second of its making. */
function idOf(post: Post): string {
  return (
    Math.floor(post.postedAt.getTime() / 1000)
      .toString(16)
      .padStart(8, '0') + post.id.toString(16).padStart(16, '0')
  );
}

function userIdOf(number: number): string {
  return (firstUser + number).toString(16).padStart(24, '5');
}

/** The whole of a note. */
export function redbookNote(noteId: string): object {
  const post = postNamed('redbook', Number.parseInt(noteId.slice(8), 16));
  const { liked_count, shared_count, comments_count, collected_count } = {
    liked_count: post.likes,
    shared_count: post.shares,
    comments_count: post.comments,
    collected_count: post.collects,
  };
  const note = {
    ...appNote(post, randomFor('redbook', noteId)),
    desc: textOf(post),
    topics: post.topics.map((name) => ({ name })),
    liked_count,
    shared_count,
    comments_count,
    collected_count,
  };
  return {
    code: 0,
    success: true,
    data: [{ user: { userid: userIdOf(post.author.number), nickname: post.author.name }, note_list: [note] }],
  };
}

/** Who has an id. */
export function redbookUser(userId: string): object {
  const author = authorOf('redbook', Number.parseInt(userId.slice(-6), 16) - firstUser);
  return {
    code: 0,
    success: true,
    data: {
      userid: userId,
      nickname: author.name,
      fans: author.fans,
      follows: author.following,
      ndiscovery: author.posts,
      note_num_stat: { posted: author.posts },
    },
  };
}
