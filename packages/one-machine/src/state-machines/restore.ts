import { z } from 'zod';
import type { Execution } from './execution.ts';
import { childScope, type Frame, newFrame } from './interpreter/frame.ts';
import type { StoredExecution, StoredFrame } from './journal/read.ts';
import { definitionShape, type States } from './language/definition.ts';

/** The row of a running execution with the definition it was started with. */
export function restoreExecution(row: StoredExecution): Execution {
  return {
    id: row.id,
    arn: row.arn,
    name: row.name,
    machine: { arn: row.machine_arn, name: row.machine_name, roleArn: row.role_arn },
    definition: definitionShape.parse(row.definition),
    input: row.input,
    startedAt: row.started_at,
  };
}

/** The frames of one execution, parents before children, as the tree they were; returns its root. */
export function restoreFrames(definition: States, rows: readonly StoredFrame[]): Frame {
  const frames = new Map<string, Frame>();
  for (const row of rows) {
    const parent = frames.get(row.path.slice(0, row.path.lastIndexOf('/')));
    const frame = row.path === '' || parent === undefined ? newFrame(definition) : newChild(parent, row.path);
    frames.set(row.path, fill(frame, row));
  }
  const root = frames.get('');
  if (root === undefined) throw new Error('a running execution without its first frame');
  return root;
}

function newChild(parent: Frame, path: string): Frame {
  const index = Number(path.slice(path.lastIndexOf('/') + 1));
  const child = newFrame(childScope(parent, index), { frame: parent, index });
  parent.restored.set(index, child);
  return child;
}

const fanOut = z.union([
  z.object({ kind: z.literal('map'), items: z.array(z.unknown()), limit: z.number() }),
  z.object({ kind: z.literal('parallel'), input: z.unknown() }),
]);

function fill(frame: Frame, row: StoredFrame): Frame {
  frame.stateName = row.state;
  frame.input = row.input;
  frame.enteredAt = row.entered_at;
  frame.variables = row.variables;
  frame.retries = row.retries;
  frame.wakeAt = row.wake_at ?? undefined;
  frame.fanOut = row.fan_out === null ? undefined : fanOut.parse(row.fan_out);
  frame.enteredEvent = row.entered_event;
  frame.enteredAfter = row.entered_after;
  frame.lastEvent = row.last_event;
  frame.result = row.finished ? { output: row.output } : undefined;
  return frame;
}
