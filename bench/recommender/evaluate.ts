import { existsSync } from 'node:fs';
import path from 'node:path';
import { chanceFrom } from '../../lambdas/recommender/models/chance.ts';
import { trainers } from '../../lambdas/recommender/models/index.ts';
import { measure } from '../../lambdas/recommender/models/measures.ts';
import { modelKinds } from '../../lambdas/recommender/models/model.ts';
import { readInteractions, readItems } from '../../training/recommender/read-split.ts';
import { type Benchmark, figure, say } from '../figures.ts';

// train.tsv, test.tsv and u.item.
const folder = process.env.BENCH_SPLIT;

/** Every kind of model on a split: how good its lists are, and what they cost. */
export const benchmark: Benchmark = {
  title:
    'models of the recommender on the split of BENCH_SPLIT, top 10; parameters chosen on cuts of its training rows',
  async measure() {
    if (folder === undefined || !existsSync(folder)) {
      say('  nothing to judge by: BENCH_SPLIT names the folder of train.tsv, test.tsv and u.item');
      return [];
    }
    const train = readInteractions(path.join(folder, 'train.tsv'));
    const wanted = [...Map.groupBy(readInteractions(path.join(folder, 'test.tsv')), ({ user }) => user)];
    const histories = Map.groupBy(train, ({ user }) => user);
    const items = readItems(path.join(folder, 'u.item'));
    return modelKinds.flatMap((kind) => {
      const began = processorSeconds();
      const parameters = trainers[kind].tune(train, items, chanceFrom(1));
      const tuned = processorSeconds();
      const model = trainers[kind].fit(train, items, parameters);
      const judged = wanted.map(([user, rows]) => ({
        proposed: model.score(histories.get(user) ?? [], 10).map(({ item }) => item),
        relevant: new Set(rows.map(({ item }) => item)),
      }));
      const ended = processorSeconds();
      const { ndcg, map } = measure(judged, model.items.length);
      return [
        figure(`${kind}: nDCG`, '', [ndcg]),
        figure(`${kind}: MAP`, '', [map]),
        figure(`${kind}: fit and score, processor`, 's', [ended - tuned]),
        figure(`${kind}: tuning, processor`, 's', [tuned - began]),
      ];
    });
  },
};

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
