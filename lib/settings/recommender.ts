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
  /**
   * What makes vectors of texts: hashed words, without a call, or a model of Bedrock. That costs 0.02 USD per million tokens (us-east-1)
   * and an endpoint in the network; a scenario's items get vectors of the other kind when its next item comes.
   */
  textVectors: z.enum(['hashed', 'bedrock']).default('hashed'),
  /** How long behaviour is gathered before its files are written; SQS delays by 900 at most. */
  filesDelaySeconds: z.int().min(2).max(900).default(300),
  /** How long behaviour, and what was recommended, stays in the database; files keep it for as long as its scenario says. */
  hotDays: z.int().min(8).max(3650).default(30),
  /** More acts of a scenario's month than that, and its factors are solved by Spark: a function holds some millions. */
  sparkAbove: z.int().min(1).default(5_000_000),
  spark: z
    .strictObject({
      /** Of all jobs together, each with 4 GB: what bounds the cost. 0.26 USD an hour for four (us-east-1, arm64). */
      maxVcpu: z.int().min(4).max(400).default(16),
    })
    .prefault({}),
  /** How long the file of a model stays once it is not online any more; of each scenario the one before stays for longer. */
  modelDays: z.int().min(1).max(3650).default(90),
});
