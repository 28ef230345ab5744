import * as z from 'zod';

/** What the stack and the function that makes topics agree on. */
export const makeTopicsEnv = z.object({
  KAFKA_BROKERS: z.string().min(1),
  KAFKA_AUTH: z.enum(['iam', 'none']),
  KAFKA_REGION: z.string().min(1),
  /** JSON: `[{"name": "wx.messages", "partitions": 4, "configs": {"retention.ms": "172800000"}}]`. */
  TOPICS: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(
      z.array(
        z.object({
          name: z.string().min(1),
          partitions: z.int().positive(),
          configs: z.record(z.string(), z.string()),
        }),
      ),
    ),
});
