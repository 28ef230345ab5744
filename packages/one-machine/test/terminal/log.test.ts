import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog } from '../../src/terminal/log.ts';

let directory: string;
let shown: string[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'one-machine-test-'));
  shown = [];
});

afterEach(() => rm(directory, { recursive: true, force: true }));

test('a log whose file is gone says so once, shows what it has, and goes on', async () => {
  const folder = path.join(directory, 'log');
  const log = openLog({ json: false, file: path.join(folder, 'stack.jsonl'), write: (text) => shown.push(text) });
  log.say('kept');
  await rm(folder, { recursive: true });
  log.say('shown');
  log.debug('neither');
  log.functionLine('a/b', 'a line');

  expect(shown.filter((line) => line.includes('The log is not kept'))).toHaveLength(1);
  expect(shown.filter((line) => /shown|a line/.test(line))).toHaveLength(2);
});

test('it keeps every entry as a line of JSON', async () => {
  const file = path.join(directory, 'log', 'stack.jsonl');
  const log = openLog({ json: false, file, write: (text) => shown.push(text) });
  log.say('said');
  log.debug('for the file');
  log.show('for the person');
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');

  expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['said', 'for the file']);
  expect(shown.join('')).toContain('for the person');
});

test('a pipe or a file gets no codes of colours, a terminal does', () => {
  const told = (coloured: boolean) => {
    const lines: string[] = [];
    const log = openLog({
      json: false,
      coloured,
      file: path.join(directory, `${coloured}.jsonl`),
      write: (text) => lines.push(text),
    });
    log.warn('careful');
    log.functionLine('a/b', 'a line');
    return lines.join('');
  };
  expect(told(true)).toContain('\u001b[');
  expect(told(false)).not.toContain('\u001b');
});

test('what was answered is kept and not shown, and no field fills the screen but that of a warning', async () => {
  const file = path.join(directory, 'log', 'stack.jsonl');
  const log = openLog({ json: false, file, write: (text) => shown.push(text) });
  const long = 'x'.repeat(500);
  log.functionLine('a/b', JSON.stringify({ level: 'INFO', message: 'Answered', status: 200 }));
  log.functionLine('a/b', JSON.stringify({ level: 'INFO', message: 'Applied', names: long }));
  log.functionLine('a/b', JSON.stringify({ level: 'WARN', message: 'Refused', why: long }));

  expect(shown.join('')).not.toContain('Answered');
  expect(shown.find((line) => line.includes('Applied'))).toMatch(/names=x{100,200}…\n$/);
  expect(shown.find((line) => line.includes('Refused'))).toContain(long);
  const kept = await readFile(file, 'utf8');
  expect(kept).toContain('"Answered"');
  expect(kept).toContain(`"names":"${long}"`);
});
