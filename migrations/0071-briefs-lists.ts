import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * What lists and sums of a stage's articles read: one narrow index has all that they filter, sort and add up by, so that
 * no text is read for what doesn't show it.
 */
export const briefsLists: Migration = {
  async up(db) {
    // Who wrote it: ids are the platform's texts of any length, which no index holds.
    await sql`
      ALTER TABLE briefs.articles
        ADD COLUMN account uuid GENERATED ALWAYS AS (md5(coalesce('i' || user_id, 'n' || user_name))::uuid) STORED`.execute(
      db,
    );
    await sql`
      CREATE INDEX articles_figures ON briefs.articles (stage_uuid, platform)
        INCLUDE (id, account, post_time, "like", read, share, comment, collect, play, danmu, download, interaction,
          interaction_per, note_type, user_fans, user_fans_level)`.execute(db);
    await sql`CREATE INDEX articles_of_account ON briefs.articles (stage_uuid, platform, account, post_time)`.execute(
      db,
    );
  },
  down: forwardOnly,
};
