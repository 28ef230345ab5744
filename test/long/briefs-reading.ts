/**
 * Reads recorded answers of platforms without a line of the project's own readers: what an article must be is computed a
 * second time, from the field paths that the recordings' own description has.
 */

/** An article by the names that the database has for its fields; a field that isn't told is null. */
export type Expected = Readonly<Record<string, unknown>> & { readonly url: string };

// biome-ignore lint/suspicious/noExplicitAny: recordings are whatever they are
type Json = any;

const nothing = {
  title: null,
  content: null,
  like: null,
  read: null,
  share: null,
  comment: null,
  collect: null,
  play: null,
  danmu: null,
  download: null,
  coin: null,
  user_fans: null,
};

/** 1.2万, 100万+, a number, or nothing. */
function number(shown: unknown): number | null {
  if (typeof shown === 'number') return shown;
  const text = typeof shown === 'string' ? shown.replace('+', '').trim() : '';
  if (/^\d+$/.test(text)) return Number(text);
  const parts = text.match(/^([\d.]+)([万亿])$/);
  return parts ? Math.round(Number(parts[1]) * (parts[2] === '万' ? 10_000 : 100_000_000)) : null;
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: '\u00a0',
  '#39': "'",
  ldquo: '“',
  rdquo: '”',
  lsquo: '‘',
  rsquo: '’',
  mdash: '—',
  hellip: '…',
  middot: '·',
};

/** The words of a piece of HTML, all blanks alike: where a line ends is a matter of taste. */
export function words(html: string | null): string {
  return (html ?? '')
    .replace(/<!--.*?-->/gs, '')
    .replace(/<br\s*\/?>/g, ' ')
    .replace(/<[^>]+>/g, '')
    .replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/\s+/g, ' ')
    .trim();
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

/** Sum of what is there; null where nothing is. */
function sum(...parts: readonly (number | null)[]): number | null {
  const known = parts.filter((part) => part !== null);
  return known.length === 0 ? null : known.reduce((total, part) => total + part, 0);
}

function level(fans: number | null, middle: number, top: number): string {
  if (fans === null) return '未知';
  return fans < middle ? '底部kol' : fans < top ? '腰部kol' : '头部kol';
}

/** Posts of weibo's cards, also of those in groups. `crawledOn` is a day in Shanghai: times without a year are read against it. */
export function readWeibo(answer: Json, crawledOn: string): Expected[] {
  const cards = answer.data.cards.flatMap((card: Json) => [card, ...(card.card_group ?? [])]);
  return cards.flatMap((card: Json): Expected[] => {
    const post = card.mblog;
    if (!post) return [];
    const [like, comment, share] = [
      number(post.attitudes_count),
      number(post.comments_count),
      number(post.reposts_count),
    ];
    const fans = number(post.user.followers_count);
    return [
      {
        ...nothing,
        url: card.scheme?.startsWith('http') ? card.scheme : `https://weibo.com/${post.user.id}/${post.bid}`,
        content: words(post.text),
        post_time: weiboTime(post.created_at, crawledOn),
        like,
        comment,
        share,
        read: number(post.reads_count),
        play: number(post.page_info?.play_count),
        interaction: sum(like, comment, share),
        user_name: post.user.screen_name,
        user_id: String(post.user.id),
        user_fans: fans,
        user_fans_level: level(fans, 1_000_000, 5_000_000),
        user_following: number(post.user.follow_count),
        user_posts: number(post.user.statuses_count),
        is_repost: post.retweeted_status !== undefined,
      },
    ];
  });
}

/** The two forms that recordings have: `06-14`, and the long one. */
function weiboTime(shown: string, crawledOn: string): string {
  const long = shown.match(/^\w+ (\w+) (\d+) ([\d:]+) \+0800 (\d+)$/);
  if (long) return new Date(`${long[2]} ${long[1]} ${long[4]} ${long[3]} GMT+0800`).toISOString();
  const year = crawledOn.slice(0, 4);
  const full = shown.length === 5 ? `${`${year}-${shown}` > crawledOn ? Number(year) - 1 : year}-${shown}` : shown;
  return new Date(`${full}T00:00:00+08:00`).toISOString();
}

