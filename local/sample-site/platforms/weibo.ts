import { type Random, randomFor } from '../generated/random.ts';
import { base62, fromBase62 } from './base62.ts';
import { type Entry, postNamed, search } from './found.ts';
import { json, type PlatformSite } from './platform-site.ts';
import { type Author, authorOf, type Post } from './posts.ts';
import { escaped, highlighted, shownCount, shownTime } from './shown.ts';

const firstUser = 1_000_000_000;

/** m.weibo.cn: cards of results, long texts, users, and who is logged in. */
export const weibo: PlatformSite = {
  '/api/container/getIndex': ({ url, now }) => {
    if (url.searchParams.get('type') === 'uid') return json(userInfo(Number(url.searchParams.get('value'))));
    const container = new URLSearchParams(url.searchParams.get('containerid') ?? '');
    const keyword = container.get('q') ?? '';
    const page = Number(url.searchParams.get('page') ?? 1);
    const found = search({ platform: 'weibo', keyword, page, size: 10 }, now);
    if (found.entries.length === 0) return json({ ok: 0, msg: '这里还没有内容', data: { cards: [] } });
    const cards = found.entries.map((entry) => cardOf(entry, keyword, now));
    const menu = page === 1 ? [{ card_type: 11, show_type: 1, card_group: [{ card_type: 4, desc: '相关搜索' }] }] : [];
    return json({
      ok: 1,
      data: {
        cardlistInfo: { containerid: `100103type=1&q=${keyword}`, total: found.total, page: page + 1 },
        cards: [...menu, ...cards],
      },
    });
  },
  '/statuses/extend': ({ url }) => {
    const id = url.searchParams.get('id') ?? '';
    const post = postNamed('weibo', /^\d{10,}$/.test(id) ? Number(id) : fromBase62(id));
    const data = {
      ok: 1,
      longTextContent: `${escaped(post.text)}<br />${escaped(post.text)}`,
      reposts_count: post.shares,
      comments_count: post.comments,
      attitudes_count: post.likes,
    };
    return json({ ok: 1, data });
  },
  '/api/config': ({ request }) =>
    json({ ok: 1, data: { login: request.headers.cookie !== 'expired', st: '000000', uid: String(firstUser) } }),
};

function cardOf(entry: Entry, keyword: string, now: Date): object {
  const { random } = entry;
  if (entry.kind === 'other') return { card_type: 11, card_group: [{ card_type: 6, desc: '查看更多' }] };
  if (entry.kind === 'advertisement') {
    const post = { created_at: '刚刚', id: '1', text: '广告内容', promotion: { type: 'ad' }, mark_text: '广告' };
    return {
      card_type: 9,
      scheme: 'https://m.weibo.cn/status/ad',
      mblog: { ...post, user: userOf(authorOf('weibo', 0), random) },
    };
  }
  const { post } = entry;
  const bid = base62(post.id);
  // A card of the app has the app's own address.
  const scheme = random.chance(0.1)
    ? `sinaweibo://detail?mblogid=${bid}`
    : `https://m.weibo.cn/status/${bid}?mblogid=${bid}`;
  const card = {
    card_type: 9,
    itemid: `seqid:${random.whole(1, 1e9)}`,
    scheme,
    mblog: mblogOf(post, { keyword, now, random }),
    show_type: 0,
  };
  return random.chance(0.2) ? { card_type: 11, card_group: [card] } : card;
}

function mblogOf(
  post: Post,
  { keyword, now, random }: { readonly keyword: string; readonly now: Date; readonly random: Random },
): object {
  const marked = highlighted(escaped(post.text), escaped(keyword), (found) => `<em class="s-color-red">${found}</em>`);
  const id = String(post.id);
  return {
    created_at: shownTime(post.postedAt, now, random),
    id,
    mid: id,
    bid: base62(post.id),
    text: post.long
      ? `${marked}...<a href="/status/${id}">全文</a>`
      : `${marked}<span class="url-icon"><img alt="[心]" src="x.png"></span>`,
    isLongText: post.long,
    source: 'iPhone客户端',
    user: userOf(post.author, random),
    reposts_count: shownCount(post.shares, random),
    comments_count: shownCount(post.comments, random),
    attitudes_count: shownCount(post.likes, random),
    ...(post.isVideo && {
      page_info: { type: 'video', page_pic: { url: 'https://wx1.sinaimg.cn/sample.jpg' }, play_count: '12万次播放' },
    }),
    ...(post.isRepost && {
      retweeted_status: {
        id: '2',
        bid: 'b',
        text: '原文在这里',
        created_at: '2020-01-01',
        user: { id: 2, screen_name: '原作者' },
        attitudes_count: 999_999,
      },
    }),
  };
}

function userOf(author: Author, random: Random): object {
  return {
    id: firstUser + author.number,
    screen_name: author.name,
    profile_url: `https://m.weibo.cn/u/${firstUser + author.number}`,
    statuses_count: author.posts,
    followers_count: shownCount(author.fans, random),
    follow_count: author.following,
  };
}

/** A user as weibo tells of one. */
export function weiboUser(id: number): object {
  return userOf(authorOf('weibo', id - firstUser), randomFor('weibo', id));
}

/** A post as a gateway hands it on, its long text beside the beginning. */
export function weiboPost(bid: string): object {
  const { text } = postNamed('weibo', fromBase62(bid));
  return { mblogid: bid, isLongText: true, text_raw: `${text} 展开c`, longText: { content: `${text}\n${text}` } };
}

/** The advanced search as a gateway hands it on: what stands on its page, taken apart. */
export function weiboResults(url: URL, now: Date): object {
  const [keyword, page] = [url.searchParams.get('q') ?? '', Number(url.searchParams.get('page') ?? 1)];
  const found = search({ platform: 'weibo', keyword, page, size: 10 }, now);
  const results = found.entries.map((entry) =>
    entry.kind === 'post'
      ? resultOf(entry, keyword, now)
      : { content: '广告内容', mark_text: '广告', post_url: '//weibo.com/1/ad' },
  );
  return { parsed_data: { results, search_stats: { search_stats: url.searchParams.get('timescope') } } };
}

function resultOf({ post, random }: Extract<Entry, { kind: 'post' }>, keyword: string, now: Date): object {
  const marked = highlighted(escaped(post.text), escaped(keyword), (part) => `<em class="s-color-red">${part}</em>`);
  const userId = firstUser + post.author.number;
  return {
    content: post.long ? `${marked} 展开c` : marked,
    post_url: `//weibo.com/${userId}/${base62(post.id)}?refer_flag=1001030103_`,
    user_nick: post.author.name,
    user_url: `//weibo.com/${userId}?refer_flag=1001030103_`,
    publish_time: shownTime(post.postedAt, now, random),
    interaction: {
      repost_count: shownCount(post.shares, random),
      comment_count: shownCount(post.comments, random),
      like_count: shownCount(post.likes, random),
    },
    media: { images: ['//wx1.sinaimg.cn/sample.jpg'], videos: [] },
  };
}

function userInfo(id: number): object {
  const userInfo = weiboUser(id);
  return { ok: 1, data: { userInfo, scheme: `sinaweibo://userinfo?uid=${id}` } };
}
