import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { z } from 'zod';
import { historyEvent } from '../src/state-machines/actions.ts';
import { DefinitionError } from '../src/state-machines/errors.ts';
import type { HistoryEvent, TaskInvoker } from '../src/state-machines/execution.ts';
import { lintDefinition } from '../src/state-machines/language/lint-definition.ts';
import { readDefinition } from '../src/state-machines/language/read-definition.ts';
import { type StateMachines, startStateMachines } from '../src/state-machines/state-machines.ts';
import { difference } from './compare.ts';
import { withDatabase } from './machine.ts';
import type { Outcome } from './outcome.ts';

const recording = z.object({
  /** `TestArea::test_name`. */
  id: z.string(),
  definition: z.record(z.string(), z.json()),
  input: z.string(),
  functions: z.record(z.string(), z.literal('returns its input')),
  events: z.array(z.record(z.string(), z.json())),
});
type Recording = z.output<typeof recording>;

const account = 'arn:aws:states:us-east-1:111111111111';

/** Runs each recorded execution and compares its whole history, event by event. */
export async function tryRecordings(file: string): Promise<Outcome[]> {
  const recordings = z.array(recording).parse(JSON.parse(await readFile(file, 'utf8')));
  const found: { area: string; result: Result }[] = [];
  await withDatabase(async (pool) => {
    for (const one of recordings) found.push({ area: areaOf(one), result: await tryOne(pool, one) });
  });
  const areas = Map.groupBy(found, ({ area }) => area);
  return [...areas].map(([area, results]) => {
    const kinds = results.map(({ result }) => result);
    return {
      area: `Step Functions: ${area}`,
      against: 'executions that AWS recorded, each history whole',
      tried: results.length,
      equal: kinds.filter((result) => result === 'equal').length,
      refused: kinds.flatMap((result) => (typeof result === 'object' && 'refused' in result ? [result.refused] : [])),
      different: kinds.flatMap((result) =>
        typeof result === 'object' && 'different' in result ? [result.different] : [],
      ),
    };
  });
}

type Result = 'equal' | { readonly refused: string } | { readonly different: string };

/** `TestBaseEvaluateJsonata::test_x` is of `Evaluate`. */
function areaOf({ id }: Recording): string {
  const [area = ''] = id.split('::');
  return area
    .replaceAll(/^Test|Base|json(ata)$/gi, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
}

async function tryOne(pool: pg.Pool, { id, definition, input, events }: Recording): Promise<Result> {
  const name = id.replaceAll(/[^\w-]/g, '-');
  const [, short = id] = id.split('::');
  try {
    readDefinition(definition, { machine: name });
    await lintDefinition(definition, name);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return { refused: error.message };
  }
  const arn = `${account}:stateMachine:${name}`;
  const machines = await startStateMachines({ pool, invoke: returnsItsInput, machines: [{ arn, name, definition }] });
  try {
    const history = await run(machines, arn, JSON.parse(input));
    const place = difference(
      events.map(comparable),
      history.map((event) => comparable(historyEvent(event, true))),
    );
    return place === undefined ? 'equal' : { different: `${short}: ${place}` };
  } finally {
    await machines.close();
  }
}

const returnsItsInput: TaskInvoker = async ({ resource, arguments: given }) => {
  if (!resource.endsWith(':lambda:invoke')) return given;
  const { Payload = {} } = given as { Payload?: unknown };
  return { ExecutedVersion: '$LATEST', Payload, StatusCode: 200 };
};

async function run(machines: StateMachines, stateMachineArn: string, input: unknown): Promise<HistoryEvent[]> {
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  machines.onEnded(({ stateMachineArn: of, executionArn }) => {
    if (of === stateMachineArn) resolve(executionArn);
  });
  await machines.start({ stateMachineArn, input });
  return machines.history(await ended);
}

/** The recording has objects where the API has their text, and no times. */
function comparable(event: object): unknown {
  return withoutText(Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'timestamp')));
}

function withoutText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutText);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutText(member)]));
  if (typeof value !== 'string' || !value.startsWith('{')) return value;
  try {
    return withoutText(JSON.parse(value));
  } catch {
    return value;
  }
}
