import { BaseSequencer, type TestSpecification } from 'vitest/node';

// What starts whole stacks takes longest; of what is left everything is short.
const order = ['test/flows/', 'test/local/'];

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
