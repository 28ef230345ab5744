import { eachPlatform } from '../platforms/each.ts';
import type { StoredArticle } from './stored-article.ts';
import type { Column } from './workbook/column.ts';

/** A row of a platform's sheet. */
export interface ArticleRow extends StoredArticle {
  /** The words that say most of it, best first; only of notes. */
  readonly keyWords: readonly string[];
}

type ArticleColumn = Column<ArticleRow>;

const text = (header: string, value: ArticleColumn['value']): ArticleColumn => ({ header, kind: 'text', value });
const figure = (header: string, value: ArticleColumn['value']): ArticleColumn => ({ header, kind: 'number', value });
const link = (header: string, value: ArticleColumn['value']): ArticleColumn => ({ header, kind: 'link', value });
const ratio = (header: string, value: ArticleColumn['value']): ArticleColumn => ({ header, kind: 'ratio', value });
const time = (header: string): ArticleColumn => ({ header, kind: 'time', value: (article) => article.post_time });

const keywords = text('关键词', ({ keywords: found }) => found.join('、'));

/** 获赞与收藏数: what is unknown counts 0, unless both are. */
function likesAndCollects({ like, collect }: Pick<StoredArticle, 'like' | 'collect'>): number | null {
  return like === null && collect === null ? null : (like ?? 0) + (collect ?? 0);
}

/** `1:02:03`, or `4:18`. */
function clockOf(seconds: number | null): string | null {
  if (seconds === null) return null;
  const [hours, rest] = [Math.floor(seconds / 3600), seconds % 3600];
  const [minutes, left] = [Math.floor(rest / 60), String(rest % 60).padStart(2, '0')];
  return hours === 0 ? `${minutes}:${left}` : `${hours}:${String(minutes).padStart(2, '0')}:${left}`;
}

const noteTypes: Readonly<Record<string, string>> = { normal: '图文', video: '视频' };

/** Of a platform that its readers have said nothing about: everything that most have. */
const others: readonly ArticleColumn[] = [
  link('文章链接', ({ url }) => url),
  text('文章标题', ({ title }) => title),
  text('文章内容', ({ content }) => content),
  time('发布时间'),
  figure('文章阅读数', ({ read }) => read),
  figure('文章点赞数', ({ like }) => like),
  figure('文章评论数', ({ comment }) => comment),
  figure('文章收藏数', ({ collect }) => collect),
  figure('文章转发数', ({ share }) => share),
  figure('总互动量', ({ interaction }) => interaction),
  text('用户名', ({ user_name }) => user_name),
  text('用户id', ({ user_id }) => user_id),
  link('用户链接', ({ user_url }) => user_url),
  figure('粉丝数', ({ user_fans }) => user_fans),
  keywords,
];

/** The columns of each platform's sheet, in the order and the words that its readers know. */
export const columns = eachPlatform<readonly ArticleColumn[]>(
  {
    weixin: [
      text('文章标题', ({ title }) => title),
      text('文章内容', ({ content }) => content),
      time('发布时间'),
      link('文章链接', ({ url }) => url),
      figure('文章阅读数', ({ read }) => read),
      figure('文章点赞数', ({ like }) => like),
      figure('文章评论数', ({ comment }) => comment),
      text('用户名', ({ user_name }) => user_name),
      text('用户ID', ({ user_id }) => user_id),
      figure('粉丝数', ({ user_fans }) => user_fans),
      figure('总互动量', ({ interaction }) => interaction),
      keywords,
    ],
    weibo: [
      link('用户链接', ({ user_url }) => user_url),
      text('用户id', ({ user_id }) => user_id),
      text('用户名', ({ user_name }) => user_name),
      figure('粉丝数', ({ user_fans }) => user_fans),
      figure('关注数', ({ user_following }) => user_following),
      figure('发布数', ({ user_posts }) => user_posts),
      link('文章链接', ({ url }) => url),
      text('文章内容', ({ content }) => content),
      time('发布时间'),
      figure('文章点赞数', ({ like }) => like),
      figure('文章评论数', ({ comment }) => comment),
      figure('文章转发数', ({ share }) => share),
      figure('总互动数', ({ interaction }) => interaction),
      figure('是否直发（0：直发，1：转发）', ({ is_repost }) => (is_repost ? 1 : 0)),
      keywords,
    ],
    redbook: [
      link('用户链接', ({ user_url }) => user_url),
      text('用户名', ({ user_name }) => user_name),
      figure('粉丝数', ({ user_fans }) => user_fans),
      text('kol级别', ({ user_fans_level }) => user_fans_level),
      link('文章链接', ({ url }) => url),
      text('文章类型', ({ note_type }) => (note_type === null ? null : (noteTypes[note_type] ?? note_type))),
      text('文章标题', ({ title }) => title),
      text('文章内容', ({ content }) => content),
      time('发布时间'),
      figure('文章点赞数', ({ like }) => like),
      figure('文章评论数', ({ comment }) => comment),
      figure('文章收藏数', ({ collect }) => collect),
      figure('文章分享数', ({ share }) => share),
      figure('文章获赞与收藏数', likesAndCollects),
      figure('总互动数', ({ interaction }) => interaction),
      ratio('互动率', ({ interaction_per }) => interaction_per),
      figure('评分', ({ score }) => score),
      text('特征词', ({ keyWords }) => (keyWords.length === 0 ? null : keyWords.join('、'))),
      keywords,
    ],
    bili: [
      link('视频链接', ({ url }) => url),
      text('标题', ({ title }) => title),
      text('视频简介', ({ content }) => content),
      link('视频图片链接', ({ cover_url }) => cover_url),
      figure('视频播放数', ({ play }) => play),
      figure('视频弹幕数', ({ danmu }) => danmu),
      figure('视频收藏数', ({ collect }) => collect),
      figure('视频评论数', ({ comment }) => comment),
      figure('视频硬币数', ({ coin }) => coin),
      figure('视频点赞数', ({ like }) => like),
      figure('视频分享数', ({ share }) => share),
      figure('总互动量', ({ interaction }) => interaction),
      text('标签', ({ tags }) => tags.join('、')),
      text('视频时长', ({ duration_seconds }) => clockOf(duration_seconds)),
      time('发布时间'),
      text('用户名', ({ user_name }) => user_name),
      text('用户id', ({ user_id }) => user_id),
      link('用户链接', ({ user_url }) => user_url),
      figure('用户关注数', ({ user_following }) => user_following),
      figure('用户粉丝数', ({ user_fans }) => user_fans),
      keywords,
    ],
    douyin: [
      text('标题', ({ title }) => title),
      link('文章链接', ({ url }) => url),
      text('文章内容', ({ content }) => content),
      figure('视频点赞数', ({ like }) => like),
      figure('视频下载数', ({ download }) => download),
      figure('视频分享数', ({ share }) => share),
      figure('视频评论数', ({ comment }) => comment),
      time('发布时间'),
      text('用户id', ({ user_id }) => user_id),
      text('用户名', ({ user_name }) => user_name),
      link('用户链接', ({ user_url }) => user_url),
      figure('粉丝数', ({ user_fans }) => user_fans),
      figure('总互动数', ({ interaction }) => interaction),
      keywords,
    ],
  },
  others,
);
