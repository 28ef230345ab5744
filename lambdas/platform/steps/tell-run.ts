import { ConflictError, NotFoundError } from '#kit/errors.ts';
import { objectInJson } from '#kit/text/json.ts';
import { type RunAnswer, runStopped, type StoppedRun } from '../contract.ts';
import { drawnMachine, statesByName } from './machine.ts';
import { stepsOf } from './read-steps.ts';
import type { HistoryEntry, StatesShape, Step } from './step.ts';

export interface RunName {
  readonly workload: string;
  readonly name: string;
}

interface Found {
  readonly arn: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'timed-out' | 'stopped';
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

interface Told extends Found {
  readonly definition: string;
  readonly events: readonly HistoryEntry[];
  readonly cut: boolean;
}

export interface StepsPorts {
  /** A run as the database has it. */
  readonly book: (run: RunName) => Promise<RunAnswer>;
  readonly executions: {
    find(machineArn: string, name: string): Promise<Found | undefined>;
    tell(execution: Found): Promise<Told>;
    stop(execution: Found, reason: { readonly error: string; readonly cause: string }): Promise<void>;
  };
  /** ARNs of state machines by edge, and who closes the runs of those that may be stopped. */
  readonly machines: Readonly<Record<string, string>>;
  readonly closers: Readonly<Record<string, string>>;
  /** Tells a function that a run was stopped, and waits until it has closed it. */
  readonly close: (functionArn: string, run: StoppedRun) => Promise<unknown>;
}

/** A run's state machine, its visits and its parts. */
export async function tellRun(run: RunName, ports: StepsPorts) {
  const { book, found } = await lookUp(run, ports);
  const { parts } = book;
  if (!found) return { execution: null, machine: null, steps: [], cut: false, parts };
  const told = await ports.executions.tell(found.execution);
  const { steps, definition } = read(told);
  const [first] = told.events;
  const input = objectInJson(String(first?.details.input ?? ''));
  const correlation = input?.correlation_id;
  return {
    execution: {
      arn: told.arn,
      machine: found.edge,
      state: told.status,
      started_at: told.startedAt,
      ended_at: told.endedAt ?? null,
      error: told.error ?? null,
      cause: told.cause ?? null,
      correlation_id: typeof correlation === 'string' ? correlation : (told.arn.split(':').at(-1) ?? ''),
      stoppable: told.status === 'running' && found.edge in ports.closers,
    },
    machine: drawnMachine(definition),
    steps: steps.map(shortened),
    cut: told.cut,
    parts,
  };
}

/** One visit with its whole input and output. */
export async function tellStep(run: RunName & { readonly step: number }, ports: StepsPorts): Promise<Step> {
  const { found } = await lookUp(run, ports);
  const steps = found ? read(await ports.executions.tell(found.execution)).steps : [];
  const step = steps.find(({ id }) => id === run.step);
  if (!step) throw new NotFoundError(`Run ${run.workload}/${run.name} has no step ${run.step}.`);
  return step;
}

/** Stops what works on a run, and has the run closed; resolves when both is done. */
export async function stopRun(run: RunName, who: string, ports: StepsPorts): Promise<void> {
  const { found } = await lookUp(run, ports);
  const closer = found && ports.closers[found.edge];
  if (!found || closer === undefined)
    throw new ConflictError(`Run ${run.workload}/${run.name} is ended by the routes of its own workload alone.`);
  const { status, arn } = found.execution;
  if (status !== 'running') throw new ConflictError(`Run ${run.workload}/${run.name} has ended: ${status}.`);
  const reason = { error: runStopped, cause: `${who} stopped the run` };
  await ports.executions.stop(found.execution, reason);
  if (closer !== '') await ports.close(closer, { run_id: arn.split(':').at(-1) ?? '', ...reason });
}

async function lookUp(run: RunName, { book, executions, machines }: StepsPorts) {
  const answer = await book(run);
  // A workload that keeps no runs has none in the book for its schedules: there the execution's name identifies the run.
  const name = answer.run?.execution ?? run.name;
  const edges = Object.entries(machines).filter(([edge]) => edge.startsWith(`${run.workload}/`));
  for (const [edge, arn] of edges) {
    const execution = isExecutionName(name) ? await executions.find(arn, name) : undefined;
    if (execution) return { book: answer, found: { edge, execution } };
  }
  if (!answer.run) throw new NotFoundError(`Run ${run.workload}/${run.name} doesn't exist.`);
  return { book: answer, found: undefined };
}

/** Step Functions refuses to look for any other. */
function isExecutionName(name: string): boolean {
  return /^[\w.@+=,-]{1,80}$/.test(name);
}

function read({ definition: text, events }: Told): { readonly steps: Step[]; readonly definition: StatesShape } {
  const definition = (objectInJson(text) ?? {}) as StatesShape;
  return { steps: stepsOf(events, statesByName(definition)), definition };
}

// Of hundreds of steps, a look at each is enough: one by itself is told whole.
const shownText = 2000;
const shownAttempts = 20;

function shortened(step: Step) {
  const { input, output, attempts, waits_for } = step;
  return {
    ...step,
    input: cut(input),
    output: cut(output),
    waits_for: cut(waits_for),
    attempts: attempts.slice(-shownAttempts).map((attempt) => ({ ...attempt, cause: cut(attempt.cause) })),
    tries: attempts.length,
    whole: Math.max(input?.length ?? 0, output?.length ?? 0) <= shownText,
  };
}

function cut(text: string | null): string | null {
  return text !== null && text.length > shownText ? `${text.slice(0, shownText - 1)}…` : text;
}
