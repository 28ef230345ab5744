import * as z from 'zod';
import { count, resultOf } from '#kit/api/answers.ts';
import { type Route, route } from '#kit/api/route.ts';
import type { topicsRoutes } from '../contract.ts';

/** A topic with its readers. */
interface TopicState {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly first: number; readonly end: number }[];
  readonly readers: readonly { readonly reader: string; readonly lag: number }[];
}

export interface TopicsPorts {
  readonly topics: () => Promise<readonly TopicState[]>;
}

const topic = z
  .object({
    topic: z.string(),
    partitions: z.array(
      z.object({
        partition: count,
        first: count.describe('The offset of the oldest record that is still there.'),
        end: count.describe('The offset behind the newest.'),
      }),
    ),
    readers: z.array(z.object({ reader: z.string(), lag: count.describe('Records that it has not done yet.') })),
  })
  .meta({ id: 'Topic' });

/** GET /platform/topics */
const listTopics = route({
  summary: 'Lists the topics with how far they are read',
  description: 'As the brokers know it: what a reader has not committed is its lag.',
  permission: 'read',
  answers: { 200: resultOf(z.object({ data: z.array(topic) })) },
  handle: async (_request, { topics }: TopicsPorts) => ({ status: 200, body: { result: { data: await topics() } } }),
});

/** Topics over HTTP. */
export const topicsApi: Readonly<Record<(typeof topicsRoutes)[number], Route<TopicsPorts>>> = {
  'GET /platform/topics': listTopics,
};
