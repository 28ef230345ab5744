import * as z from 'zod';
import { count, momentText, resultOf, rowId } from '#kit/api/answers.ts';
import { stepStates } from './step.ts';

const text = z.string();

const attempt = z.object({
  started_at: momentText,
  ended_at: momentText.nullable(),
  error: text.nullable(),
  cause: text.nullable(),
});

const stepFields = {
  id: rowId.describe('Of the event that it began with; unique within the execution.'),
  name: text,
  type: text.meta({ examples: ['Task', 'Map', 'Wait'] }),
  within: rowId.nullable().describe('The step that it is a part of: a Map or a Parallel.'),
  item: count.nullable().describe('Which item of that Map.'),
  label: text.nullable().describe('What that item is: a county, a page, a scenario.'),
  state: z.enum(stepStates).describe('caught: it failed, and the run went another way.'),
  started_at: momentText,
  ended_at: momentText.nullable(),
  attempts: z.array(attempt),
  input: text.nullable().describe('JSON.'),
  output: text.nullable().describe('JSON.'),
  next_at: momentText.nullable().describe('When it goes on by itself, at the latest.'),
  waits_for: text.nullable().describe('Why it is not done yet.'),
};

/** One visit of a state, whole. */
export const wholeStep = resultOf(z.object(stepFields).meta({ id: 'RunStep' }));

const listedStep = z
  .object({
    ...stepFields,
    tries: count.describe('All attempts; the list has the last 20.'),
    whole: z
      .boolean()
      .describe('Whether input and output are told as they are: from 2,000 characters on they are cut.'),
  })
  .meta({ id: 'ListedRunStep' });

const machine = z
  .object({
    states: z.array(
      z.object({
        name: text,
        type: text,
        within: text.nullable().describe('The Map or Parallel that it stands in.'),
        starts: z.boolean().describe('Whether its level begins with it.'),
      }),
    ),
    transitions: z.array(z.object({ from: text, to: text, kind: z.enum(['next', 'choice', 'default', 'catch']) })),
  })
  .meta({ id: 'StateMachine' });

const part = z
  .object({
    name: text,
    kind: text,
    state: text,
    started_at: momentText,
    ended_at: momentText.nullable(),
    counts: z.record(text, z.number().nullable()),
    detail: z.record(text, z.unknown()).describe("The workload's own: the keyword and platform of a brief's task."),
  })
  .meta({ id: 'RunPart' });

/** What works on a run. */
export const runSteps = resultOf(
  z.object({
    execution: z
      .object({
        arn: text,
        machine: text.meta({ examples: ['presale/run'] }),
        state: z.enum(['running', 'succeeded', 'failed', 'timed-out', 'stopped']),
        started_at: momentText,
        ended_at: momentText.nullable(),
        error: text.nullable(),
        cause: text.nullable(),
        correlation_id: text.describe('Stands in every log line of its work.'),
        stoppable: z.boolean(),
      })
      .nullable()
      .describe('null: no state machine works on it, or Step Functions has forgotten it (90 days).'),
    machine: machine.nullable().describe('As it was when the run began.'),
    steps: z.array(listedStep),
    cut: z.boolean().describe('There are more steps than are told.'),
    parts: z.array(part).describe('Runs that are parts of it, 500 at most.'),
  }),
);

/** A run that is no longer worked on. */
export const stoppedRun = resultOf(z.object({ workload: text, name: text, stopped: z.literal(true) }));
