import { startTestStack } from '../../test/support/stack.ts';
import type { Benchmark, Figure } from '../figures.ts';
import { ask, secondsEach, withoutLimits } from '../requests.ts';
import { dealCount, insertDeals } from './many-deals.ts';

const connectionCounts = [1, 8] as const;

/** Each on the county that asks for most: 新北市 holds a fifth of the deals. */
const queries: Readonly<Record<string, string>> = {
  'default query': '/apiv1/deals',
  search: `/apiv1/deals?search=${encodeURIComponent('雲')}`,
  'sorted by price': '/apiv1/deals?sort=-price',
  'page at 9,000': '/apiv1/deals?start=9000&length=100',
};

/** GET /apiv1/deals by the bundled handler behind the local API, asked from a process of its own. */
export const benchmark: Benchmark = {
  title: `GET /apiv1/deals over ${dealCount.toLocaleString('en-US')} deals, ${secondsEach} s a run`,
  async measure() {
    const running = await startTestStack(withoutLimits);
    try {
      await insertDeals(running.stack.services.postgres.url('postgres', 'millrace'));
      const figures: Figure[] = [];
      for (const [name, route] of Object.entries(queries)) {
        for (const connections of connectionCounts) figures.push(...(await ask(running, { name, route, connections })));
      }
      return figures;
    } finally {
      await running.stop();
    }
  },
};
