import * as z from 'zod';

const figure = z.int().min(0).nullable();
const text = z.string().nullable();

/** What a page of results tells of an article: null is unknown, never 0. */
export const crawledArticle = z.object({
  /** In a form that any crawl of the same article gives: what makes it one article. */
  article_key: z.string().min(1),
  url: z.string(),
  title: text,
  content: text,
  /** The content is the beginning of a longer text. */
  content_cut: z.boolean(),
  /** ISO 8601, UTC. */
  post_time: z.iso.datetime(),
  like: figure,
  read: figure,
  share: figure,
  comment: figure,
  collect: figure,
  play: figure,
  danmu: figure,
  download: figure,
  coin: figure,
  user_name: text,
  user_id: text,
  user_fans: figure,
  user_url: text,
  user_following: figure,
  user_posts: figure,
  tags: z.array(z.string()),
  is_repost: z.boolean(),
  note_type: z.enum(['normal', 'video']).nullable(),
  cover_url: text,
  duration_seconds: figure,
  /** The figures that are lower bounds (`100万+`). */
  at_least: z.array(z.string()),
  /** The platform's own id, where further calls need one. */
  platform_id: text,
});

export type CrawledArticle = Readonly<z.output<typeof crawledArticle>>;

/** An article with what is computed of it. */
export type Article = CrawledArticle & { readonly interaction: number | null };
