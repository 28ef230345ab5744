import type { Database } from '../../../../lambdas/adapters/database.ts';
import { platformNames } from '../../../../lambdas/briefs/platforms/names.ts';
import { addArticles, type MadeBrief, madeBrief } from '../lists/stored-articles.ts';

/** One of which everything is known, and an older one of which nothing is. */
export const known = {
  url: 'https://example.org/1',
  title: '标题',
  content: '正文',
  user_name: '小梅',
  user_id: 'u1',
  is_repost: true,
  note_type: 'video',
  post_time: '2026-11-10T16:30:05.000Z',
  figures: {
    like: 11,
    read: 12,
    share: 13,
    comment: 14,
    collect: 15,
    play: 16,
    danmu: 17,
    download: 18,
    coin: 19,
    user_fans: 2000,
  },
} as const;
const unknown = { url: 'https://example.org/2', post_time: '2026-11-09T15:59:59.000Z' };

/** When the known one was posted, as lists show it. */
export const postTime = '2026-11-11 00:30:05';

/** A brief whose stage has both on every platform. */
export async function briefOfTwo(database: Database<unknown>): Promise<MadeBrief> {
  const made = await madeBrief(database);
  for (const platform of platformNames) await addArticles(database, made, platform, [known, unknown]);
  return made;
}
