import type { FastifyInstance } from 'fastify';
import { type TopicReader, topicReader } from '../services/topic-reader.ts';
import type { Stack } from '../stack.ts';
import { parsed, recordRequest } from './requests.ts';
import { topicPage, topicsPage } from './topics-page.ts';

/** Topics to look into, and records to put there. Resolves when its clients are closed. */
export function serveTopics(server: FastifyInstance, stack: Stack): () => Promise<void> {
  const { kafka } = stack.services;
  let reader: TopicReader | undefined;
  const readerOf = () => {
    if (!kafka) throw new Error('This environment has no broker');
    reader ??= topicReader(kafka.brokers);
    return reader;
  };
  server.get('/topics', async ({ headers }, reply) => {
    const topics = await readerOf().topics();
    if (!headers.accept?.includes('text/html')) return topics;
    return reply.type('text/html; charset=utf-8').send(topicsPage(kafka?.brokers ?? '', topics));
  });
  server.get<{ Params: { topic: string }; Querystring: { last?: string } }>(
    '/topics/:topic',
    async ({ params, query, headers }, reply) => {
      const records = await readerOf().last(params.topic, Math.min(Number(query.last ?? 20), 500));
      if (!headers.accept?.includes('text/html')) return records;
      return reply.type('text/html; charset=utf-8').send(topicPage(params.topic, records));
    },
  );
  server.post<{ Params: { topic: string } }>('/topics/:topic', ({ params, body }) =>
    readerOf().produce(params.topic, parsed(recordRequest, body)),
  );
  return async () => reader?.close();
}
