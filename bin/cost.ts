import { writeFileSync } from 'node:fs';
import { commandLine, program, UsageError } from 'one-machine/terminal/command-line.ts';
import cdk from '../cdk.json' with { type: 'json' };
import { idleCosts } from '../lib/costs/idle-costs.ts';
import { type PricedRegion, pricedRegions } from '../lib/costs/prices.ts';
import { type Costs, costDocument, costReport } from '../lib/costs/report.ts';
import { stayingOf } from '../lib/costs/staying.ts';
import { templatesOf } from '../lib/costs/templates.ts';
import { type Environment, environmentNamed, environmentNames, withoutBrokers } from '../lib/environment.ts';
import { bundleHandlers } from './bundle.ts';

const usage = `npm run cost -- --environment dev [--without-kafka] [--region us-east-1]
npm run cost -- --write      brings docs/costs.md up to date
Environments: ${environmentNames.join(', ')}. Regions with prices: ${pricedRegions.join(', ')}.`;

/** What an environment costs a month while it stands idle, from its templates; `--write` brings docs/costs.md up to date. */
async function main(): Promise<void> {
  const { values } = commandLine(usage, {
    options: {
      environment: { type: 'string', default: 'dev' },
      region: { type: 'string' },
      'without-kafka': { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  // The templates take each function's bundle.
  await bundleHandlers({ console: true });
  if (values.write) return writeFileSync('docs/costs.md', await document());
  const environment = environmentNamed(values.environment);
  const region = regionNamed(values.region ?? environment.region);
  const [costs] = await costsOf(environment, { regions: [region], withoutKafka: values['without-kafka'] });
  if (costs) process.stdout.write(`${costReport(costs)}\n`);
}

function regionNamed(name: string): PricedRegion {
  const known = pricedRegions.find((region) => region === name);
  if (!known) throw new UsageError(`lib/costs/prices.ts has no prices of ${name}.\n${usage}`);
  return known;
}

async function costsOf(
  environment: Environment,
  { regions, withoutKafka }: { readonly regions: readonly PricedRegion[]; readonly withoutKafka: boolean },
): Promise<readonly Costs[]> {
  const assembly = await templatesOf(cdk.context, withoutKafka ? withoutBrokers(environment) : environment);
  const name = withoutKafka ? `${environment.name} without Kafka` : environment.name;
  return regions.map((region) => ({ name, region, lines: idleCosts(assembly, region) }));
}

async function document(): Promise<string> {
  const all: Costs[] = [];
  for (const name of environmentNames)
    all.push(...(await costsOf(environmentNamed(name), { regions: pricedRegions, withoutKafka: false })));
  all.push(...(await costsOf(environmentNamed('dev'), { regions: pricedRegions, withoutKafka: true })));
  const prod = environmentNamed('prod');
  const staying = stayingOf(await templatesOf(cdk.context, prod), regionNamed(prod.region));
  return costDocument(all, staying, regionNamed(prod.region));
}

await program(main);
