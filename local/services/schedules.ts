import { createServer, type IncomingMessage } from 'node:http';
import { checkSignedBody, jsonCodes, SignatureError } from '../guard/check-signature.ts';
import type { Credentials } from '../guard/credentials.ts';
import { guardServer } from '../guard/guard-server.ts';
import type { ScheduleModel } from '../template/model.ts';
import { listen } from './free-port.ts';

/** What EventBridge Scheduler tells about schedules; `local/doors/scheduler.ts` runs them. */
export interface Schedules {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves GetSchedule, by name: group names are text here. */
export async function startSchedules(options: {
  port?: number;
  schedules: readonly ScheduleModel[];
  /** Whose requests are answered. */
  credentials: readonly Credentials[];
}): Promise<Schedules> {
  const server = createServer(async (request, response) => {
    const refused = await signatureRefusal(request, options.credentials);
    const { status, type, body } = refused ?? answerTo(options.schedules, request.method, request.url);
    const headers = { 'content-type': 'application/json', ...(type === undefined ? {} : { 'x-amzn-errortype': type }) };
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  guardServer(server, { credentialed: true });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

/** Only what has no body is served, so that a signature over any is refused. */
async function signatureRefusal(request: IncomingMessage, credentials: readonly Credentials[]) {
  try {
    await checkSignedBody(request, new Uint8Array(), { service: 'scheduler', credentials });
    return undefined;
  } catch (error) {
    if (error instanceof SignatureError) return refusal(403, jsonCodes[error.fault], error.message);
    return refusal(500, 'InternalServerException', String(error));
  }
}

function answerTo(schedules: readonly ScheduleModel[], method = '', address = '/') {
  const url = new URL(address, 'http://127.0.0.1');
  const name = /^\/schedules\/([^/]+)$/.exec(url.pathname)?.[1];
  if (method !== 'GET' || name === undefined)
    return refusal(501, 'NotImplemented', `${method} ${url.pathname} is not supported on one machine.`);
  const schedule = schedules.find((candidate) => candidate.name === decodeURIComponent(name));
  if (!schedule) return refusal(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
  const body = {
    Name: schedule.name,
    GroupName: url.searchParams.get('groupName') ?? 'default',
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timeZone,
    State: schedule.enabled ? 'ENABLED' : 'DISABLED',
  };
  return { status: 200, type: undefined, body };
}

function refusal(status: number, type: string, Message: string) {
  return { status, type, body: { Message } };
}
