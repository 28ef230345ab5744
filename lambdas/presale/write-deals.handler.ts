import { openDatabase } from '#adapters/database.ts';
import { objectStore } from '#adapters/object-store.ts';
import { parquetChunks } from '#adapters/objects/parquet.ts';
import { queueHandler } from '#kit/queue-handler.ts';
import { sendFailures } from '#record/failure-sender.ts';
import { writeDealsEnv, writeDealsMessage } from './contract.ts';
import { dealColumns } from './parquet/columns.ts';
import { dealRows } from './parquet/deal-rows-store.ts';
import { writeDeals } from './parquet/write-deals.ts';

/** Deals as Parquet: one file for each county, written anew when something came to it. */
export const handler = queueHandler({
  env: writeDealsEnv,
  message: writeDealsMessage,
  ledger: sendFailures,
  services: (env) => {
    const raw = objectStore(env.RAW_BUCKET);
    return {
      dealsOf: dealRows(openDatabase({ url: env.DATABASE_URL })),
      write: (
        key: string,
        rows: AsyncIterable<Parameters<typeof parquetChunks>[1] extends AsyncIterable<infer R> ? R : never>,
      ) => raw.upload(key, parquetChunks(dealColumns, rows)),
    };
  },
  handle: writeDeals,
});
