import { createServer } from 'node:http';
import fastify, { type FastifyInstance } from 'fastify';
import { guardServer } from 'one-machine/guard/guard-server.ts';
import { freePort } from 'one-machine/services/free-port.ts';
import { ownPortsFrom } from '../settings.ts';
import type { Stack } from '../stack.ts';
import { serveThisMachine } from '../this-machine/machine-routes.ts';
import { passToApi } from './api-proxy.ts';
import { serveBuckets } from './bucket-routes.ts';
import { faultRequest, invokeRequest, parsed, refusalRequest, triggerRequest, variablesRequest } from './requests.ts';
import { serveTopics } from './topic-routes.ts';
import { trigger } from './trigger-target.ts';

/** The one address that leads to everything, for people and for the commands. */
export async function startControl(stack: Stack): Promise<{ url: string; stop(): Promise<void> }> {
  const pass = passToApi(stack);
  const server = fastify({
    bodyLimit: 10 * 1024 * 1024,
    serverFactory: (own) => createServer((request, response) => pass(request, response) || own(request, response)),
  });
  guardServer(server.server);
  server.setErrorHandler<Error>((error, _request, reply) => reply.code(400).send({ error: error.message }));
  // A browser sends a form without asking; JSON alone makes it ask first (CORS), and nothing here answers that.
  server.get('/stack', () => addressesOf(stack));
  server.get('/mails', () => stack.services.mail.mails());
  server.get('/executions', () => stack.machines.list({ limit: 1000 }));
  server.get<{ Querystring: { arn: string } }>('/history', ({ query }) => stack.machines.history(query.arn));
  serveFunctions(server, stack);
  serveFaults(server, stack);
  serveBuckets(server, stack);
  const closeTopics = serveTopics(server, stack);
  const closeMachine = serveThisMachine(server, stack);
  const port = await freePort(ownPortsFrom(stack.settings.port).console);
  const url = await server.listen({ host: '127.0.0.1', port });
  // The console uploads files straight to their bucket, which has a port of its own here.
  for (const origin of [url, url.replace('127.0.0.1', 'localhost')]) stack.services.storage.letPageIn(origin);
  return {
    url,
    async stop() {
      await server.close();
      await closeTopics();
      await closeMachine();
    },
  };
}

/** What goes wrong on purpose. */
function serveFaults(server: FastifyInstance, stack: Stack): void {
  server.get('/faults', () => stack.faults.settings);
  server.post('/faults', ({ body }) => {
    stack.faults.set(parsed(faultRequest, body));
    return stack.faults.settings;
  });
  server.post('/refuse', ({ body }) => {
    const { service, seconds } = parsed(refusalRequest, body);
    stack.refuse(service, seconds * 1000);
    return { service, until: new Date(Date.now() + seconds * 1000) };
  });
}

function serveFunctions(server: FastifyInstance, stack: Stack): void {
  server.post('/trigger', ({ body }) => {
    const { name, input } = parsed(triggerRequest, body);
    return trigger(stack, name, input);
  });
  server.post('/invoke', ({ body }) => {
    const { function: name, event } = parsed(invokeRequest, body);
    return stack.functions.invoke(modelOf(stack, name).arn, event);
  });
  // As the template has them: the address of the database with its password is no part of that.
  server.post('/variables', ({ body }) => modelOf(stack, parsed(variablesRequest, body).function).environment);
}

function modelOf(stack: Stack, name: string) {
  const model = stack.functions.model(name);
  if (model) return model;
  const names = stack.model.functions.map(({ handler }) => handler);
  throw new Error(`No function is named ${name}; there are ${names.join(', ')}`);
}

/** Where the parts are, for commands and tests; no secret among it. */
function addressesOf({ services, wiring, urls, settings }: Stack) {
  return {
    api: wiring.api?.url,
    s3: services.storage.s3Url,
    sqs: services.storage.sqsUrl,
    secrets: services.secrets.url,
    schedules: services.schedules.url,
    ...urls,
    mail: services.mail.inboxUrl,
    kafka: services.kafka?.brokers,
    site: services.site?.url ?? settings.variables.PRESALE_SITE_URL,
    platforms: services.platforms?.controlUrl,
    database: withoutPassword(services.postgres.url('postgres', 'millrace')),
  };
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  url.password = '';
  return url.href;
}
