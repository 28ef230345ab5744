import type { PlatformName } from '../../../../lambdas/briefs/platforms/names.ts';
import type { DriverName } from '../../../../lambdas/briefs/platforms/platform.ts';

/** Items as platforms answer them, each of its kind with nothing odd about it. */

/** A gateway's envelope. */
export const gateway = (data: unknown) => ({ code: 200, router: '/x', params: {}, request_id: 'r', data });

/** The n-th of its kind. */
export const weiboPost = (n: number) => ({
  card_type: 9,
  scheme: `https://m.weibo.cn/status/P${n}`,
  mblog: {
    id: `500000000000000${n}`,
    bid: `P${n}`,
    created_at: 'Thu May 26 00:41:52 +0800 2022',
    text: `新品#精华水#试用${n}`,
    isLongText: false,
    reposts_count: '100万+',
    comments_count: 12,
    attitudes_count: '1.2万',
    page_info: { type: 'video', play_count: '12万次播放', page_pic: { url: 'https://h/p.jpg' } },
    user: { id: 1234567890, screen_name: '小明', followers_count: '21.5万', follow_count: 80, statuses_count: 901 },
  },
});
const weiboResult = (n: number) => ({
  content: `新品#精华水#试用 ${n} 展开c`,
  post_url: `//weibo.com/1234567890/P${n}?refer_flag=1`,
  user_nick: '小明',
  user_url: '//weibo.com/1234567890',
  publish_time: '11月10日 20:00',
  interaction: { repost_count: '100万+', comment_count: 12, like_count: '1.2万' },
  media: { images: ['//wx1.example/a.jpg'], videos: [] },
});
const note = (n: number) => ({
  model_type: 'note',
  note: {
    id: `67ff2df8000000001b03ebc${n}`,
    type: 'normal',
    title: `陈皮怎么选${n}`,
    desc: '看油点 #陈皮[话题]#',
    liked_count: 45,
    interact_info: { collected_count: '1.5万' },
    timestamp: 1744776696,
    update_time: 1744776738000,
    user: { nickname: '茶记', userid: '574847b76a6a691827d693cb' },
    images_list: [{ url: 'https://i.example/1.jpg' }],
    tag_list: [{ name: '陈皮' }],
  },
});
/** The n-th of its kind. */
export const video = (n: number) => ({
  type: 'video',
  aid: 170001 + n,
  bvid: `BV1xx411c7m${n}`,
  arcurl: `http://www.bilibili.com/video/av17000${n}`,
  title: `【<em class="keyword">精华水</em>】${n}`,
  description: '说明',
  pic: '//i0.example/p.jpg',
  play: 47_660,
  danmaku: 251,
  favorites: 1_832,
  review: 46,
  like: 782,
  tag: '护肤,精华水',
  author: '某人',
  mid: 3691001075993433,
  pubdate: 1770096209,
  duration: '141:36',
});
/** The n-th of its kind. */
export const aweme = (n: number) => ({
  type: 1,
  aweme_info: {
    aweme_id: `758476916693223347${n}`,
    desc: `好坏一看便知${n}。#猫`,
    create_time: 1765966706,
    share_url: `https://www.iesdouyin.com/share/video/${n}/`,
    statistics: { comment_count: 1046, digg_count: 2816, download_count: 5, share_count: 2298, collect_count: 711 },
    text_extra: [{ hashtag_name: '猫' }],
    author: { nickname: '十九', sec_uid: 'MS4w', follower_count: 3 },
    video: { duration: 15_400, cover: { url_list: ['https://p.example/c.webp'] } },
    images: null,
  },
});
const hit = (n: number) => ({
  title: `<em class="highlight">高考</em>有多重要${n}`,
  desc: '摘要 &amp; 高考',
  doc_url: `http://mp.weixin.qq.com/s?__biz=MzA3&mid=26&idx=${n}&sn=ab`,
  timestamp: 1498908951,
  read_num: '10w+',
  cover_url: 'https://i.example/1',
  source: { title: '占豪' },
});

type Item = ReturnType<typeof weiboPost | typeof note | typeof video | typeof aweme | typeof hit | typeof weiboResult>;
type Kind = readonly [PlatformName, DriverName, (n: number) => Item, (list: readonly unknown[]) => unknown];

/** Every driver that answers JSON, with an item of its own and the page around a list of them. */
export const kinds: readonly Kind[] = [
  ['weibo', 'native', weiboPost, (cards) => ({ ok: 1, data: { cards } })],
  ['weibo', 'gateway', weiboResult, (results) => gateway({ parsed_data: { results } })],
  ['redbook', 'gateway', note, (items) => gateway({ code: 0, search_id: 's', data: { items, has_more: true } })],
  ['bili', 'native', video, (result) => ({ code: 0, data: { page: 1, numPages: 50, numResults: 1000, result } })],
  ['bili', 'gateway', video, (result) => gateway({ code: 0, data: { page: 1, numPages: 50, result } })],
  ['douyin', 'gateway', aweme, (data) => gateway({ status_code: 0, data, cursor: 20, has_more: 1, extra: {} })],
  ['weixin', 'gateway', hit, (items) => gateway({ items, no_more: false })],
];
