import { expect, test } from 'vitest';
import { takenPorts } from '../../src/terminal/taken-ports.ts';

test('a part that is not on its port says so, one that has it or may have any does not', () => {
  const part = (wanted: number, address: string | undefined) => takenPorts([{ part: 'the API', wanted, address }]);

  expect(part(4511, 'http://127.0.0.1:20345')).toEqual(['Port 4511 is taken: the API is on 20345']);
  expect(part(4511, 'kafka://127.0.0.1:4511')).toEqual([]);
  expect(part(0, 'http://127.0.0.1:20345')).toEqual([]);
  expect(part(4511, undefined)).toEqual([]);
});
