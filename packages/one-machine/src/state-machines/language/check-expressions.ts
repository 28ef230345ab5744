import { compile, expressionIn } from './compile.ts';
import type { State } from './definition.ts';

/** Fields whose strings are names or arns, never expressions; and those that hold further states. */
const withoutExpressions = new Set([
  'Type',
  'Comment',
  'QueryLanguage',
  'Next',
  'Default',
  'Resource',
  'ErrorEquals',
  'JitterStrategy',
  'Branches',
  'ItemProcessor',
]);

const withResult = new Set(['Task', 'Map', 'Parallel']);

/** What is wrong with the JSONata expressions of one state, each with its field; branches are states of their own. */
export function expressionProblems(state: State): { field: string; problem: string }[] {
  return [...texts(state, [])].flatMap(({ path, text }) => {
    const problem = textProblem(text, mayRead(state, path));
    return problem === undefined ? [] : [{ field: path.join('.'), problem }];
  });
}

interface Text {
  readonly path: readonly string[];
  readonly text: string;
}

function* texts(value: unknown, path: readonly string[]): Iterable<Text> {
  if (typeof value === 'string') {
    yield { path, text: value };
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const isField = !path.includes('Output') && !path.includes('Assign') && !path.includes('Arguments');
      if (!(isField && withoutExpressions.has(key))) yield* texts(member, [...path, key]);
    }
  }
}

/** Which parts of `$states` exist where an expression stands ("Passing data between states with variables", AWS). */
function mayRead(state: State, path: readonly string[]): ReadonlySet<string> {
  const [first = '', , third = ''] = path;
  if (first === 'Catch') return new Set(third === 'Output' || third === 'Assign' ? ['errorOutput'] : []);
  return new Set(withResult.has(state.Type) && (first === 'Output' || first === 'Assign') ? ['result'] : []);
}

function textProblem(text: string, readable: ReadonlySet<string>): string | undefined {
  const source = expressionIn(text);
  if (source === undefined) {
    const half = text.startsWith('{%') || text.endsWith('%}');
    return half ? 'is half an expression: it needs both {% and %} at its very ends' : undefined;
  }
  try {
    return astProblem(compile(source).ast(), readable);
  } catch (error) {
    const reason = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
    return `is not JSONata: ${String(reason)}`;
  }
}

function astProblem(node: unknown, readable: ReadonlySet<string>): string | undefined {
  if (Array.isArray(node)) {
    return node.map((one) => astProblem(one, readable)).find((problem) => problem !== undefined);
  }
  if (typeof node !== 'object' || node === null) return undefined;
  if (isNode(node, 'variable', 'eval')) return 'uses $eval, which Step Functions does not have: use $parse';
  return unreadable(node, readable) ?? astProblem(Object.values(node), readable);
}

function unreadable(node: object, readable: ReadonlySet<string>): string | undefined {
  const steps: unknown = 'steps' in node ? node.steps : undefined;
  if (!Array.isArray(steps) || !isNode(steps[0], 'variable', 'states')) return undefined;
  const part = ['result', 'errorOutput'].find((name) => isNode(steps[1], 'name', name));
  return part === undefined || readable.has(part) ? undefined : `reads $states.${part}, which does not exist here`;
}

function isNode(node: unknown, type: string, value: string): boolean {
  return (
    typeof node === 'object' &&
    node !== null &&
    'type' in node &&
    'value' in node &&
    node.type === type &&
    node.value === value
  );
}
