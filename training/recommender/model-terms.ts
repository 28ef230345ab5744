import { dlae } from '../../lambdas/recommender/models/dlae.ts';
import { measure } from '../../lambdas/recommender/models/measures.ts';
import { readInteractions, readItems } from './read-split.ts';

// What each term of the default model brings on a split: parameters are fixed ones, so that only the term differs.
const [trainFile, testFile, itemsFile] = process.argv.slice(2);
if (trainFile === undefined || testFile === undefined || itemsFile === undefined) {
  console.error('usage: node training/recommender/model-terms.ts TRAIN.tsv TEST.tsv ITEMS');
  process.exit(2);
}
const train = readInteractions(trainFile);
const test = readInteractions(testFile);
const items = readItems(itemsFile);

const plain = {
  lambda: 300,
  dropout: 0.5,
  nearWeight: 0,
  nearSeconds: 300,
  labelWeight: 0,
  yearWeight: 0,
  wordWeight: 0,
};
const near = { ...plain, lambda: 525, dropout: 0.72, nearWeight: 1.75 };
const rows = {
  'DLAE alone': plain,
  '+ near in time': near,
  '+ labels': { ...near, labelWeight: 0.1 },
  '+ year': { ...near, yearWeight: 0.15 },
  '+ labels and year': { ...near, labelWeight: 0.1, yearWeight: 0.15 },
  '+ words of the title': { ...near, labelWeight: 0.1, yearWeight: 0.15, wordWeight: 0.1 },
};

const histories = Map.groupBy(train, ({ user }) => user);
const wanted = [...Map.groupBy(test, ({ user }) => user)];
console.log('| terms | nDCG@10 | MAP@10 | processor |\n|---|---|---|---|');
for (const [name, parameters] of Object.entries(rows)) {
  const began = process.cpuUsage();
  const model = dlae.fit(train, items, parameters);
  const judged = wanted.map(([user, touched]) => ({
    proposed: model.score(histories.get(user) ?? [], 10).map(({ item }) => item),
    relevant: new Set(touched.map(({ item }) => item)),
  }));
  const { user, system } = process.cpuUsage(began);
  const { ndcg, map } = measure(judged, model.items.length);
  console.log(`| ${name} | ${ndcg.toFixed(4)} | ${map.toFixed(4)} | ${((user + system) / 1e6).toFixed(2)} s |`);
}
