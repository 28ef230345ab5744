import * as z from 'zod';
import { authorOf, whoField } from '#kit/api/author.ts';
import { integerParameter, textParameter } from '#kit/api/parameters.ts';
import { type Route, route } from '#kit/api/route.ts';
import type { stepsRoutes } from '../contract.ts';
import { runSteps, stoppedRun, wholeStep } from './answers.ts';
import { type StepsPorts, stopRun, tellRun, tellStep } from './tell-run.ts';

const word = textParameter({ min: 1, max: 200 });
const path = { workload: word, name: word };

/** GET /platform/runs/{workload}/{name}/steps */
const listSteps = route({
  summary: "Shows a run's state machine and each of its steps",
  permission: 'operate',
  description:
    'The states and the ways between them, and each visit of a state: attempts, times, input, output, the next try and why it waits. A run that no state machine works on has parts instead.',
  answers: { 200: runSteps },
  path: z.object(path),
  handle: async ({ path: run }, ports: StepsPorts) => ({ status: 200, body: { result: await tellRun(run, ports) } }),
});

/** GET /platform/runs/{workload}/{name}/steps/{step} */
const findStep = route({
  summary: 'Shows one step of a run with its whole input and output',
  permission: 'operate',
  answers: { 200: wholeStep },
  path: z.object({ ...path, step: integerParameter({ min: 1 }) }),
  handle: async ({ path: run }, ports: StepsPorts) => ({ status: 200, body: { result: await tellStep(run, ports) } }),
});

/** POST /platform/runs/{workload}/{name}/stop */
const postStop = route({
  summary: 'Stops a run that a state machine works on',
  permission: 'operate',
  description:
    'What it has done stays. Tasks and briefs are ended by their own routes (409), a run that has ended is a conflict as well.',
  answers: { 200: stoppedRun },
  path: z.object(path),
  body: z.object({ who: whoField }).catchall(z.undefined('Unknown field.')).prefault({}),
  handle: async ({ path: run, body: { who }, caller }, ports: StepsPorts) => {
    await stopRun(run, authorOf(caller, who), ports);
    return { status: 200, body: { result: { ...run, stopped: true } } };
  },
});

/** A run's steps over HTTP. */
export const stepsApi: Readonly<Record<(typeof stepsRoutes)[number], Route<StepsPorts>>> = {
  'GET /platform/runs/{workload}/{name}/steps': listSteps,
  'GET /platform/runs/{workload}/{name}/steps/{step}': findStep,
  'POST /platform/runs/{workload}/{name}/stop': postStop,
};
