import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { curlOf, pythonOf } from '../../../packages/console/src/pages/tasks/same-by.ts';

/** Programs that submit a task as the console did: what people copy must mean what the page says. */

const origin = 'https://api.example';
const submission = {
  name: 'tasks.general.example:word_count',
  kwargs: {
    text: `it's "quoted" \\ $HOME \`date\`\n第二行 \u2028 \u{1F980}`,
    limit: 3,
    ratio: -1.5e-7,
    deep: { yes: true, no: false, none: null, list: [1, [], {}] },
  },
};

/** What a shell hands to curl. */
function wordsOf(line: string): readonly string[] {
  const { stdout, status } = spawnSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${line}`], {
    encoding: 'utf8',
    env: { ...process.env, TOKEN: 'the-token' },
  });
  expect(status).toBe(0);
  return stdout.split('\0').slice(0, -1);
}

test('the line for a shell sends the same body, whatever its texts hold', () => {
  const words = wordsOf(curlOf(origin, submission));

  expect(words).toContain(`${origin}/api/v1/tasks/submit`);
  expect(words).toContain('Authorization: Bearer the-token');
  expect(JSON.parse(words.at(-1) ?? '')).toEqual(submission);
});

test('a body without positional arguments names none', () => {
  expect(wordsOf(curlOf(origin, { ...submission, args: undefined })).at(-1)).not.toContain('"args"');
  expect(pythonOf(origin, { ...submission, args: undefined })).not.toContain('"args"');
});

const python = spawnSync('python3', ['--version']).status === 0;

test.skipIf(!python)('the program for Python submits the same body (skipped where there is no python3)', () => {
  const program = pythonOf(origin, submission);
  // Its one library is replaced by what prints the body and tells an end.
  const stub = `
import json, sys, types
class Session:
    def __init__(self): self.headers = {}
    def post(self, url, json): sys.stderr.write(__import__('json').dumps([url, json, self.headers])); return self
    def get(self, url): return self
    def json(self): return {"data": {"task_id": "t-1", "status": "SUCCESS", "result": 1}}
sys.modules["requests"] = types.SimpleNamespace(Session=Session)
`;
  const { stderr, stdout, status } = spawnSync('python3', ['-c', stub + program], {
    encoding: 'utf8',
    env: { ...process.env, TOKEN: 'the-token', PYTHONIOENCODING: 'utf8' },
  });

  expect(status, stderr).toBe(0);
  expect(JSON.parse(stderr)).toEqual([
    `${origin}/api/v1/tasks/submit`,
    submission,
    { Authorization: 'Bearer the-token' },
  ]);
  expect(stdout).toBe('SUCCESS 1\n');
});
