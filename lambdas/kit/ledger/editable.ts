import { parsedJson } from '../text/json.ts';
/**
 * What a person may change of the input of a failure before it goes back in. Everything else is what failed, and bound:
 * whose it is, which task, which address. A source that declares nothing takes its input back only as it was.
 */
export interface Editable {
  /**
   * Fields of the input's JSON, with all that is below them: `input`, `records.*.*.value`; `*` is any one name. `whole`:
   * the door itself says what it is about, and its input may be any text.
   */
  readonly fields: 'whole' | readonly string[];
  /** Those that stay bound although `fields` has them. */
  readonly but?: readonly string[];
}

/** What each source of a workload lets people edit, by the name it has in the ledger: `run-tasks`. */
export type EditableSources = Readonly<Record<string, Editable>>;

/** A field that an edited input would change and must not. */
export interface BoundFault {
  /** `task_id`; `input` where it is the input as a whole. */
  readonly field: string;
  readonly reason: string;
}

/**
 * The text that goes back in for an edited one, or the first fault. It is written anew from what was compared: a text that
 * two parsers read differently (a name that stands there twice) does not get through.
 */
export function editedInput(
  original: string,
  edited: string,
  editable: Editable | undefined,
): { readonly text: string } | BoundFault {
  if (edited === original) return { text: original };
  if (editable === undefined) return whole('Nothing of it may be edited: it goes back in as it was, or not at all.');
  if (editable.fields === 'whole') return { text: edited };
  try {
    return fieldByField(original, edited, editable);
  } catch (error) {
    // As deep as the stack is high: nothing that failed on its merits is.
    if (error instanceof RangeError) return whole('It is nested too deep to be compared with what failed.');
    throw error;
  }
}

function fieldByField(original: string, edited: string, editable: Editable): { readonly text: string } | BoundFault {
  const [before, after] = [parsedJson(original).value, parsedJson(edited).value];
  if (before === undefined) return whole('What failed is no JSON: nothing of it may be edited.');
  if (after === undefined) return whole('It is not JSON.');
  const bound = changes(before, after, []).find((path) => !isEditable(path, editable));
  if (bound === undefined) return { text: JSON.stringify(after) };
  if (bound.length === 0) return whole('It is of another form than what failed.');
  return { field: bound.join('.'), reason: 'It says what failed: an edited input can’t change it.' };
}

const whole = (reason: string): BoundFault => ({ field: 'input', reason });

function isEditable(path: readonly string[], { fields, but = [] }: Editable): boolean {
  const isBelow = (field: string) => {
    const names = field.split('.');
    return names.length <= path.length && names.every((name, at) => name === '*' || name === path[at]);
  };
  return fields !== 'whole' && fields.some(isBelow) && !but.some(isBelow);
}

/** Where two values differ, as deep as both are objects, or lists of one length. */
function changes(before: unknown, after: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (!isParent(before) || !isParent(after) || !isAlike(before, after)) return before === after ? [] : [path];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => changes(own(before, name), own(after, name), [...path, name]));
}

type Parent = Readonly<Record<string, unknown>>;

const isParent = (value: unknown): value is Parent => typeof value === 'object' && value !== null;

function isAlike(before: Parent, after: Parent): boolean {
  if (!Array.isArray(before) && !Array.isArray(after)) return true;
  return Array.isArray(before) && Array.isArray(after) && before.length === after.length;
}

/** JSON has no undefined: a field that isn't there differs from every value. */
function own(parent: Parent, name: string): unknown {
  return Object.hasOwn(parent, name) ? parent[name] : undefined;
}
