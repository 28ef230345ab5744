import { RequestError } from './errors.ts';
import type { StateMachine } from './execution.ts';
import { bytesOf, largestPayloadBytes } from './interpreter/limits.ts';

/** What AWS doesn't take in a name: blanks, brackets, wildcards, quotes and control characters ("StartExecution", API reference). */
const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;

/** Throws InvalidName as StartExecution does. */
export function checkName(name: string): string {
  if (name.length < 1 || name.length > 80 || forbidden.test(name)) {
    throw new RequestError('InvalidName', `Invalid Name: '${name}'`);
  }
  return name;
}

/** Throws ValidationException for an input above 256 KiB. */
export function checkInput(input: unknown): unknown {
  if (bytesOf(input) > largestPayloadBytes) {
    throw new RequestError(
      'ValidationException',
      `1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${largestPayloadBytes}`,
    );
  }
  return input;
}

/** `…:stateMachine:Name` and `run-1` make `…:execution:Name:run-1`. */
export function executionArn(machine: StateMachine, name: string): string {
  return `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Two JSON values with the same text are the same input, as for StartExecution. */
export function sameInput(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
