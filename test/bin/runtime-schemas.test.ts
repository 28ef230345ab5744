import { transform } from 'esbuild';
import { expect, test } from 'vitest';
import { withoutUnused } from '../../bin/runtime-schemas.ts';

const source = `
import * as z from 'zod';
import { route } from '#kit/api/route.ts';
const common = { name: z.string().min(1).describe('its name') };
const unused = z.object({ ...common, more: z.array(z.int()).default([]) });
const answer = z.object({ ...common });
const query = z.object({ ...common }) satisfies z.ZodType;
started();
const shown = started();
export const show = route({
  answers: {
    200: answer,
  },
  query,
  handle: async () => ({ answers: answerOf(1) }),
});
function answerOf(status: number) {
  const inside = started();
  return { status };
}
`;

test('of a module only the schemas stay that its routes are served by, and whatever it does besides', async () => {
  const { code } = await transform(withoutUnused('some.ts', source), {
    loader: 'ts',
    format: 'esm',
    treeShaking: true,
    minifySyntax: true,
  });

  expect(code).toContain('query');
  expect(code).toContain('common');
  expect(code).not.toMatch(/\bunused\b|\banswer\b|\bmore\b/);
  expect(code).toMatch(/answers: \{\s*\}/);
  expect(code).toContain('answers: answerOf(1)');
  // A statement, and what a function does when it is called.
  expect(code.match(/\bstarted\(\)/g)).toHaveLength(2);
});

test('lines stay where they are, so that source maps tell the right ones', () => {
  const changed = withoutUnused('some.ts', source).split('\n');
  const lines = source.split('\n');

  expect(changed).toHaveLength(lines.length);
  for (const word of ['started();', 'handle: async', 'function answerOf'])
    expect(changed.findIndex((line) => line.includes(word))).toBe(lines.findIndex((line) => line.includes(word)));
});
