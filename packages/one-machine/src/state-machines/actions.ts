import { z } from 'zod';
import { RequestError } from './errors.ts';
import type { ExecutionDescription, HistoryEvent } from './execution.ts';
import type { StateMachines } from './state-machines.ts';

/** Requests and answers of the AWS API, member for member; times are epoch seconds ("AWS Step Functions API Reference"). */

const arn = z.string().regex(/^arn:[^:]+:states:/);
const page = {
  // 0 stands for the default, as AWS has it.
  maxResults: z.int().min(0).max(1000).default(0),
  nextToken: z.string().optional(),
};
const smallestPage = 100;

const requests = {
  StartExecution: z.object({ stateMachineArn: arn, name: z.string().optional(), input: z.string().default('{}') }),
  DescribeExecution: z.object({ executionArn: arn }),
  StopExecution: z.object({ executionArn: arn, error: z.string().max(256).optional(), cause: z.string().optional() }),
  ListExecutions: z.object({
    stateMachineArn: arn,
    statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']).optional(),
    ...page,
  }),
  ListStateMachines: z.object(page),
  DescribeStateMachine: z.object({ stateMachineArn: arn }),
  DescribeStateMachineForExecution: z.object({ executionArn: arn }),
  GetExecutionHistory: z.object({
    executionArn: arn,
    reverseOrder: z.boolean().default(false),
    includeExecutionData: z.boolean().default(true),
    ...page,
  }),
};
type Requests = { [A in keyof typeof requests]: z.output<(typeof requests)[A]> };
type Actions = { [A in keyof Requests]: (machines: StateMachines, request: Requests[A]) => Promise<object> };

const actions: Actions = {
  async StartExecution(machines, { stateMachineArn, name, input }) {
    const { executionArn, startDate } = await machines.start({ stateMachineArn, name, input: parseInput(input) });
    return { executionArn, startDate: seconds(startDate) };
  },
  async DescribeExecution(machines, { executionArn }) {
    return describedExecution(await machines.describe(executionArn));
  },
  async StopExecution(machines, { executionArn, error, cause }) {
    return { stopDate: seconds(await machines.stop(executionArn, { error, cause })) };
  },
  async ListExecutions(machines, { stateMachineArn, statusFilter, maxResults, nextToken }) {
    machineOf(machines, stateMachineArn);
    const { executions, next } = await machines.list({
      stateMachineArn,
      ...(statusFilter === undefined ? {} : { status: statusFilter }),
      limit: maxResults || smallestPage,
      before: nextToken === undefined ? undefined : String(positionIn(nextToken)),
    });
    return { executions: executions.map(listedExecution), ...(next === undefined ? {} : { nextToken: next }) };
  },
  async ListStateMachines({ machines }, { maxResults, nextToken }) {
    const from = nextToken === undefined ? 0 : positionIn(nextToken);
    const to = from + (maxResults || smallestPage);
    return {
      stateMachines: machines.slice(from, to).map(listedMachine),
      ...(to < machines.length ? { nextToken: String(to) } : {}),
    };
  },
  async DescribeStateMachine(machines, { stateMachineArn }) {
    const machine = machineOf(machines, stateMachineArn);
    const { definition, roleArn } = machine;
    return { ...listedMachine(machine), definition: JSON.stringify(definition), roleArn, status: 'ACTIVE' };
  },
  async DescribeStateMachineForExecution(machines, { executionArn }) {
    const { stateMachineArn, stateMachineName: name } = await machines.describe(executionArn);
    const { definition, roleArn } = await machines.definition(executionArn);
    // Nothing is ever updated while it runs: a definition is of its deployment.
    return { stateMachineArn, name, definition: JSON.stringify(definition), roleArn, updateDate: 0 };
  },
  async GetExecutionHistory(machines, { executionArn, reverseOrder, includeExecutionData, maxResults, nextToken }) {
    const limit = maxResults || smallestPage;
    const events = await machines.history(executionArn, {
      limit: limit + 1,
      reverse: reverseOrder,
      beyond: nextToken === undefined ? undefined : positionIn(nextToken),
    });
    const shown = events.slice(0, limit);
    const last = shown.at(-1);
    return {
      events: shown.map((event) => historyEvent(event, includeExecutionData)),
      ...(events.length > limit && last !== undefined ? { nextToken: String(last.id) } : {}),
    };
  },
};

