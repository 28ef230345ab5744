import { writeFileSync } from 'node:fs';
import { commandLine, program } from 'one-machine/terminal/command-line.ts';
import { readLabelNames, readRows } from './rows.ts';
import { trainModel } from './train-model.ts';

const usage = `npm run tagger:train -- train.tsv [dev.tsv] [--labels names.txt] [--out file] [--seed 1] [--members 12] [--entries 1000000]

Rows: text<TAB>label. --labels: the names of numbered labels, one a line. Without dev.tsv the accuracy is that of a tenth
of the rows, held out. Without --out the model that the project ships is replaced.`;

await program(() => {
  const { positionals, values } = commandLine(usage, {
    words: { least: 1, most: 2 },
    options: {
      labels: { type: 'string' },
      out: { type: 'string', default: 'lambdas/tagger/model/topics.model' },
      seed: { type: 'string', default: '1' },
      members: { type: 'string', default: '12' },
      entries: { type: 'string', default: '1000000' },
    },
  });
  const [train = '', dev] = positionals;
  const names = readLabelNames(values.labels);
  const rows = readRows(train, names);
  const file = trainModel(rows, {
    seed: Number(values.seed),
    members: Number(values.members),
    entries: Number(values.entries),
    trainedAt: new Date(),
    ...(names === undefined ? {} : { labels: names }),
    ...(dev === undefined ? {} : { dev: readRows(dev, names) }),
  });
  writeFileSync(values.out, file);
  process.stdout.write(`${rows.length} rows, ${(file.length / 1e6).toFixed(2)} MB, written to ${values.out}\n`);
});
