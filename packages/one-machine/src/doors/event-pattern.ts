/** An event on the bus. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

type Test = (value: unknown) => boolean;

/**
 * Compiles an EventBridge event pattern: exact values, prefix, suffix, equals-ignore-case, exists, anything-but.
 * Source: EventBridge User Guide, "Comparison operators". An operator not listed throws when the stack starts.
 */
export function eventPattern(pattern: unknown): (event: BusEvent) => boolean {
  return compile(pattern, '$');
}

function compile(pattern: unknown, at: string): Test {
  if (Array.isArray(pattern)) {
    const tests = pattern.map((choice) => matcher(choice, at));
    // An array in the event matches when one of its items does.
    return (value) => (Array.isArray(value) ? value : [value]).some((item) => tests.some((test) => test(item)));
  }
  if (pattern === null || typeof pattern !== 'object')
    throw new Error(`Event pattern ${at}: a list or an object was expected`);
  if ('$or' in pattern) throw new Error(`Event pattern ${at}: $or is not known to the local runtime`);
  const fields = Object.entries(pattern).map(([name, inner]) => [name, compile(inner, `${at}.${name}`)] as const);
  return (value) => fields.every(([name, test]) => test((value as Record<string, unknown> | undefined)?.[name]));
}

function matcher(choice: unknown, at: string): Test {
  if (choice === null || typeof choice !== 'object') return (value) => value === choice;
  const entries = Object.entries(choice);
  const [operator, argument] = entries[0] ?? [];
  if (entries.length !== 1) throw new Error(`Event pattern ${at}: one operator was expected`);
  const text = (value: unknown): value is string => typeof value === 'string';
  // An operator within an operator (a prefix whose case doesn't matter) is not known either.
  const word = () => {
    if (!text(argument))
      throw new Error(`Event pattern ${at}: ${operator} of ${JSON.stringify(argument)} is not known`);
    return argument;
  };
  switch (operator) {
    case 'prefix': {
      const start = word();
      return (value) => text(value) && value.startsWith(start);
    }
    case 'suffix': {
      const end = word();
      return (value) => text(value) && value.endsWith(end);
    }
    case 'equals-ignore-case': {
      const same = word().toLowerCase();
      return (value) => text(value) && value.toLowerCase() === same;
    }
    case 'exists':
      return (value) => (value !== undefined) === argument;
    case 'anything-but': {
      const excluded = (Array.isArray(argument) ? argument : [argument]).map((inner) => matcher(inner, at));
      return (value) => value !== undefined && !excluded.some((test) => test(value));
    }
    default:
      throw new Error(`Event pattern ${at}: ${operator} is not known to the local runtime`);
  }
}
