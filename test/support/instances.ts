import { readdirSync, readFileSync } from 'node:fs';

/** Only Linux tells which process runs which function. */
export const canFindInstances = process.platform === 'linux';

/** Processes of a stack that run a function of such a name (`...tasks-run-tasks...`). */
export function instancesOf(stackPid: number, name: RegExp): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => parentOf(pid) === stackPid && name.test(functionOf(pid)));
}

function parentOf(pid: number): number | undefined {
  // The name in parentheses may hold spaces; the state and the parent stand after it.
  const [, parent] = /^\d+ \(.*\) \S (\d+)/s.exec(textOf(`/proc/${pid}/stat`)) ?? [];
  return parent === undefined ? undefined : Number(parent);
}

function functionOf(pid: number): string {
  const [, name = ''] = /(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=([^\0]*)/.exec(textOf(`/proc/${pid}/environ`)) ?? [];
  return name;
}

/** A process that ends meanwhile has no text. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
