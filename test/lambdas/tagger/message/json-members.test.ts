import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { withMembers } from '../../../../lambdas/tagger/message/json-members.ts';

test.each([
  ['{}', '{"tags":[1]}'],
  [' { } ', ' {"tags":[1]}'],
  ['{"a":1}', '{"a":1,"tags":[1]}'],
  ['{"a":1}\n', '{"a":1,"tags":[1]}'],
  ['{ "a" : 1 , "b" : 2 }', '{ "a" : 1 , "b" : 2,"tags":[1]}'],
  ['{"n":12345678901234567890,"e":1E400,"z":-0.0}', '{"n":12345678901234567890,"e":1E400,"z":-0.0,"tags":[1]}'],
  ['{"2":"b","1":"a"}', '{"2":"b","1":"a","tags":[1]}'],
  ['{"a":1,"a":2}', '{"a":1,"a":2,"tags":[1]}'],
  ['{"s":"\\u4e2d\\/\\ud800"}', '{"s":"\\u4e2d\\/\\ud800","tags":[1]}'],
  ['{"s":"a\\\\"}', '{"s":"a\\\\","tags":[1]}'],
  ['{"s":"\\"tags\\":0,}"}', '{"s":"\\"tags\\":0,}","tags":[1]}'],
])('%s keeps its members to the byte', (raw, expected) => {
  expect(withMembers(raw, { tags: [1] })).toBe(expected);
});

test.each([
  ['{"tags":"old"}', '{"tags":[1]}'],
  ['{"a":1, "tags" : {"x":[1,{"y":"}"}]} , "b":2}', '{"a":1,"b":2,"tags":[1]}'],
  ['{"ta\\u0067s":0,"b":"tags"}', '{"b":"tags","tags":[1]}'],
  ['{"tags":1,"tags":2}', '{"tags":[1]}'],
  ['{"deep":{"tags":1}}', '{"deep":{"tags":1},"tags":[1]}'],
  ['{"b":[{"tags":[]}],"tags":[]}', '{"b":[{"tags":[]}],"tags":[1]}'],
])('%s loses what is written anew', (raw, expected) => {
  expect(withMembers(raw, { tags: [1] })).toBe(expected);
});

test('nothing added is nothing changed', () => {
  expect(withMembers('{"a":1}', {})).toBe('{"a":1}');
});

test('any object gets its members, and keeps its own', () => {
  const names = fc.oneof(fc.string(), fc.constantFrom('tags', 'taggedAt', '__proto__', 'a"b', '\\'));
  const objects = fc.dictionary(names, fc.jsonValue());
  const spaces = fc.constantFrom(undefined, 0, 1, '\t');

  fc.assert(
    fc.property(objects, spaces, (object, space) => {
      const added = { tags: ['x'], taggedAt: 'now' };

      expect(JSON.parse(withMembers(JSON.stringify(object, undefined, space), added))).toEqual({
        ...JSON.parse(JSON.stringify(object)),
        ...added,
      });
    }),
  );
});
