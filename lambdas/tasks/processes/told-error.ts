import {
  ConflictError,
  NotFoundError,
  PermanentError,
  ThrottledError,
  TransientError,
  UnavailableError,
} from '#kit/errors.ts';
import { ArgumentError, TaskStoppedError, UnknownFileError } from '#kit/task.ts';
import { storableText } from '#kit/text/storable.ts';
import { CallNeeded } from '../worker/call-needed.ts';

/** An error on its way between two processes: what happens next is in `as`. */
export type ToldError =
  | { readonly as: 'stopped'; readonly reason: TaskStoppedError['reason'] }
  | { readonly as: 'unknown-file'; readonly message: string }
  | { readonly as: 'call'; readonly capability: string; readonly input: unknown }
  | {
      readonly as: 'permanent' | 'error';
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      readonly cause: ToldError | undefined;
    };

// Of each text. An error may hold anything, and goes into rows and answers.
const longestText = 20_000;
const mostCauses = 5;

/** Any thrown value as data; also one that throws when it is looked at. */
export function tell(thrown: unknown, causes = mostCauses): ToldError {
  try {
    if (thrown instanceof TaskStoppedError) return { as: 'stopped', reason: thrown.reason };
    if (thrown instanceof UnknownFileError) return { as: 'unknown-file', message: text(thrown.message) };
    if (thrown instanceof CallNeeded) return { as: 'call', ...thrown.asked };
    if (!(thrown instanceof Error)) return plain('Error', text(thrown));
    const { name, message, stack, cause } = thrown;
    return {
      as: thrown instanceof PermanentError ? 'permanent' : 'error',
      name: text(name),
      message: text(message),
      stack: stack === undefined ? undefined : text(stack),
      cause: cause === undefined || causes === 0 ? undefined : tell(cause, causes - 1),
    };
  } catch (error) {
    // A getter or a proxy of the thrown value threw in its turn.
    return plain('Error', `An error that can't be read: ${error instanceof RangeError ? error.message : typeof error}`);
  }
}

function plain(name: string, message: string): ToldError {
  return { as: 'error', name, message, stack: undefined, cause: undefined };
}

function text(value: unknown): string {
  return storableText(String(value).slice(0, longestText));
}

const known = { ArgumentError, NotFoundError, ConflictError, UnavailableError, TransientError, ThrottledError };

/** The error again, of the class that it had where code decides by it. */
export function untold(error: ToldError): Error {
  if (error.as === 'stopped') return new TaskStoppedError(error.reason);
  if (error.as === 'unknown-file') return new UnknownFileError(error.message);
  if (error.as === 'call') return new CallNeeded({ capability: error.capability, input: error.input });
  const { name, message, stack, cause } = error;
  const options = cause === undefined ? {} : { cause: untold(cause) };
  const Named = Object.hasOwn(known, name) ? known[name as keyof typeof known] : undefined;
  const again = Named ? new Named(message, options) : other(error.as, message, options);
  if (again.name !== name) Object.defineProperty(again, 'name', { value: name });
  if (stack !== undefined) again.stack = stack;
  return again;
}

function other(as: 'permanent' | 'error', message: string, options: ErrorOptions): Error {
  return as === 'permanent' ? new PermanentError(message, options) : new Error(message, options);
}
