import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/**
 * One index for all that lists and sums of a stage read, by account: accounts are grouped and counted in its order, and
 * names are looked for in it. It stands in place of two; a third, by users' ids, nobody asks any more. Each article that
 * is stored or enriched is written into every index.
 */
export const briefsNarrowIndex: Migration = {
  async up(db) {
    // Names are cut at 500 characters before they are stored; an entry of an index has 2,704 bytes.
    await sql`UPDATE briefs.articles SET user_name = left(user_name, 500) WHERE length(user_name) > 500`.execute(db);
    await sql`
      CREATE INDEX articles_by_account ON briefs.articles (stage_uuid, platform, account, post_time)
        INCLUDE (id, "like", read, share, comment, collect, play, danmu, download, interaction, interaction_per, note_type,
          user_name, user_fans, user_fans_level)`.execute(db);
    await sql`DROP INDEX briefs.articles_figures, briefs.articles_of_account, briefs.articles_of_user`.execute(db);
  },
  down: forwardOnly,
};
