import type { FastifyInstance } from 'fastify';
import type { SampleSites } from '../sample-sites.ts';

/**
 * What is broken on the sample sites, and orders to break them. They are on ports of their own, which a page of this
 * one may not ask: the orders are passed on.
 */
export function serveSampleSites(server: FastifyInstance, sites: SampleSites): void {
  const faultsOf = (name: string) => {
    const control = name === 'presale' ? sites.site && `${sites.site.url}/sample` : sites.platforms?.controlUrl;
    if (control === undefined || !/^(presale|platforms)$/.test(name))
      throw new Error(`There is no sample site ${name}.`);
    return `${control}/faults`;
  };
  const url = '/local/sites/:site/faults';
  server.route<{ Params: { site: string } }>({
    method: ['GET', 'POST', 'DELETE'],
    url,
    async handler({ params, method, body }, reply) {
      const order = method === 'POST' ? { body: JSON.stringify(body) } : {};
      const answer = await fetch(faultsOf(params.site), { method, ...order });
      return reply
        .code(answer.status)
        .type('application/json; charset=utf-8')
        .send(await answer.text());
    },
  });
}
