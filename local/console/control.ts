import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import fastify, { type FastifyInstance } from 'fastify';
import type { FaultSettings } from '../faults.ts';
import { credentials, region } from '../machine.ts';
import { freePort } from '../services/free-port.ts';
import { portsFrom } from '../settings.ts';
import type { Stack } from '../stack.ts';
import { objectsPage, type StoredObject } from './objects-page.ts';
import { overviewPage } from './overview-page.ts';
import { trigger } from './trigger-target.ts';

/** The one address that leads to everything, for people and for the commands. */
export async function startControl(stack: Stack): Promise<{ url: string; stop(): Promise<void> }> {
  const server = fastify({ bodyLimit: 10 * 1024 * 1024 });
  refuseOtherSites(server);
  server.setErrorHandler<Error>((error, _request, reply) => reply.code(400).send({ error: error.message }));
  // A browser sends a form without asking; JSON alone makes it ask first (CORS), and nothing here answers that.
  server.get('/', async (_request, reply) => reply.type('text/html; charset=utf-8').send(await overviewPage(stack)));
  server.get('/stack', () => addressesOf(stack));
  server.get('/mails', () => stack.services.mail.mails());
  server.get('/executions', () => stack.machines.list({ limit: 1000 }));
  server.get<{ Querystring: { arn: string } }>('/history', ({ query }) => stack.machines.history(query.arn));
  server.post<{ Body: { name: string; input?: unknown } }>('/trigger', ({ body }) =>
    trigger(stack, body.name, body.input),
  );
  server.post<{ Body: { function: string; event: unknown } }>('/invoke', async ({ body }) => {
    const model = stack.functions.model(body.function);
    if (!model)
      throw new Error(
        `No function is named ${body.function}; there are ${stack.model.functions.map(({ handler }) => handler).join(', ')}`,
      );
    return stack.functions.invoke(model.arn, body.event);
  });
  server.get('/faults', () => stack.faults.settings);
  server.post<{ Body: Partial<FaultSettings> }>('/faults', ({ body }) => {
    stack.faults.set(body);
    return stack.faults.settings;
  });
  serveObjects(server, stack);
  const port = await freePort(portsFrom(stack.settings.port).console);
  const url = await server.listen({ host: '127.0.0.1', port });
  return { url, stop: () => server.close() };
}

/** Where the parts are, for commands and tests; no secret among it. */
function addressesOf({ services, wiring, settings }: Stack) {
  return {
    api: wiring.api?.url,
    s3: services.storage.s3Url,
    sqs: services.storage.sqsUrl,
    mail: services.mail.inboxUrl,
    site: services.site?.url ?? settings.variables.PRESALE_SITE_URL,
    database: services.postgres.url('postgres', 'millrace'),
  };
}

/** Only names of this machine: a page elsewhere can't reach in by a name of its own that leads here. */
function refuseOtherSites(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const { hostname } = new URL(`http://${request.headers.host ?? ''}`);
    if (hostname !== '127.0.0.1' && hostname !== 'localhost')
      await reply.code(403).send({ error: 'Only this machine may ask' });
  });
}

function serveObjects(server: FastifyInstance, stack: Stack): void {
  const s3 = new S3Client({ region, credentials, endpoint: stack.services.storage.s3Url });
  server.get<{ Params: { bucket: string; '*': string } }>('/buckets/:bucket/*', async ({ params, headers }, reply) => {
    const key = params['*'];
    if (key === '' || key.endsWith('/')) {
      const objects = await listed(s3, params.bucket, key);
      if (!headers.accept?.includes('text/html')) return objects;
      return reply.type('text/html; charset=utf-8').send(objectsPage(params.bucket, key, objects));
    }
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: params.bucket, Key: key }));
      return await reply.type('text/plain; charset=utf-8').send(Body);
    } catch (error) {
      if (error instanceof NoSuchKey) return reply.code(404).send({ error: `There is no ${key} in ${params.bucket}` });
      throw error;
    }
  });
}

async function listed(s3: S3Client, bucket: string, prefix: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key = '', Size = 0, LastModified } of Contents)
      objects.push({ key: Key, bytes: Size, at: LastModified });
  }
  return objects;
}
