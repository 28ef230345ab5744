import { existsSync } from 'node:fs';
import { commandLine, program } from '../src/terminal/command-line.ts';
import { tryClients } from './clients.ts';
import { tryCrons } from './crons.ts';
import { tryKafkajs } from './kafkajs.ts';
import type { Outcome } from './outcome.ts';
import { tryRecordings } from './recordings.ts';
import { writeTable } from './table.ts';

const usage = `Usage: npm run conformance -- [--recordings FILE] [--python INTERPRETER] [--dry]
  --recordings FILE     executions of JSONata state machines as AWS recorded them (JSON)
  --python INTERPRETER  a Python with boto3, awscli, kafka-python and pyawscron
  --dry                 prints the rows and leaves the README as it is
What has no material here is not tried, and its row in packages/one-machine/README.md stays.`;

await program(async () => {
  const { values } = commandLine(usage, {
    options: { recordings: { type: 'string' }, python: { type: 'string' }, dry: { type: 'boolean' } },
  });
  const { recordings, python, dry } = values;
  const today = new Date().toISOString().slice(0, 10);
  const attempts: readonly (readonly [what: string, material: string | undefined, attempt: Attempt])[] = [
    ['recorded executions', recordings, tryRecordings],
    ['clients in Python', python, tryClients],
    ['cron expressions', python, tryCrons],
    ['kafkajs', import.meta.filename, tryKafkajs],
  ];
  for (const [what, material, attempt] of attempts) {
    // One that breaks off takes no row of another with it.
    const outcomes = await withMaterial(what, material, attempt).catch((error: unknown) => {
      console.error(`Broke off: ${what}.`, error);
      process.exitCode = 1;
      return [];
    });
    print(outcomes);
    if (dry !== true) writeTable(outcomes, today);
  }
});

type Attempt = (material: string) => Promise<Outcome[]>;

function print(outcomes: readonly Outcome[]): void {
  for (const { area, against, tried, equal, refused, different } of outcomes) {
    console.log(`${area} (${against}): ${equal} of ${tried} equal`);
    for (const what of refused) console.log(`  refused by name: ${what}`);
    for (const what of different) console.log(`  ${what}`);
  }
}

async function withMaterial(what: string, material: string | undefined, attempt: Attempt): Promise<Outcome[]> {
  if (material !== undefined && existsSync(material)) return attempt(material);
  console.log(`Not tried: ${what}; ${material === undefined ? 'no material is named' : `${material} is not there`}.`);
  return [];
}
