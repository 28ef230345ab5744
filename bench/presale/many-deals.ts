import pg from 'pg';
import { countyNames } from '../../lambdas/presale/publication/counties.ts';

export const dealCount = 50_000;

const largest = '新北市';

/**
 * Fills presale.deals: a fifth of the deals in 新北市, the rest over all counties, each on one of the 360 days before
 * today, so that the default query's year holds all of them. Spread by arithmetic: the same on every machine.
 */
export async function insertDeals(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(insert, [dealCount, largest, countyNames]);
    await client.query('VACUUM ANALYZE presale.deals');
  } finally {
    await client.end();
  }
}

const insert = `
  INSERT INTO presale.deals (county, serial_number, district, transaction_target, location, transaction_date, floor_text,
    floor, total_floors, main_use, building_type, land_area_m2, building_area_m2, parking_area_m2, rooms, living_rooms,
    bathrooms, note, project_name, unit, termination, price_twd, unit_price_twd_per_m2, parking_type, parking_price_twd,
    publication_date, as_of, loaded_at, source_key, run_id)
  SELECT CASE WHEN n % 5 = 0 THEN $2 ELSE ($3::text[])[n * 7 % 22 + 1] END, 'BENCH' || lpad(n::text, 12, '0'),
    (ARRAY['板橋區', '三重區', '中和區', '新莊區', '淡水區', '林口區'])[n * 13 % 6 + 1], '房地(土地+建物)+車位',
    '中山路' || n % 300 || '號', current_date - (n::bigint * 7919 % 360)::integer, n % 25 + 1 || '層', n % 25 + 1, 26,
    '住家用', '住宅大樓(11層含以上有電梯)', n % 40 + 0.25, n % 120 + 30.5, n % 15, n % 4 + 1, 2, n % 3 + 1, '',
    (ARRAY['雲', '海', '森', '晴', '和', '川', '謙'])[n % 7 + 1]
      || (ARRAY['上', '之', '悅', '朗'])[n * 3 % 4 + 1] || n % 211,
    'A' || n % 9 || '棟' || n % 25 + 1 || '樓', '', 8000000 + n::bigint * 104729 % 40000000,
    90000 + n::bigint * 7907 % 300000, '坡道平面', 1500000 + n % 10 * 100000,
    date_trunc('month', current_date)::date, date_trunc('month', current_date)::date, now(), 'bench', 'bench'
  FROM generate_series(1, $1::integer) AS n`;
