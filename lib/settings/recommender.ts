import * as z from 'zod';

// Kafka's own letters.
const topic = z.string().regex(/^[\w.-]{1,200}$/);

/** What an environment may say of the recommender; what it leaves out is as here. */
export const recommender = z.strictObject({
  enabled: z.boolean().default(true),
  /** Topics that items come by. */
  itemTopics: z.array(topic).min(1).max(20).default(['items-ingest', 'vlog-items', 'news-items']),
  /** Of each topic; as many batches are stored side by side at most. It can grow, never shrink. */
  partitions: z.int().min(1).max(100).default(2),
  /** Lambda's own, kept ready; each takes 5 MB/s. */
  pollers: z
    .strictObject({ minimum: z.int().min(1).max(200).default(1), maximum: z.int().min(1).max(2000).default(2) })
    .refine(({ minimum, maximum }) => minimum <= maximum, 'minimum is above maximum')
    .prefault({}),
  /** How long behaviour is gathered before its files are written; SQS delays by 900 at most. */
  filesDelaySeconds: z.int().min(2).max(900).default(300),
  /** How long behaviour, and what was recommended, stays in the database; the files keep all of it. */
  hotDays: z.int().min(8).max(3650).default(30),
});
