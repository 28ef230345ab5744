import { expect, test } from 'vitest';
import { eventPattern } from '../../src/doors/event-pattern.ts';

const event = {
  source: 'aws.s3',
  'detail-type': 'Object Created',
  resources: ['arn:aws:s3:::raw', 'arn:aws:s3:::other'],
  detail: {
    bucket: { name: 'raw' },
    object: { key: 'orders/raw/2022-09-11/F.csv', size: 0, etag: null },
    late: false,
  },
};

test.each([
  ['an exact value', { source: ['aws.s3'] }],
  ['one of several', { source: ['aws.states', 'aws.s3'] }],
  ['a field further in', { detail: { bucket: { name: ['raw'] } } }],
  ['an item of a list', { resources: ['arn:aws:s3:::other'] }],
  ['a number, a boolean and null', { detail: { object: { size: [0], etag: [null] }, late: [false] } }],
  ['a prefix', { detail: { object: { key: [{ prefix: 'orders/raw/' }] } } }],
  ['a suffix', { detail: { object: { key: [{ suffix: '.csv' }] } } }],
  ['any case', { detail: { bucket: { name: [{ 'equals-ignore-case': 'RAW' }] } } }],
  ['a field that is there', { detail: { object: { size: [{ exists: true }] } } }],
  ['a field that is absent', { detail: { object: { 'version-id': [{ exists: false }] } } }],
  ['a value or absence', { detail: { reason: ['x', { exists: false }] } }],
  ['anything but a value', { source: [{ 'anything-but': 'aws.states' }] }],
  ['anything but a prefix', { detail: { object: { key: [{ 'anything-but': { prefix: 'other/' } }] } } }],
])('%s matches', (_name, pattern) => {
  expect(eventPattern(pattern)(event)).toBe(true);
});

test.each([
  ['another value', { source: ['aws.states'] }],
  ['a value of another type', { detail: { object: { size: ['0'] }, late: [0] } }],
  ['one field of two', { source: ['aws.s3'], detail: { bucket: { name: ['elsewhere'] } } }],
  ['a field that is absent', { detail: { object: { version: ['1'] } } }],
  ['a field further in than there is', { detail: { bucket: { name: { first: ['r'] } } } }],
  ['a prefix of a number', { detail: { object: { size: [{ prefix: '0' }] } } }],
  ['anything but one of several', { source: [{ 'anything-but': ['aws.s3', 'aws.states'] }] }],
  ['anything but, of what is absent', { detail: { reason: [{ 'anything-but': 'x' }] } }],
])('%s does not match', (_name, pattern) => {
  expect(eventPattern(pattern)(event)).toBe(false);
});

test.each([
  [{ source: 'aws.s3' }, '$.source: a list or an object'],
  [{ detail: { size: [{ numeric: ['>', 0] }] } }, '$.detail.size: numeric is not known'],
  [{ detail: { key: [{ wildcard: '*.csv' }] } }, '$.detail.key: wildcard is not known'],
  [{ detail: { key: [{ prefix: { 'equals-ignore-case': 'a' } }] } }, '$.detail.key: prefix of'],
  [{ detail: { key: [{ prefix: 'a', suffix: 'b' }] } }, '$.detail.key: one operator'],
  [{ detail: { $or: [{ a: ['1'] }, { b: ['2'] }] } }, '$.detail: $or is not known'],
])('%j is refused at the start, by its place', (pattern, message) => {
  expect(() => eventPattern(pattern)).toThrow(message);
});
