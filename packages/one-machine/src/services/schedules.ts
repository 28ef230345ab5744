import { createServer, type IncomingMessage } from 'node:http';
import * as z from 'zod';
import { BodyTooLargeError, jsonCodes, SignatureError, signedBody } from '../guard/check-signature.ts';
import type { Credentials } from '../guard/credentials.ts';
import { guardServer } from '../guard/guard-server.ts';
import type { ScheduleModel } from '../template/model.ts';
import { listen } from './free-port.ts';
import { type ScheduleStates, scheduleStates } from './schedule-states.ts';

/** What EventBridge Scheduler tells about schedules and is told of them; `doors/scheduler.ts` runs them. */
export interface Schedules {
  readonly url: string;
  /** Whether a schedule is on, as it was told last. */
  isEnabled(name: string): boolean;
  stop(): Promise<void>;
}

/** Serves GetSchedule and UpdateSchedule, by name: group names are text here. Only a schedule's state can be changed. */
export async function startSchedules(options: {
  port?: number;
  schedules: readonly ScheduleModel[];
  /** Keeps what was told over restarts. */
  file: string;
  /** Whose requests are answered. */
  credentials: readonly Credentials[];
}): Promise<Schedules> {
  const states = await scheduleStates(options.file, options.schedules);
  const server = createServer(async (request, response) => {
    const { status, type, body } = await answered(request, { ...options, states });
    const headers = { 'content-type': 'application/json', ...(type === undefined ? {} : { 'x-amzn-errortype': type }) };
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  guardServer(server, { credentialed: true });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    isEnabled: states.isEnabled,
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

interface Known {
  readonly schedules: readonly ScheduleModel[];
  readonly states: ScheduleStates;
  readonly credentials: readonly Credentials[];
}

interface Answer {
  readonly status: number;
  readonly type?: string | undefined;
  readonly body: object;
}

// The input of a schedule has 262,144 bytes at most, each of which JSON may write as six.
const mostBytes = 2 * 1024 * 1024;

async function answered(request: IncomingMessage, known: Known): Promise<Answer> {
  try {
    const rules = { service: 'scheduler', credentials: known.credentials, mostBytes };
    const body = await signedBody(request, rules);
    return await answerTo(request, body.toString('utf8'), known);
  } catch (error) {
    if (error instanceof SignatureError) return refusal(403, jsonCodes[error.fault], error.message);
    if (error instanceof BodyTooLargeError) return refusal(413, 'RequestEntityTooLargeException', error.message);
    return refusal(500, 'InternalServerException', String(error));
  }
}

async function answerTo(
  { method = '', url: address = '/' }: IncomingMessage,
  body: string,
  known: Known,
): Promise<Answer> {
  const url = new URL(address, 'http://127.0.0.1');
  const name = /^\/schedules\/([^/]+)$/.exec(url.pathname)?.[1];
  if (!/^(GET|PUT)$/.test(method) || name === undefined)
    return refusal(501, 'NotImplemented', `${method} ${url.pathname} is not supported on one machine.`);
  const schedule = known.schedules.find((candidate) => candidate.name === decodeURIComponent(name));
  if (!schedule) return refusal(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
  if (method === 'PUT') return update(schedule, body, known.states);
  const GroupName = url.searchParams.get('groupName') ?? 'default';
  return {
    status: 200,
    body: { ...described(schedule), GroupName, State: stateOf(known.states.isEnabled(schedule.name)) },
  };
}

/** A schedule without its group and state. */
function described({ name, expression, timeZone, target, input, retries, deadLetter }: ScheduleModel) {
  return {
    Arn: `arn:aws:scheduler:ap-northeast-1:000000000000:schedule/default/${name}`,
    Name: name,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: timeZone,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: target,
      RoleArn: 'arn:aws:iam::000000000000:role/scheduler',
      ...(input === undefined ? {} : { Input: input }),
      RetryPolicy: { MaximumRetryAttempts: retries },
      ...(deadLetter === undefined ? {} : { DeadLetterConfig: { Arn: deadLetter } }),
    },
  };
}

// What AWS itself asks an update for.
const updateFields = z.object({
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  FlexibleTimeWindow: z.object({ Mode: z.literal('OFF') }),
  Target: z.object({ Arn: z.string(), RoleArn: z.string(), Input: z.string().optional() }),
});

const updateRequest = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  })
  .pipe(updateFields);

/** An update replaces all of a schedule: one that would change more than its state is refused, not half done. */
async function update(schedule: ScheduleModel, body: string, states: ScheduleStates): Promise<Answer> {
  const asked = updateRequest.safeParse(body);
  if (!asked.success) return refusal(400, 'ValidationException', z.prettifyError(asked.error));
  const { State, ScheduleExpression, ScheduleExpressionTimezone, Target } = asked.data;
  const isSame =
    ScheduleExpression === schedule.expression &&
    ScheduleExpressionTimezone === schedule.timeZone &&
    Target.Arn === schedule.target &&
    Target.Input === schedule.input;
  if (!isSame) return refusal(501, 'NotImplemented', 'On one machine only the state of a schedule can be updated.');
  await states.set(schedule.name, State === 'ENABLED');
  return { status: 200, body: { ScheduleArn: described(schedule).Arn } };
}

function stateOf(enabled: boolean): 'ENABLED' | 'DISABLED' {
  return enabled ? 'ENABLED' : 'DISABLED';
}

function refusal(status: number, type: string, Message: string): Answer {
  return { status, type, body: { Message } };
}
