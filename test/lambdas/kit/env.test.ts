import { expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigurationError, readEnv } from '#kit/env.ts';

const schema = z.object({
  BUCKET: z.string().min(1),
  ATTEMPTS: z.coerce.number().int().positive(),
  MODE: z.enum(['fast', 'slow']),
  SITE: z.url(),
  NOTE: z.string().optional(),
});

const right = { BUCKET: 'raw', ATTEMPTS: '3', MODE: 'fast', SITE: 'https://example.com' };

test('variables come out as the schema has them, and no others', () => {
  expect(readEnv(schema, { ...right, PATH: '/bin' })).toEqual({ ...right, ATTEMPTS: 3 });
});

test('every wrong variable is named at once, and none of their values', () => {
  const wrong = { BUCKET: '', ATTEMPTS: 'secret-number', MODE: 'secret-mode', SITE: 'secret-site' };
  let told = '';
  try {
    readEnv(schema, wrong);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    told = error instanceof Error ? `${error.message} ${error.stack} ${JSON.stringify(error)}` : '';
  }

  for (const name of Object.keys(wrong)) expect(told).toContain(`${name}: `);
  expect(told).not.toContain('secret');
});

test('a missing variable is named', () => {
  const { BUCKET: _missing, ...rest } = right;

  expect(() => readEnv(schema, rest)).toThrow(/^Environment variables: BUCKET: /);
});