/** Does one action of the API. Throws RequestErrors; UnknownOperationException names an action that isn't written. */
export async function answer(machines: StateMachines, action: string, body: unknown): Promise<object> {
  if (!isAction(action)) {
    throw new RequestError('UnknownOperationException', `${action} is not supported by the local Step Functions.`);
  }
  return perform(action, machines, body);
}

function isAction(action: string): action is keyof Actions {
  return Object.hasOwn(actions, action);
}

async function perform<A extends keyof Actions>(action: A, machines: StateMachines, body: unknown): Promise<object> {
  const read = requests[action].safeParse(body);
  if (!read.success) throw new RequestError(...invalid(read.error));
  return actions[action](machines, read.data as Requests[A]);
}

function invalid({ issues: [issue] }: z.ZodError): [code: string, message: string] {
  const field = String(issue?.path[0] ?? 'request');
  return field.endsWith('Arn')
    ? ['InvalidArn', `Invalid Arn: '${field}' ${issue?.message}`]
    : ['ValidationException', `Value at '${field}' failed to satisfy constraint: ${issue?.message}`];
}

function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RequestError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${String(error)}'`);
  }
}

function positionIn(token: string): number {
  if (!/^\d{1,15}$/.test(token)) throw new RequestError('InvalidToken', `Invalid Token: '${token}'`);
  return Number(token);
}

function machineOf({ machines }: StateMachines, wanted: string) {
  const found = machines.find((machine) => machine.arn === wanted);
  if (found !== undefined) return found;
  throw new RequestError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${wanted}'`);
}

function listedMachine({ arn: stateMachineArn, name }: { arn: string; name: string }) {
  // Templates carry no creation date; the standard type is the only one run here.
  return { stateMachineArn, name, type: 'STANDARD', creationDate: 0 };
}

function listedExecution(execution: ExecutionDescription) {
  const { executionArn, stateMachineArn, name, status, startDate, stopDate } = execution;
  return {
    ...{ executionArn, stateMachineArn, name, status, redriveCount: 0, startDate: seconds(startDate) },
    ...(stopDate === undefined ? {} : { stopDate: seconds(stopDate) }),
  };
}

function describedExecution(execution: ExecutionDescription) {
  const { input, output, error, cause } = execution;
  return {
    ...listedExecution(execution),
    ...{ input: JSON.stringify(input), inputDetails: { included: true }, redriveStatus: 'NOT_REDRIVABLE' },
    ...(output === undefined ? {} : { output: JSON.stringify(output), outputDetails: { included: true } }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

const payloads = new Set([
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
  'assignedVariables',
  'assignedVariablesDetails',
]);

/** An event as GetExecutionHistory tells it. */
export function historyEvent({ id, at, type, previous, details }: HistoryEvent, withPayloads: boolean) {
  const shown = Object.entries(details ?? {}).filter(([name]) => withPayloads || !payloads.has(name));
  return {
    ...{ id, timestamp: seconds(at), type, previousEventId: previous },
    ...(details === undefined ? {} : { [detailsMember(type)]: Object.fromEntries(shown) }),
  };
}

/** `TaskStateEntered` has stateEnteredEventDetails; other types a member of their own name. */
function detailsMember(type: string): string {
  const [, kind] = /State(Entered|Exited)$/.exec(type) ?? [];
  return kind === undefined
    ? `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`
    : `state${kind}EventDetails`;
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}
