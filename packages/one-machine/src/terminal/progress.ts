import type { Machine } from '../machine.ts';
import type { Transition } from '../state-machines/execution.ts';

/** Prints what state machines do as it becomes durable: state by state, item by item. */
export function showProgress({ machines, log }: Pick<Machine, 'machines' | 'log'>): { stop(): void } {
  const unsubscribe = machines.onTransition((transition) => {
    const line = lineOf(transition);
    if (line !== undefined) log.say(line);
  });
  return { stop: unsubscribe };
}

/** States that do no work; a wait is told with its end. */
const silent: ReadonlySet<string | undefined> = new Set(['Choice', 'Pass', 'Wait']);

function lineOf({
  kind,
  executionName,
  state,
  type,
  path,
  item,
  output,
  error,
  cause,
  status,
  until,
}: Transition): string | undefined {
  const where = `${executionName}  ${path.length > 0 ? `${itemName(item)}  ` : ''}`;
  switch (kind) {
    case 'entered':
      return path.length === 0 && !silent.has(type) ? `${where}${state}` : undefined;
    case 'waits':
      return `${where}${state}: until ${until?.toTimeString().slice(0, 8)}`;
    case 'exited':
      return path.length > 0 && type === 'Task' ? `${where}${state}: ${summary(output)}` : undefined;
    case 'retried':
      return `${where}${state}: ${error}, again${until ? ` at ${until.toTimeString().slice(0, 8)}` : ''}`;
    case 'failed':
      return `${where}${state}: ${error}: ${reasonIn(cause)}`;
    case 'ended':
      return `${executionName}  ended: ${status}${error === undefined ? '' : ` ${error}: ${cause ?? ''}`}`;
  }
}

/** An item in few words: its first texts, or itself where it is short. */
function itemName(item: unknown): string {
  if (typeof item === 'string') return item;
  if (item === null || typeof item !== 'object') return JSON.stringify(item ?? '').slice(0, 20);
  // The first says most.
  return Object.values(item)
    .filter((value) => typeof value === 'string')
    .slice(0, 2)
    .join('/')
    .slice(0, 40);
}

/** The state an output tells and its numbers, zeros left out. */
function summary(output: unknown): string {
  if (output === null || typeof output !== 'object') return String(output ?? 'done');
  const { state } = output as { state?: unknown };
  const numbers = Object.entries(output)
    .filter(([, value]) => typeof value === 'number' && value !== 0)
    .map(([key, value]) => (key.endsWith('_ms') ? `${value} ms` : `${key.replaceAll('_', ' ')} ${value}`));
  return [...(typeof state === 'string' ? [state] : []), ...numbers].join(', ');
}

/** A Lambda's cause is JSON with the message inside. */
function reasonIn(cause: string | undefined): string {
  try {
    const { errorMessage } = JSON.parse(cause ?? '') as { errorMessage?: string };
    return errorMessage ?? cause ?? '';
  } catch {
    return cause ?? '';
  }
}
