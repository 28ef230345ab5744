import { eachPlatform } from '../platforms/each.ts';

/** A number of an article that lists sort and filter by; `liked` is like and collect together. */
export type ListedFigure =
  | 'like'
  | 'read'
  | 'share'
  | 'comment'
  | 'collect'
  | 'play'
  | 'danmu'
  | 'download'
  | 'interaction'
  | 'interaction_per'
  | 'liked';

/** What is shown of an article. */
export type ShownField =
  | Exclude<ListedFigure, 'liked'>
  | 'url'
  | 'title'
  | 'content'
  | 'post_time'
  | 'user_name'
  | 'user_fans'
  | 'user_fans_level'
  | 'note_type'
  | 'is_repost';

/** The front end's name of a field, and which of ours it is. */
type Names<F extends string> = Readonly<Record<string, F>>;

/** How one platform's articles, accounts and sums are shown: every name is the front end's. */
export interface Listing {
  /** By `sort_value`, from 1. */
  readonly sorts: readonly ('post_time' | ListedFigure)[];
  readonly article: Names<ShownField>;
  /** What `note_title` is looked for in. */
  readonly titled: 'title' | 'content';
  /** Beside the number of articles and of accounts, and the sum of interaction. */
  readonly sums: Names<ListedFigure>;
  readonly accountSums: Names<ListedFigure>;
  readonly accountArticle: Names<ShownField>;
}

const weixin: Listing = {
  sorts: ['post_time', 'like', 'read', 'interaction'],
  article: {
    article_url: 'url',
    title: 'title',
    post_time: 'post_time',
    read_num: 'read',
    like_num: 'like',
    note_interaction_sum: 'interaction',
    weixin_nickname: 'user_name',
    fans_num: 'user_fans',
  },
  titled: 'title',
  sums: { article_like_sum_num: 'like', article_read_sum_num: 'read' },
  accountSums: { sumRead: 'read', sumLike: 'like' },
  accountArticle: { article_url: 'url', title: 'title', read_num: 'read', like_num: 'like', post_time: 'post_time' },
};

const weibo: Listing = {
  sorts: ['post_time', 'share', 'comment', 'like', 'interaction'],
  article: {
    article_url: 'url',
    content: 'content',
    post_time: 'post_time',
    all_repost: 'share',
    all_comment: 'comment',
    all_like: 'like',
    note_interaction_sum: 'interaction',
    user_name: 'user_name',
    fans_num: 'user_fans',
  },
  titled: 'content',
  sums: { article_comment_sum_num: 'comment', article_like_sum_num: 'like', article_repost_sum_num: 'share' },
  accountSums: { sumLike: 'like', sumRepost: 'share', sumComment: 'comment' },
  accountArticle: {
    article_url: 'url',
    content: 'content',
    is_repost: 'is_repost',
    repost: 'share',
    like: 'like',
    comment: 'comment',
    post_time: 'post_time',
  },
};

const redbook: Listing = {
  sorts: ['post_time', 'share', 'comment', 'like', 'collect', 'liked', 'interaction', 'interaction_per'],
  article: {
    note_url: 'url',
    note_title: 'title',
    note_type: 'note_type',
    note_post_time: 'post_time',
    note_like_num: 'like',
    note_comment_num: 'comment',
    note_collect_num: 'collect',
    note_share_num: 'share',
    note_interaction_sum: 'interaction',
    note_interaction_per: 'interaction_per',
    user_name: 'user_name',
    user_fans_num: 'user_fans',
    user_fans_level: 'user_fans_level',
  },
  titled: 'title',
  sums: {
    article_collect_like_sum_num: 'liked',
    article_collect_sum_num: 'collect',
    article_comment_sum_num: 'comment',
    article_like_sum_num: 'like',
    article_share_sum_num: 'share',
  },
  accountSums: { sumCollect: 'collect', sumComment: 'comment', sumLike: 'like', sumShare: 'share' },
  accountArticle: {
    note_url: 'url',
    note_title: 'title',
    note_like_num: 'like',
    note_comment_num: 'comment',
    note_collect_num: 'collect',
    note_share_num: 'share',
    note_post_time: 'post_time',
  },
};

const bili: Listing = {
  sorts: ['post_time', 'play', 'danmu', 'collect', 'comment', 'interaction'],
  article: {
    arcurl: 'url',
    title: 'title',
    post_time: 'post_time',
    play: 'play',
    video_review: 'danmu',
    favorites: 'collect',
    review: 'comment',
    note_interaction_sum: 'interaction',
    author: 'user_name',
    fans_num: 'user_fans',
  },
  titled: 'title',
  sums: {
    article_barrage_sum_num: 'danmu',
    article_collect_sum_num: 'collect',
    article_comment_sum_num: 'comment',
    article_play_sum_num: 'play',
  },
  accountSums: { sumCollect: 'collect', sumComment: 'comment', sumBarrage: 'danmu', sumPlay: 'play' },
  accountArticle: {
    arcurl: 'url',
    title: 'title',
    play: 'play',
    video_review: 'danmu',
    favorites: 'collect',
    review: 'comment',
    post_time: 'post_time',
  },
};

const douyin: Listing = {
  sorts: ['post_time', 'like', 'comment', 'share', 'download', 'interaction'],
  article: {
    content_url: 'url',
    title: 'title',
    post_time: 'post_time',
    like_num: 'like',
    comment_num: 'comment',
    forward_num: 'share',
    download_num: 'download',
    note_interaction_sum: 'interaction',
    nick_name: 'user_name',
    user_fans_num: 'user_fans',
  },
  titled: 'title',
  sums: {
    article_download_sum_num: 'download',
    article_forward_sum_num: 'share',
    article_comment_sum_num: 'comment',
    article_like_sum_num: 'like',
  },
  accountSums: { sumDownload: 'download', sumComment: 'comment', sumLike: 'like', sumForward: 'share' },
  accountArticle: {
    content_url: 'url',
    title: 'title',
    like_num: 'like',
    comment_num: 'comment',
    forward_num: 'share',
    download_num: 'download',
    post_time: 'post_time',
  },
};

/** Every platform's lists. */
export const listings = eachPlatform<Listing>({ weixin, weibo, redbook, bili, douyin }, weibo);
