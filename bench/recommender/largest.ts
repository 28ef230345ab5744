import { chanceFrom } from '../../lambdas/recommender/models/chance.ts';
import { dlae } from '../../lambdas/recommender/models/dlae.ts';
import type { Interaction, ItemContent } from '../../lambdas/recommender/models/model.ts';
import { mostDenseItems } from '../../lambdas/recommender/registry/choose-kind.ts';
import { type Benchmark, figure } from '../figures.ts';

const users = 20_000;
const perUser = 20;
const tastes = 50;

// Fixed ones: the time of a fit doesn't depend on them, and each look of tuning takes that time twice.
const parameters = {
  lambda: 525,
  dropout: 0.72,
  nearWeight: 1.75,
  nearSeconds: 300,
  labelWeight: 0.1,
  yearWeight: 0,
  wordWeight: 0,
};

/** The largest catalogue that gets a dense model: what one fit takes of the function's 15 minutes and 6 GB. */
export const benchmark: Benchmark = {
  title: `one fit of dlae on ${mostDenseItems} made-up items and ${users * perUser} rows, once`,
  async measure() {
    const { rows, items } = catalogue();
    const began = processorSeconds();
    const model = dlae.fit(rows, items, parameters);
    const fitted = processorSeconds();
    const bytes = model.toBytes().length;
    return [
      figure('fit: processor', 's', [fitted - began]),
      figure('most memory', 'MB', [process.resourceUsage().maxRSS / 1024]),
      figure('the model', 'MB', [bytes / 1024 ** 2]),
    ];
  },
};

/** Users of one taste each, who mostly touch items of it. */
function catalogue(): { readonly rows: readonly Interaction[]; readonly items: readonly ItemContent[] } {
  const chance = chanceFrom(1);
  const items = Array.from({ length: mostDenseItems }, (_, item) => ({
    item: `i${item}`,
    tags: [`taste ${item % tastes}`],
  }));
  const rows = Array.from({ length: users * perUser }, (_, nth) => {
    const user = Math.floor(nth / perUser);
    // Squared, so that some items are touched far more than others.
    const within = Math.floor(chance() ** 2 * (mostDenseItems / tastes));
    const taste = chance() < 0.8 ? user % tastes : Math.floor(chance() * tastes);
    return { user: `u${user}`, item: `i${within * tastes + taste}`, at: nth * 60_000 };
  });
  return { rows, items };
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
