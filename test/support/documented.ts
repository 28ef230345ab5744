import { readFileSync } from 'node:fs';
import { type Document, type Operation, operationsOf } from './fuzz/document.ts';
import { type Judge, judgeBy } from './fuzz/judge.ts';

interface Judged {
  readonly operations: readonly Operation[];
  readonly judge: Judge;
}

let made: Judged | undefined;

/** Throws unless an answer is what docs/openapi.json says of its route: status, headers and body. */
export function expectDocumented(
  { method = 'GET', route }: { readonly method?: string | undefined; readonly route: string },
  response: Response,
  text: string,
): void {
  made ??= read();
  const operation = operationOf(method, route.split('?')[0] ?? route, made.operations);
  // What the tests themselves broke answers 5xx, and they say so.
  if (!operation || response.status >= 500 || refusedByGateway(response)) return;
  const request = { method, target: route, headers: {}, routable: true };
  const answer = { status: response.status, headers: Object.fromEntries(response.headers), text };
  const fault = made.judge(operation, request, answer);
  if (fault !== undefined) throw new Error(`${method} ${route} is not as documented: ${fault}`);
}

/** A body above the gateway's own limit reaches no function, so it has no id of ours either. */
function refusedByGateway({ status, headers }: Response): boolean {
  return status === 413 && !headers.has('x-request-id');
}

function read(): Judged {
  const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document;
  return { operations: operationsOf(document), judge: judgeBy(document) };
}

/** A literal part of a path wins over a parameter, as it does at the gateway. */
function operationOf(method: string, path: string, operations: readonly Operation[]): Operation | undefined {
  const parts = path.split('/');
  const fits = (template: readonly string[]) =>
    template.length === parts.length && template.every((part, at) => part === parts[at] || part.startsWith('{'));
  const parameters = ({ path: template }: Operation) => template.split('{').length;
  return operations
    .filter((operation) => operation.method === method && fits(operation.path.split('/')))
    .toSorted((one, other) => parameters(one) - parameters(other))[0];
}
