import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { parseSync, Visitor } from 'oxc-parser';

/**
 * Leaves out of bundles the schemas that a function has no use for: making schemas is most of what a function does before its
 * first event. Of a workload's contract, which has those of all of its functions, only what is used stays; and what routes
 * answer is said for their documentation alone, which is made of the sources.
 */
export const runtimeSchemas: Plugin = {
  name: 'runtime-schemas',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]lambdas[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!/from '(zod|#kit\/api\/[\w-]+\.ts)'/.test(text)) return undefined;
      return { contents: withoutUnused(path, text), loader: 'ts' };
    });
  },
};

interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const isMade = /^(Call|New|Object|Array|TSSatisfies|TSAs)Expression$/;

/**
 * The text with `answers: {}` in what is handed to `route`, and with each constant of the module made by a call that is marked
 * as free of effects, which the bundler can't know: nothing of ours happens at import but that constants are made. Each line
 * stays where it is.
 */
export function withoutUnused(file: string, text: string): string {
  const { program } = parseSync(file, text);
  const inserted: Change[] = [];
  for (const statement of program.body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type !== 'VariableDeclaration' || declared.kind !== 'const') continue;
    for (const { id, init } of declared.declarations) {
      if (id.type !== 'Identifier' || !init || !isMade.test(init.type)) continue;
      inserted.push({ start: init.start, end: init.start, text: '/* @__PURE__ */ (() => (' });
      inserted.push({ start: init.end, end: init.end, text: '))()' });
    }
  }
  const visitor = new Visitor({
    CallExpression({ callee, arguments: [spec] }) {
      if (callee.type !== 'Identifier' || callee.name !== 'route' || spec?.type !== 'ObjectExpression') return;
      for (const property of spec.properties)
        if (property.type === 'Property' && property.key.type === 'Identifier' && property.key.name === 'answers') {
          const { start, end } = property.value;
          inserted.push({ start, end, text: `{${text.slice(start, end).replace(/[^\n]/g, '')}}` });
        }
    },
  });
  visitor.visit(program);
  let changed = '';
  let at = 0;
  for (const { start, end, text: other } of inserted.sort((one, other) => one.start - other.start)) {
    changed += text.slice(at, start) + other;
    at = end;
  }
  return changed + text.slice(at);
}
