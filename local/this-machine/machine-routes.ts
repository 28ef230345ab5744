import type { FastifyInstance } from 'fastify';
import { type TopicReader, topicReader } from 'one-machine/services/topic-reader.ts';
import * as z from 'zod';
import { faultRequest, invokeRequest, recordRequest, refusalRequest, triggerRequest } from '../console/requests.ts';
import { trigger, triggerNames } from '../console/trigger-target.ts';
import type { Stack } from '../stack.ts';
import { serveBucketFolders } from './bucket-folders.ts';
import { linesOf } from './log-lines.ts';
import { parsed } from './parsed.ts';
import { serveQueues } from './queues.ts';
import { serveSampleSites } from './sample-sites.ts';

/**
 * What only one machine has, as JSON below /local, for the console's section This machine. Host and Origin are checked by
 * the port's guard. Resolves when its clients are closed.
 */
export function serveThisMachine(server: FastifyInstance, stack: Stack): () => Promise<void> {
  server.get('/local', () => overviewOf(stack));
  serveInbox(server, stack);
  serveWork(server, stack);
  serveFaults(server, stack);
  serveBucketFolders(server, { credentials: stack.services.credentials, s3Url: stack.services.storage.s3Url });
  serveSampleSites(server, stack.services);
  const logQuery = z.strictObject({ correlation_id: z.string().min(1).max(200) });
  server.get('/local/logs', ({ query }) =>
    linesOf(`${stack.settings.directory}/log/stack.jsonl`, parsed(logQuery, query).correlation_id),
  );
  const closings = [serveTopics(server, stack), serveQueues(server, stack)];
  return async () => {
    for (const close of closings) await close();
  };
}

/** What there is. */
function overviewOf(stack: Stack) {
  const { model, wiring, services } = stack;
  return {
    now: new Date(),
    functions: model.functions.map(({ handler, memoryMegabytes, timeoutSeconds, concurrency }) => {
      return { name: handler, memory_mb: memoryMegabytes, timeout_seconds: timeoutSeconds, concurrency };
    }),
    routes: (model.httpApi?.routes ?? []).map(({ key, functionArn }) => {
      return { route: key, function: stack.functions.model(functionArn)?.handler ?? functionArn };
    }),
    triggers: triggerNames(stack),
    schedules: wiring.scheduler.upcoming().map(({ name, at }) => ({ name, next: at ?? null })),
    state_machines: model.stateMachines.map(({ name }) => name),
    buckets: model.buckets.map(({ name }) => name),
    topics: services.kafka !== undefined,
    sites: [...(services.site ? ['presale'] : []), ...(services.platforms ? ['platforms'] : [])],
  };
}

const pageOfMails = z.strictObject({
  start: z.coerce.number().int().min(0).default(0),
  length: z.coerce.number().int().min(1).max(200).default(50),
});

function serveInbox(server: FastifyInstance, { services }: Stack): void {
  server.get('/local/mails', async ({ query }) => {
    const { start, length } = parsed(pageOfMails, query);
    const newestFirst = (await services.mail.mails()).toReversed();
    // The list has no bodies: a report may have a hundred kilobytes.
    const shown = newestFirst.slice(start, start + length).map(({ text: _text, html: _html, ...mail }) => mail);
    return { data: shown, total: newestFirst.length };
  });
  server.get<{ Params: { id: string } }>('/local/mails/:id', async ({ params }, reply) => {
    const found = (await services.mail.mails()).find(({ id }) => id === params.id);
    return found ?? reply.code(404).send({ error: 'There is no such mail.' });
  });
}

function serveWork(server: FastifyInstance, stack: Stack): void {
  server.post('/local/trigger', ({ body }) => {
    const { name, input } = parsed(triggerRequest, body);
    return trigger(stack, name, input);
  });
  server.post('/local/invoke', ({ body }) => {
    const { function: name, event } = parsed(invokeRequest, body);
    const model = stack.functions.model(name);
    if (!model) throw new Error(`No function is named ${name}.`);
    return stack.functions.invoke(model.arn, event);
  });
}

function serveFaults(server: FastifyInstance, stack: Stack): void {
  server.get('/local/faults', () => stack.faults.settings);
  server.post('/local/faults', ({ body }) => {
    stack.faults.set(parsed(faultRequest, body));
    return stack.faults.settings;
  });
  server.post('/local/refuse', ({ body }) => {
    const { service, seconds } = parsed(refusalRequest, body);
    stack.refuse(service, seconds * 1000);
    return { service, until: new Date(Date.now() + seconds * 1000) };
  });
}

const newest = z.strictObject({ last: z.coerce.number().int().min(1).max(500).default(20) });

function serveTopics(server: FastifyInstance, stack: Stack): () => Promise<void> {
  const { kafka } = stack.services;
  let reader: TopicReader | undefined;
  const readerOf = () => {
    if (!kafka) throw new Error('This environment has no broker.');
    reader ??= topicReader(kafka.brokers);
    return reader;
  };
  server.get<{ Params: { topic: string } }>('/local/topics/:topic', async ({ params, query }) => {
    return { records: await readerOf().last(params.topic, parsed(newest, query).last) };
  });
  server.post<{ Params: { topic: string } }>('/local/topics/:topic', ({ params, body }) =>
    readerOf().produce(params.topic, parsed(recordRequest, body)),
  );
  return async () => reader?.close();
}
