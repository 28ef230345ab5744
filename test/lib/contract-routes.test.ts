import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { parts } from '../../bin/openapi/parts.ts';
import type { ApiAnswer } from '../../lambdas/kit/api/api-response.ts';
import { fallbackRoute } from '../../lambdas/platform/contract.ts';
import { environmentNamed } from '../../lib/environment.ts';
import { routesOf } from '../../lib/inventory/triggers.ts';
import { assemblies, prod } from './assemblies.ts';

/** Every list of routes that a contract exports: `readRoutes`, `tasksRoutes`. */
async function contractRoutes(): Promise<readonly string[]> {
  const contracts = await Promise.all(
    globSync('lambdas/*/contract.ts').map(
      (file) => import(/* @vite-ignore */ path.resolve(file)) as Promise<Readonly<Record<string, unknown>>>,
    ),
  );
  return contracts.flatMap((contract) =>
    Object.entries(contract).flatMap(([name, value]) => (name.endsWith('Routes') ? (value as readonly string[]) : [])),
  );
}

test('the API has exactly the routes of the contracts, each once', async () => {
  const routes = await contractRoutes();

  expect(routes.length).toBeGreaterThan(40);
  expect(
    routesOf(prod)
      .map(({ key }) => key)
      .sort(),
  ).toEqual([...routes, fallbackRoute].sort());
});

test('each route is answered by the handler whose file has it, and the rest by the documentation', () => {
  const handlers = new Map(parts.flatMap(({ handler, routes }) => Object.keys(routes).map((key) => [key, handler])));
  const expected = routesOf(prod).map(({ key }) => ({
    key,
    handler: handlers.get(key) ?? (key.startsWith('ANY ') ? 'tasks/api' : 'platform/docs'),
  }));

  expect(routesOf(prod)).toEqual(expected);
});

test('at the gateway, routes that anybody may call have a throttle of their own, which the stage names when they are there', () => {
  for (const assembly of assemblies) {
    const [stage] = assembly.ofType('AWS::ApiGatewayV2::Stage');
    const settings = Object.entries(stage?.properties.RouteSettings as Record<string, Record<string, number>>);
    const whole = stage?.properties.DefaultRouteSettings as Record<string, number>;
    const knowing = assembly
      .ofType('AWS::Lambda::Function')
      .filter(({ properties }) => JSON.stringify(properties.Environment ?? {}).includes('"USERS_SECRET"'))
      .map(({ properties }) => properties.Description);
    const open = routesOf(assembly).filter(({ handler }) => !knowing.includes(handler));
    const sum = settings.reduce((rate, [, { ThrottlingRateLimit = 0 }]) => rate + ThrottlingRateLimit, 0);

    expect(settings.map(([key]) => key).sort()).toEqual(open.map(({ key }) => key).sort());
    expect(open.map(({ key }) => key)).toEqual(expect.arrayContaining(['GET /health', fallbackRoute]));
    expect(sum).toBeLessThanOrEqual((whole.ThrottlingRateLimit ?? 0) * (3 / 4));
    for (const [, { ThrottlingBurstLimit = 0 }] of settings)
      expect(ThrottlingBurstLimit).toBeLessThanOrEqual((whole.ThrottlingBurstLimit ?? 0) / 4);
    const waitedFor = stage?.dependsOn.map(
      (id) => assembly.resources.find((one) => one.id === id)?.properties.RouteKey,
    );
    expect(waitedFor).toEqual(expect.arrayContaining(settings.map(([key]) => key)));
  }
});

test.each(['staging', 'prod'])('in %s the whole API takes eight times what one credential may ask for', (name) => {
  const { requestsPerSecond, burst, callers } = environmentNamed(name).api;

  expect([requestsPerSecond, burst]).toEqual([
    Math.max(requestsPerSecond, 8 * callers.requestsPerSecond),
    Math.max(burst, 8 * callers.burst),
  ]);
});

const plain = z.strictObject({ error: z.string(), message: z.string() });

test('the template of each function that answers says, in the words of its routes, what is said where it has no room', () => {
  const functions = prod.ofType('AWS::Lambda::Function');
  expect(parts.length).toBeGreaterThan(15);
  for (const { handler, envelope } of parts) {
    const found = functions.find(({ properties }) => properties.Description === handler);
    const answer = JSON.parse(String(found?.metadata['one-machine:no-room'])) as ApiAnswer;

    expect(answer, handler).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect((envelope?.failure ?? plain).safeParse(answer.body).error, handler).toBeUndefined();
  }
});
