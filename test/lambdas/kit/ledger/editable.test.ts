import { expect, test } from 'vitest';
import { type Editable, editedInput } from '#kit/ledger/editable.ts';

const task: Editable = { fields: ['input'] };
const failed = '{"task_id":"a","input":{"file":"file:1"}}';
const refused = (field: string) => ({ field, reason: expect.any(String) });

test('what is declared may be changed, taken away and added, with all that is below it', () => {
  const same = '{"task_id":"a","input":{"file":"file:2","more":[1]}}';

  expect(editedInput(failed, same, task)).toEqual({ text: same });
  expect(editedInput(failed, '{"task_id":"a"}', task)).toEqual({ text: '{"task_id":"a"}' });
  expect(editedInput('{"task_id":"a"}', failed, task)).toEqual({ text: failed });
});

test.each([
  ['another', '{"task_id":"b","input":{}}', 'task_id'],
  ['in another case', '{"task_id":"A","input":{}}', 'task_id'],
  ['none', '{"input":{}}', 'task_id'],
  ['null', '{"task_id":null,"input":{}}', 'task_id'],
  ['one in a list', '{"task_id":["a"],"input":{}}', 'task_id'],
  ['one deeper', '{"task_id":{"a":"a"}}', 'task_id'],
  ['a field more', '{"task_id":"a","lost":"it"}', 'lost'],
  ['a field with a name that objects have by birth', '{"task_id":"a","__proto__":{"lost":"it"}}', '__proto__'],
  ['the constructor', '{"task_id":"a","constructor":1}', 'constructor'],
  ['a list', '[{"task_id":"a"}]', 'input'],
  ['a text', '"task_id"', 'input'],
  ['nothing', 'null', 'input'],
  ['no JSON', 'task_id=a', 'input'],
  ['an empty text', '', 'input'],
])('%s is refused by name', (_what, edited, field) => {
  expect(editedInput(failed, edited, task)).toEqual(refused(field));
});

test('a name that stands there twice goes out once, as it was read', () => {
  expect(editedInput(failed, '{"task_id":"b","task_id":"a","input":1}', task)).toEqual({
    text: '{"task_id":"a","input":1}',
  });
  expect(editedInput(failed, '{"task_id":"a","task_id":"b"}', task)).toEqual(refused('task_id'));
});

test('what failed and is no JSON names nothing, so that nothing of it may be edited', () => {
  expect(editedInput('poison', failed, task)).toEqual(refused('input'));
  expect(editedInput('poison', 'poison', task)).toEqual({ text: 'poison' });
  expect(editedInput('{}', failed, task)).toEqual(refused('task_id'));
});

test('a source that declares nothing takes its input back only as it was', () => {
  expect(editedInput(failed, failed, undefined)).toEqual({ text: failed });
  expect(editedInput(failed, `${failed} `, undefined)).toEqual(refused('input'));
  expect(editedInput(failed, failed, { fields: [] })).toEqual({ text: failed });
});

test('a star is any one name, a list keeps its length, and an exception stays bound', () => {
  const records: Editable = { fields: ['records.*.*.value'] };
  const event = (value: string, offset = 7, more: unknown[] = []) =>
    JSON.stringify({ topic: 't', records: { 'posts-2': [{ offset, value }, ...more] } });

  expect(editedInput(event('a'), event('b'), records)).toEqual({ text: event('b') });
  expect(editedInput(event('a'), event('b', 8), records)).toEqual(refused('records.posts-2.0.offset'));
  expect(editedInput(event('a'), event('a', 7, [{ offset: 8, value: 'b' }]), records)).toEqual(
    refused('records.posts-2'),
  );

  const row: Editable = { fields: ['*'], but: ['行號'] };
  expect(editedInput('{"行號":5,"a":1}', '{"行號":5,"b":2}', row)).toEqual({ text: '{"行號":5,"b":2}' });
  expect(editedInput('{"行號":5,"a":1}', '{"行號":6,"a":1}', row)).toEqual(refused('行號'));
  expect(editedInput('{"行號":5,"a":1}', '{"a":1}', row)).toEqual(refused('行號'));
});

test('what is nested as deep as no input is, is refused and not our own fault', () => {
  const deep = (end: string) => `{"task_id":"a","input":${'['.repeat(100_000)}${end}${']'.repeat(100_000)}}`;

  for (const [one, other] of [
    [failed, deep('1')],
    [deep('1'), deep('2')],
  ] as const)
    expect(editedInput(one, other, task)).toEqual(refused('input'));
});

test('where the door says all, the input may be any text', () => {
  expect(editedInput('[]', 'not JSON', { fields: 'whole' })).toEqual({ text: 'not JSON' });
});
