import { type Random, randomFor } from '../generated/random.ts';
import { base62, fromBase62 } from './base62.ts';
import { type Entry, type FoundPage, postNamed, search } from './found.ts';
import { json, type PlatformSite } from './platform-site.ts';
import { authorOf, type Post } from './posts.ts';
import { escaped, highlighted } from './shown.ts';

const firstUser = 300_000;

/** The path of the search has changed before, and the gateway has one of its own: all answer alike. */
const searched = ({ url, now }: { readonly url: URL; readonly now: Date }) =>
  json({ code: 0, message: '0', ttl: 1, data: biliPage(url, 20, now) });

/** api.bilibili.com: search, figures of a video, its author's followers, and who is logged in. */
export const bili: PlatformSite = {
  '/x/web-interface/search/type': searched,
  '/x/web-interface/wbi/search/type': searched,
  '/x/web-interface/archive/stat': ({ url }) => ok(statOf(videoNamed(url))),
  '/x/web-interface/view': ({ url }) => ok(viewOf(videoNamed(url))),
  '/x/web-interface/view/detail': ({ url }) =>
    ok({ View: viewOf(videoNamed(url)), Card: cardOf(videoNamed(url).author.number + firstUser) }),
  '/x/web-interface/card': ({ url }) => ok(cardOf(Number(url.searchParams.get('mid')))),
  '/x/relation/stat': ({ url }) => ok(relationOf(Number(url.searchParams.get('vmid')))),
  '/x/web-interface/nav': ({ request }) =>
    request.headers.cookie === 'expired'
      ? json({ code: -101, message: '账号未登录', data: { isLogin: false } })
      : ok({ isLogin: true, mid: firstUser }),
};

function ok(data: object) {
  return json({ code: 0, message: '0', ttl: 1, data });
}

/** What a search answers in `data`. */
export function biliPage(url: URL, defaultSize: number, now: Date): object {
  const asked = url.searchParams;
  const size = Number(asked.get('page_size') ?? defaultSize);
  const found = search(
    { platform: 'bili', keyword: asked.get('keyword') ?? '', page: Number(asked.get('page') ?? 1), size },
    now,
  );
  const [from, until] = [Number(asked.get('pubtime_begin_s') ?? 0), Number(asked.get('pubtime_end_s') ?? 0)];
  const within = ({ postedAt }: Post) =>
    until === 0 || (postedAt.getTime() >= from * 1000 && postedAt.getTime() < (until + 1) * 1000);
  const entries = found.entries.filter((entry) => entry.kind !== 'post' || within(entry.post));
  return {
    ...numbersOf(found, size),
    ...(found.total === 0 ? {} : { result: entries.map((entry, i) => resultOf(entry, found.keyword, i)) }),
  };
}

function numbersOf({ page, pages, total }: FoundPage, size: number): object {
  return {
    seid: '1',
    page,
    pagesize: size,
    numResults: total,
    numPages: pages,
    suggest_keyword: '',
    rqt_type: 'search',
    egg_hit: 0,
    show_column: 0,
  };
}

function resultOf(entry: Entry, keyword: string, index: number): object {
  if (entry.kind === 'advertisement')
    return { type: 'video', is_ad: 1, aid: 1, bvid: 'BV1', title: '广告', pubdate: 1_700_000_000 };
  if (entry.kind === 'other') return { type: 'ketang', id: 2, title: '课程', pubdate: 0 };
  const { post, random } = entry;
  const bvid = bvidOf(post.id);
  return {
    type: 'video',
    id: post.id,
    author: post.author.name,
    mid: firstUser + post.author.number,
    typename: '生活',
    arcurl: `http://www.bilibili.com/video/av${post.id}`,
    aid: post.id,
    bvid,
    title: highlighted(escaped(post.title), escaped(keyword), (found) => `<em class="keyword">${found}</em>`),
    description: post.text,
    pic: '//i0.hdslb.com/bfs/archive/sample.jpg',
    play: random.chance(0.05) ? '--' : post.reads,
    video_review: post.danmus,
    danmaku: post.danmus,
    favorites: post.collects,
    review: post.comments,
    tag: post.topics.join(','),
    pubdate: Math.floor(post.postedAt.getTime() / 1000),
    senddate: Math.floor(post.postedAt.getTime() / 1000),
    duration: durationOf(post.seconds, random),
    // The web's own search tells no likes.
    ...(random.chance(0.7) ? { like: post.likes } : {}),
    is_union_video: 0,
    rank_index: index + 1,
  };
}

function durationOf(seconds: number, random: Random): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  if (minutes >= 60 && random.chance(0.5)) return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(rest)}`;
  return `${minutes}:${rest}`;
}

/** `BV1` and what stands for the id; the real ones are made otherwise, and are as long. */
function bvidOf(id: number): string {
  return `BV1${base62(id)}`;
}

function videoNamed(url: URL): Post {
  const bvid = url.searchParams.get('bvid') ?? url.searchParams.get('bv_id');
  const aid = bvid === null ? (url.searchParams.get('aid') ?? '').replace(/^av/, '') : '';
  return postNamed('bili', bvid === null ? Number(aid) : fromBase62(bvid.slice(3)));
}

/** What a video's own answer has, of a query that names it. */
export function biliVideo(url: URL): object {
  return viewOf(videoNamed(url));
}

function viewOf(post: Post): object {
  return {
    bvid: bvidOf(post.id),
    aid: post.id,
    title: post.title,
    desc: post.text,
    pubdate: Math.floor(post.postedAt.getTime() / 1000),
    duration: post.seconds,
    owner: { mid: firstUser + post.author.number, name: post.author.name },
    stat: statOf(post),
  };
}

function statOf(post: Post): object {
  return {
    aid: post.id,
    view: post.reads,
    danmaku: post.danmus,
    reply: post.comments,
    favorite: post.collects,
    coin: post.coins,
    share: post.shares,
    like: post.likes,
  };
}

/** Followers of an account. */
export function relationOf(mid: number): object {
  const { fans, following } = authorOf('bili', mid - firstUser);
  return { mid, following, whisper: 0, black: 0, follower: fans };
}

function cardOf(mid: number): object {
  const author = authorOf('bili', mid - firstUser);
  const random = randomFor('bili', mid);
  return {
    card: {
      mid: String(mid),
      name: author.name,
      fans: author.fans,
      attention: author.following,
      level_info: { current_level: random.whole(1, 6) },
    },
    archive_count: author.posts,
    follower: author.fans,
    like_num: random.whole(0, 1_000_000),
  };
}
