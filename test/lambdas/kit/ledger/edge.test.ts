import { expect, test } from 'vitest';
import { type EdgeResource, edgeEnds, edgeOf, edgeResourceName } from '#kit/ledger/edge.ts';

const arn = (name: string) => `arn:aws:sqs:ap-northeast-1:000000000000:${name}`;
const dev = { environment: 'dev', edge: 'presale/start-publication' } as const;

test('a name says the environment, the workload, the part and the end', () => {
  expect(edgeResourceName(dev)).toBe('millrace-dev-presale-start-publication');
  expect(edgeResourceName({ ...dev, end: 'missed' })).toBe('millrace-dev-presale-start-publication-missed');
  expect(edgeResourceName({ ...dev, end: 'dead', fifo: true })).toBe(
    'millrace-dev-presale-start-publication-dead.fifo',
  );
});

test('what a name says is read back from an ARN', () => {
  for (const end of [undefined, ...edgeEnds]) {
    for (const fifo of [false, true]) {
      const resource: EdgeResource = { ...dev, end, fifo };

      expect(edgeOf(arn(edgeResourceName(resource)))).toEqual({
        workload: 'presale',
        name: 'start-publication',
        end,
        source: end === 'dead' ? edgeResourceName({ ...dev, fifo }) : undefined,
      });
    }
  }
});

test('a state machine says its edge as well', () => {
  expect(edgeOf('arn:aws:states:ap-northeast-1:000000000000:stateMachine:millrace-prod-presale-run')).toMatchObject({
    workload: 'presale',
    name: 'run',
  });
});

test('of a name that is not ours nothing is read', () => {
  for (const name of ['', 'Presale-StateMachine', 'millrace-dev', 'millrace-dev-presale', 'millrace-dev-presale-'])
    expect(edgeOf(arn(name))).toBeUndefined();
});

test('an edge that could be misread, or has no room, gets no name', () => {
  const named = (edge: `${string}/${string}`) => () => edgeResourceName({ ...dev, edge });

  expect(named('presale/long-dead')).toThrow('is no edge');
  expect(named('Presale/run')).toThrow('is no edge');
  expect(named('pre-sale/run')).toThrow('is no edge');
  expect(named(`presale/${'a'.repeat(59)}`)).not.toThrow();
  expect(named(`presale/${'a'.repeat(60)}`)).toThrow('81 characters of 80');
});
