import * as z from 'zod';
import { kafkaEnv } from '#kit/stream/env.ts';
import { jsonText } from '#kit/text/json.ts';

/** What the stack and the function that makes topics agree on. */
export const makeTopicsEnv = z.object({
  ...kafkaEnv,
  /** JSON: `[{"name": "wx.messages", "partitions": 4, "configs": {"retention.ms": "172800000"}}]`. */
  TOPICS: jsonText(
    z.array(
      z.object({
        name: z.string().min(1),
        partitions: z.int().positive(),
        configs: z.record(z.string(), z.string()),
      }),
    ),
  ),
});
