import type { StoredArticle } from '../stored-article.ts';

// Addresses, who is spoken to, and pictures as platforms write them ([笑cry]): none of it is what a text is about.
const noise = /https?:\/\/[\w./?=&%#~:@!$*+,;'-]+|@[\p{L}\p{N}_-]{1,30}|\[[^[\]\s]{1,8}\]/gu;

/** What of an article is cut into words: its title and its text, the title not twice where the text begins with it. */
export function contentText({ title, content }: Pick<StoredArticle, 'title' | 'content'>): string {
  const text = content ?? '';
  const whole = title === null || text.startsWith(title) ? text : `${title}\n${text}`;
  return whole.replace(noise, ' ');
}
