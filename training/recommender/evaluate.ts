import { commandLine, program } from 'one-machine/terminal/command-line.ts';
import { chanceFrom } from '../../lambdas/recommender/models/chance.ts';
import { trainers } from '../../lambdas/recommender/models/index.ts';
import { measure } from '../../lambdas/recommender/models/measures.ts';
import type { FittedModel, Interaction } from '../../lambdas/recommender/models/model.ts';
import { modelKinds } from '../../lambdas/recommender/models/model.ts';
import { readInteractions, readItems } from './read-split.ts';

const usage =
  'Usage: npm run recommender:evaluate -- TRAIN.tsv TEST.tsv [ITEMS] [--popular] [--cosine] [--dlae] [--ials]';

await program(() => {
  const { positionals, values } = commandLine(usage, {
    words: { least: 2, most: 3 },
    options: Object.fromEntries(modelKinds.map((kind) => [kind, { type: 'boolean' as const, default: false }])),
  });
  const [trainFile = '', testFile = '', itemsFile] = positionals;
  const kinds = modelKinds.filter((kind) => values[kind]);
  const train = readInteractions(trainFile);
  const items = itemsFile === undefined ? [] : readItems(itemsFile);
  const test = readInteractions(testFile);

  for (const kind of kinds.length === 0 ? modelKinds : kinds) {
    const trainer = trainers[kind];
    const began = seconds();
    const parameters = trainer.tune(train, items, chanceFrom(1));
    const tuned = seconds();
    const model = trainer.fit(train, items, parameters);
    const lists = proposals(model, train, test);
    const ended = seconds();
    const { ndcg, map, precision, recall, coverage } = measure(lists, model.items.length);
    const figures = [ndcg, map, precision, recall, coverage].map((figure) => figure.toFixed(4));
    console.log(
      `${kind.padEnd(8)} nDCG ${figures[0]} MAP ${figures[1]} P ${figures[2]} R ${figures[3]} coverage ${figures[4]}  ` +
        `fit and score ${(ended - tuned).toFixed(2)} s, tuning ${(tuned - began).toFixed(1)} s  ${JSON.stringify(parameters)}`,
    );
  }
});

/** Seconds of processor time. */
function seconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What the model proposes to every user of the test, beside what that user touched there. */
function proposals(model: FittedModel, learnt: readonly Interaction[], heldOut: readonly Interaction[]) {
  const histories = Map.groupBy(learnt, ({ user }) => user);
  return [...Map.groupBy(heldOut, ({ user }) => user)].map(([user, rows]) => ({
    proposed: model.score(histories.get(user) ?? [], 10).map(({ item }) => item),
    relevant: new Set(rows.map(({ item }) => item)),
  }));
}
