import type { FastifyInstance } from 'fastify';
import { type TopicReader, topicReader } from 'one-machine/services/topic-reader.ts';
import type { Stack } from '../stack.ts';
import { parsed, recordRequest } from './requests.ts';

/** Topics to look into, and records to put there. Resolves when its clients are closed. */
export function serveTopics(server: FastifyInstance, stack: Stack): () => Promise<void> {
  const { kafka } = stack.services;
  let reader: TopicReader | undefined;
  const readerOf = () => {
    if (!kafka) throw new Error('This environment has no broker');
    reader ??= topicReader(kafka.brokers);
    return reader;
  };
  server.get('/topics', () => readerOf().topics());
  server.get<{ Params: { topic: string }; Querystring: { last?: string } }>('/topics/:topic', ({ params, query }) =>
    readerOf().last(params.topic, Math.min(Number(query.last ?? 20), 500)),
  );
  server.post<{ Params: { topic: string } }>('/topics/:topic', ({ params, body }) =>
    readerOf().produce(params.topic, parsed(recordRequest, body)),
  );
  return async () => reader?.close();
}
