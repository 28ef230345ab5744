import { readFileSync } from 'node:fs';
import { commandLine, program } from 'one-machine/terminal/command-line.ts';
import { readModel } from '../lambdas/tagger/model/topic-model.ts';
import { measure } from './measure.ts';
import { reportOf } from './report.ts';
import { readLabelNames, readRows } from './rows.ts';

const usage = 'Usage: npm run tagger:evaluate -- test.tsv [--labels names.txt] [--model file]';

await program(() => {
  const { positionals, values } = commandLine(usage, {
    words: { least: 1, most: 1 },
    options: {
      labels: { type: 'string' },
      model: { type: 'string', default: 'lambdas/tagger/model/topics.model' },
    },
  });
  const [test = ''] = positionals;
  const bytes = readFileSync(values.model);
  const begun = performance.now();
  const model = readModel(bytes);
  const loadMs = performance.now() - begun;
  const names = readLabelNames(values.labels);
  const written = readRows(test, names);
  // Labels that the model doesn't know are the numbers of those that it knows.
  const known = new Set(model.about.labels);
  const rows =
    names === undefined && !written.some(({ label }) => known.has(label))
      ? readRows(test, model.about.labels)
      : written;
  // The dictionary is loaded and the code compiled before the clock starts.
  measure(model, rows.slice(0, 3000));
  process.stdout.write(
    `${values.model}: ${(bytes.length / 1e6).toFixed(2)} MB, loaded in ${loadMs.toFixed(0)} ms, version ${model.version}\n${reportOf(model.about.labels, measure(model, rows))}\n`,
  );
});
