import * as z from 'zod';
import { callerEnv } from '#kit/api/authentication/env.ts';
import { kafkaEnv } from '#kit/stream/env.ts';
import { jsonText } from '#kit/text/json.ts';

/** What the stack and the functions that make and watch topics agree on. */

/** Of what makes them. */
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

const text = z.string().min(1);

/** Inside of the VPC, where the brokers are. */
export const topicsApiEnv = z.object({
  DATABASE_URL: text,
  ...callerEnv,
  ...kafkaEnv,
  /** Names of all topics, comma separated. */
  TOPIC_NAMES: text.transform((names) => names.split(',')),
  /** JSON: [topic, consumer group, function that reads it by the group], each; without names, for Lambda takes 4 KB in all. */
  TOPIC_READERS: jsonText(
    z.array(z.tuple([text, text, text]).transform(([topic, group, reader]) => ({ topic, group, reader }))),
  ),
});

/** Served by `topics-api`, where the environment has brokers. */
export const topicsRoutes = ['GET /platform/topics'] as const;
