import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { forwardOnly } from './forward-only.ts';

/** The statistics of projects that are new to the market. `months` and `size_class` name the group; `as_of` is its today. */
export const presaleNewProjects: Migration = {
  async up(db) {
    await sql`
      CREATE TABLE presale.deal_statistics_new_projects (
        county varchar(8) COLLATE "C" NOT NULL,
        district varchar(32) COLLATE "C" NOT NULL,
        project_name varchar(200) COLLATE "C" NOT NULL,
        months integer NOT NULL CHECK (months IN (1, 3, 6)),
        size_class text COLLATE "C" NOT NULL,
        first_deal date NOT NULL,
        count bigint NOT NULL,
        average_house_unit_price_wan_per_ping numeric NOT NULL,
        average_price_wan numeric NOT NULL,
        as_of date NOT NULL,
        PRIMARY KEY (county, district, project_name, months, size_class)
      )`.execute(db);
    await sql`GRANT SELECT, INSERT, UPDATE, DELETE ON presale.deal_statistics_new_projects TO millrace_app`.execute(db);
  },
  down: forwardOnly,
};
