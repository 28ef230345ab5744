import { type Entry, search } from './found.ts';
import { authorOf, type Post } from './posts.ts';

const size = 12;

/** What the app answers to a search of videos: from a cursor on, which its last answer told. */
export function douyinPage(asked: { readonly keyword?: unknown; readonly cursor?: unknown }, now: Date): object {
  const cursor = Number(asked.cursor ?? 0);
  const found = search(
    { platform: 'douyin', keyword: String(asked.keyword ?? ''), page: Math.floor(cursor / size) + 1, size },
    now,
  );
  return {
    status_code: 0,
    data: found.entries.map(itemOf),
    cursor: cursor + size,
    has_more: found.page < found.pages ? 1 : 0,
    extra: { now: now.getTime(), logid: `2026${cursor}` },
    log_pb: { impr_id: `2026${cursor}` },
  };
}

function itemOf(entry: Entry): object {
  if (entry.kind === 'other') return { type: 6, card_info: { name: '相关搜索' } };
  if (entry.kind === 'advertisement')
    return { type: 1, aweme_info: { aweme_id: '1', desc: '广告', create_time: 1_700_000_000, is_ads: true } };
  return { type: 1, aweme_info: videoOf(entry.post), doc_type: 303 };
}

function videoOf(post: Post): object {
  const id = `7${String(post.id).padStart(18, '0')}`;
  const note = !post.isVideo && post.id % 3 === 0;
  return {
    aweme_id: id,
    desc: `${post.text.replaceAll(/#[^#]*#/g, '')} ${post.topics.map((topic) => `#${topic}`).join(' ')}`,
    create_time: Math.floor(post.postedAt.getTime() / 1000),
    // A search tells no followers.
    author: {
      uid: String(post.author.number),
      sec_uid: secUidOf(post.author.number),
      nickname: post.author.name,
      follower_count: 0,
      aweme_count: 0,
    },
    statistics: {
      aweme_id: id,
      digg_count: post.likes,
      comment_count: post.comments,
      share_count: post.shares,
      collect_count: post.collects,
      download_count: post.downloads,
      forward_count: Math.floor(post.shares / 3),
      // And no plays.
      play_count: 0,
    },
    share_url: `https://www.iesdouyin.com/share/${note ? 'note' : 'video'}/${id}/?region=CN&mid=${post.id}`,
    text_extra: post.topics.map((hashtag_name) => ({ hashtag_name, type: 1 })),
    images: note ? [{ uri: 'sample' }] : null,
    video: {
      cover: { url_list: ['https://p3-sign.douyinpic.com/sample.jpg'] },
      duration: note ? 0 : post.seconds * 1000,
    },
    aweme_type: note ? 68 : 0,
    is_ads: false,
  };
}

function secUidOf(number: number): string {
  return `MS4wLjABAAAA${number.toString(36).padStart(8, '0')}`;
}

/** Who has an id. */
export function douyinUser(secUid: string): object {
  const author = authorOf('douyin', Number.parseInt(secUid.slice(-8), 36));
  return {
    status_code: 0,
    user: {
      sec_uid: secUid,
      nickname: author.name,
      follower_count: author.fans,
      mplatform_followers_count: author.fans,
      following_count: author.following,
      aweme_count: author.posts,
    },
  };
}
