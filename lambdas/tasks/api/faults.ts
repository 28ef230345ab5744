import type * as z from 'zod';
import type { CodeName } from './codes.ts';

/** What a schema found, in the words callers of old know. */
export interface Fault {
  readonly code: Extract<CodeName, 'FIELD_MISSING' | 'WRONG_FIELD_TYPE' | 'BAD_ARGUMENTS'>;
  readonly detail: string;
}

const types: Readonly<Record<string, string>> = { array: 'list', record: 'object', int: 'integer', nan: 'number' };

/** A field that isn't there, one of another type, or text that is no JSON. Needs issues with their input. */
export function faultOf(issue: z.core.$ZodIssue): Fault {
  const field = issue.path.length > 0 ? issue.path.join('.') : 'body';
  const { params } = issue as { readonly params?: { readonly notJson?: unknown; readonly should?: unknown } };
  if (params?.notJson) return { code: 'BAD_ARGUMENTS', detail: `Field "${field}" is not JSON.` };
  if (params?.should !== undefined) return wrong(`Field "${field}" should be ${String(params.should)}.`);
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return { code: 'FIELD_MISSING', detail: `Field "${field}" is missing` };
    if (issue.message.startsWith('should ')) return wrong(sentence(field, issue.message));
    return wrong(`Field "${field}" should be ${types[issue.expected] ?? issue.expected}.`);
  }
  if (issue.code === 'invalid_value' && issue.input === undefined)
    return { code: 'FIELD_MISSING', detail: `Field "${field}" is missing` };
  // The kit's whole numbers of queries.
  if (issue.code === 'invalid_format' && issue.pattern?.includes('\\d+$'))
    return wrong(`Field "${field}" should be integer.`);
  return wrong(sentence(field, issue.message));
}

/** `Field "size": Too small ...`, and `Field "args" should be list.` where the schema's own words go on so. */
export function sentence(field: string, reason: string): string {
  return `Field "${field}"${reason.startsWith('should ') ? '' : ':'} ${reason}`;
}

function wrong(detail: string): Fault {
  return { code: 'WRONG_FIELD_TYPE', detail };
}
