import { BaseSequencer, type TestSpecification } from 'vitest/node';

// What starts whole stacks takes longest, then what starts servers and processes one after the other.
const order = [
  'test/flows/',
  'one-machine/test/services/',
  'test/local/',
  'test/lambdas/tasks/processes/',
  'test/lambdas/briefs/export/',
  'test/lambdas/pages/extraction/',
  'test/lib/ledger',
  'packages/one-machine/test/',
];

/**
 * Long files begin first, so that no worker ends alone with one of them. Vitest knows how long a file takes only where it
 * has run before, which on CI it hasn't.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const found = order.findIndex((folder) => moduleId.includes(folder));
  return found === -1 ? order.length : found;
}
