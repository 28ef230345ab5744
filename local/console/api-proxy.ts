import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Stack } from '../stack.ts';

/**
 * Passes on to the API what asks for one of its paths, so that the console and the API have one origin on this machine as
 * they have when deployed. Tells whether it did. Host and Origin have been checked by the port's guard.
 */
export function passToApi({ model, wiring }: Pick<Stack, 'model' | 'wiring'>) {
  const heads = new Set(model.httpApi?.routes.map(({ key }) => headOf(key.split(' ')[1] ?? '')));
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const api = wiring.api?.url;
    if (api === undefined || !heads.has(headOf(request.url ?? ''))) return false;
    forward(new URL(api), request, response);
    return true;
  };
}

/** `/platform/runs?state=failed` begins with `platform`; the root begins with nothing, and is a route of its own. */
function headOf(target: string): string {
  return target.split(/[/?]/, 2)[1] ?? '';
}

function forward({ hostname, port, host }: URL, request: IncomingMessage, response: ServerResponse): void {
  // The API's own port compares Origin with its own Host.
  const { origin: _checked, ...headers } = request.headers;
  const { method, url: path } = request;
  const passed = ask({ hostname, port, method, path, headers: { ...headers, host } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.on('error', (error) => {
    if (response.headersSent) response.destroy(error);
    else
      response.writeHead(502, { 'content-type': 'application/json' }).end(JSON.stringify({ message: error.message }));
  });
  response.on('close', () => passed.destroy());
  request.pipe(passed);
}
