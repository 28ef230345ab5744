import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { ConfigurationError, readEnv } from '../../../../lambdas/kit/env.ts';
import { PermanentError } from '../../../../lambdas/kit/errors.ts';
import { jsonText, objectInJson, parsedJson, readJsonAs } from '../../../../lambdas/kit/text/json.ts';

const place = z.object({ city: z.string(), at: z.object({ x: z.number(), y: z.number() }) });
const noJson = ['', '{', 'secret', "{'a':1}", '{"a":1}{', '\ufeff{}', 'undefined', 'NaN'];

function thrown(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

test('what is JSON is read as it is', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parsedJson(text)).toEqual({ value: JSON.parse(text) });
    }),
  );
});

test.each(noJson)('%j is no JSON', (text) => {
  expect(parsedJson(text)).toEqual({ error: expect.any(SyntaxError) });
  expect(objectInJson(text)).toBeUndefined();
});

test('only objects and lists are objects', () => {
  expect(['{"a":1}', '[1]', 'null', '1', '"a"', 'true'].map(objectInJson)).toEqual([
    { a: 1 },
    [1],
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a text of the schema is its value', () => {
  const text = '{"city":"A","at":{"x":1,"y":2}}';

  expect(readJsonAs(place, text, 'The place')).toEqual({ city: 'A', at: { x: 1, y: 2 } });
  expect(readJsonAs(z.null(), 'null', 'Nothing')).toBeNull();
});

test('another text is an error that no further try helps, with each wrong field', () => {
  const errors = ['{', '{"at":{"x":1,"y":"2"}}', 'null'].map((text) =>
    thrown(() => readJsonAs(place, text, 'The place')),
  );

  expect(errors.every((error) => error instanceof PermanentError)).toBe(true);
  expect(errors).toEqual([
    expect.objectContaining({ message: 'The place is not JSON', cause: expect.any(SyntaxError) }),
    expect.objectContaining({ message: expect.stringMatching(/^The place: city: .+; at\.y: /) }),
    expect.objectContaining({ message: expect.stringMatching(/^The place: _schema: /) }),
  ]);
});

test('a variable that is JSON is read by its schema', () => {
  const env = z.object({ PLACES: jsonText(z.array(place)) });

  expect(readEnv(env, { PLACES: '[{"city":"A","at":{"x":1,"y":2}}]' }).PLACES).toHaveLength(1);
});

test.each([...noJson, '{"city":"secret"}'])('a variable with %j is named, and its value is not', (text) => {
  const env = z.object({ PLACES: jsonText(z.array(place)) });
  const error = thrown(() => readEnv(env, { PLACES: text }));

  expect(error).toBeInstanceOf(ConfigurationError);
  expect(String(error)).toContain('PLACES: ');
  expect(String(error)).not.toContain('secret');
});
