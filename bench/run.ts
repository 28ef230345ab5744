import { commandLine, program, UsageError } from 'one-machine/terminal/command-line.ts';
import { type Benchmark, say } from './figures.ts';
import { circumstances, writeResult } from './result-file.ts';
import { tableOf } from './table.ts';

/** Loaded one by one: what a benchmark needs is nothing that another should pay for. */
const benchmarks: Readonly<Record<string, () => Promise<{ benchmark: Benchmark }>>> = {
  bundles: () => import('./bundles.ts'),
  authentication: () => import('./authentication.ts'),
  refusals: () => import('./refusals.ts'),
  'platform/failures': () => import('./platform/failures.ts'),
  'presale/load': () => import('./presale/load.ts'),
  'presale/api': () => import('./presale/api.ts'),
  'presale/flow': () => import('./presale/flow.ts'),
  kafka: () => import('./kafka.ts'),
  'tagger/model': () => import('./tagger/model.ts'),
  'pages/main-text': () => import('./pages/main-text.ts'),
  'tagger/throughput': () => import('./tagger/throughput.ts'),
  'tasks/throughput': () => import('./tasks/throughput.ts'),
  'recommender/throughput': () => import('./recommender/throughput.ts'),
  'briefs/lists': () => import('./briefs/lists.ts'),
  'briefs/export': () => import('./briefs/export.ts'),
  'briefs/submit-to-zip': () => import('./briefs/submit-to-zip.ts'),
  'recommender/kernel': () => import('./recommender/kernel.ts'),
  'recommender/evaluate': () => import('./recommender/evaluate.ts'),
  'recommender/similarity': () => import('./recommender/similarity.ts'),
  'recommender/answers': () => import('./recommender/answers.ts'),
  'recommender/metrics': () => import('./recommender/metrics.ts'),
  'recommender/largest': () => import('./recommender/largest.ts'),
  start: () => import('./start.ts'),
  sustained: () => import('./sustained.ts'),
};

const usage = `Usage: npm run bench [-- name ...]

Measures; all, or those named of ${Object.keys(benchmarks).join(', ')}.`;

/** `npm run bench [name ...]`: measures, prints tables, and writes a result file for each. */
async function main(): Promise<void> {
  const { positionals: names } = commandLine(usage, { words: { most: Number.POSITIVE_INFINITY } });
  const unknown = names.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) throw new UsageError(`There is no benchmark ${unknown.join(', ')}.\n${usage}`);
  for (const [name, load] of Object.entries(benchmarks)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const about = circumstances();
    say(`\n${name} (load ${about.load_before})`);
    const { benchmark } = await load();
    const figures = await benchmark.measure();
    const file = writeResult(name, about, benchmark.title, figures);
    process.stdout.write(`\n${benchmark.title}\n\n${tableOf(figures)}\n\nwritten to ${file}\n`);
  }
}

await program(main);
// What a benchmark started has been stopped by it; an idle instance or socket must not keep the others waiting.
process.exit();
