import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { editableOf } from '../../../../lambdas/platform/failures/replays/bound.ts';

const contracts = globSync('lambdas/{*,platform/failures}/contract.ts').map((file) => file.replaceAll('\\', '/'));

test('what any workload says of its inputs holds for replays', async () => {
  const declared = await Promise.all(
    contracts.map(async (file) => {
      const contract: { readonly editableInputs?: object } = await import(path.resolve(file));
      return Object.entries(contract.editableInputs ?? {}).map(([name, editable]) => ({
        source: `${file.split('/')[1]}/${name}`,
        editable,
      }));
    }),
  );

  expect(declared.flat().map(({ source }) => source)).toContain('recommender/store-behaviors');
  expect(declared.flat().map(({ source }) => ({ source, editable: editableOf(source) }))).toEqual(declared.flat());
});
