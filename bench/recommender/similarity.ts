import { computeSimilarity } from '../../lambdas/recommender/similarity/similarity-store.ts';
import { givenBehaviors, now, scenario } from '../../test/long/generated-behaviors.ts';
import { type Benchmark, figure, say } from '../figures.ts';
import { benchDatabase, measuredWith } from './measured.ts';

const behaviors = 1_000_000;
const runs = 3;

/** Behaviour read from the database, neighbours of all items kept there. */
export const benchmark: Benchmark = {
  title: `item similarity over ${behaviors.toLocaleString('en')} behaviours of 33 days, from the database and into it`,
  async measure() {
    const database = await benchDatabase();
    try {
      say('  making the behaviours');
      await givenBehaviors(database, behaviors, ['a']);
      const took: Awaited<ReturnType<typeof measuredWith>>[] = [];
      for (let run = 1; run <= runs; run += 1) {
        const work = () => computeSimilarity(database.app, { tenant: 'a', scenario }, { now, days: 30 });
        took.push(await measuredWith(database, work));
        say(`  round ${run} of ${runs}`);
      }
      return [
        figure(
          'clock',
          's',
          took.map(({ clock }) => clock),
        ),
        figure(
          'processor, without the database’s',
          's',
          took.map(({ processor }) => processor),
        ),
        figure(
          'processor of the database',
          's',
          took.flatMap(({ server }) => server ?? []),
        ),
        figure('most memory', 'MB', [process.resourceUsage().maxRSS / 1024]),
      ];
    } finally {
      await database.stop();
    }
  },
};