/** Videos of bili's search, as the site or a gateway answers it. */
export function readBili(answer: Json): Expected[] {
  const results: Json[] = answer.data.result ?? answer.data.data.result;
  return results
    .filter(({ type }) => type === 'video')
    .map((video) => {
      const like = number(video.like);
      return {
        ...nothing,
        url: video.arcurl,
        title: words(video.title),
        content: video.description === '' ? null : video.description,
        post_time: iso(video.pubdate),
        like,
        play: number(video.play),
        danmu: number(video.danmaku ?? video.video_review),
        comment: number(video.review),
        collect: number(video.favorites),
        interaction: like,
        user_name: video.author,
        user_id: String(video.mid),
        user_fans_level: '未知',
        tags: [...new Set(video.tag.split(',').filter(Boolean))],
        note_type: 'video',
        duration_seconds: video.duration
          .split(':')
          .reduce((total: number, part: string) => total * 60 + Number(part), 0),
      };
    });
}

/** Notes of xiaohongshu's search. */
export function readRedbook(answer: Json): Expected[] {
  const items: Json[] = answer.data.data.items;
  return items
    .filter(({ model_type }) => model_type === 'note')
    .map(({ note }) => {
      const [like, collect, share, comment] = [
        note.liked_count,
        note.collected_count,
        note.shared_count,
        note.comments_count,
      ].map(number);
      const part = (value: number | null | undefined, weight: number) => weight * Math.log((value ?? 0) + 1) ** 2;
      return {
        ...nothing,
        url: `https://www.xiaohongshu.com/explore/${note.id}`,
        title: note.title || null,
        content: note.desc || null,
        post_time: iso(note.timestamp),
        like,
        collect,
        share,
        comment,
        interaction: sum(like ?? null, collect ?? null, share ?? null, comment ?? null),
        interaction_per: null,
        score: Math.round((part(like, 0.2) + part(comment, 0.4) + part(collect, 0.4)) * 100) / 100,
        user_name: note.user.nickname,
        user_id: note.user.userid,
        user_fans_level: '未知',
        note_type: note.type === 'video' ? 'video' : 'normal',
      };
    });
}

/** Videos of douyin's search. Zero is what it sends for followers and plays that it doesn't tell. */
export function readDouyin(answer: Json): Expected[] {
  const items: Json[] = answer.data.data;
  return items
    .filter(({ aweme_info }) => aweme_info)
    .map(({ aweme_info: video }) => {
      const told = video.statistics;
      return {
        ...nothing,
        url: video.share_url,
        title: video.item_title || video.desc,
        content: video.desc,
        post_time: iso(video.create_time),
        like: told.digg_count,
        comment: told.comment_count,
        share: told.share_count,
        collect: told.collect_count,
        download: told.download_count,
        play: told.play_count || null,
        interaction: told.digg_count + told.download_count + told.share_count + told.comment_count,
        user_name: video.author.nickname,
        user_id: video.author.sec_uid,
        user_fans: video.author.follower_count || null,
        user_fans_level: level(video.author.follower_count || null, 1_000_000, 5_000_000),
      };
    });
}

/** Articles of Sogou's page, cut into its rows. */
export function readWeixin(page: string): Expected[] {
  const list = page.slice(page.indexOf('class="news-list"'));
  const rows = list.slice(0, list.indexOf('</ul>')).split(/<li\b/).slice(1);
  return rows.map((row) => {
    const found = (pattern: RegExp) => row.match(pattern)?.[1] ?? '';
    const heading = found(/<h3>(.*?)<\/h3>/s);
    return {
      ...nothing,
      url: words(heading.match(/href="([^"]*)"/)?.[1] ?? ''),
      title: words(heading),
      content: words(found(/<p[^>]* class="txt-info"[^>]*>(.*?)<\/p>/s)),
      post_time: iso(Number(found(/class="s-p" t="(\d+)"/))),
      interaction: null,
      user_name: words(found(/<a class="account"[^>]*>(.*?)<\/a>/s)),
      user_id: found(/<a class="account"[^>]* i="([^"]*)"/),
      user_fans_level: '底部kol',
    };
  });
}
