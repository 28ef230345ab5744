import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { environmentNamed } from '../../lib/environment.ts';
import type { Assembly } from '../../lib/inventory/assembly.ts';
import { assemblies, objectsIn, prod } from './assemblies.ts';

describe('the environments', () => {
  // A version's id ends in a hash of its function's settings, which are data.
  const shape = ({ resources }: Pick<Assembly, 'resources'>) =>
    resources.map(({ stack, id, type }) => {
      const [, , part] = stack.split('-');
      return `${part} ${type} ${type === 'AWS::Lambda::Version' ? id.slice(0, -32) : id}`;
    });

  /** What an environment may go without to save money, and what it has instead: how it watches, and how it leads out. */
  const standing =
    /^(AWS::CloudWatch::(Alarm|Dashboard)|AWS::EC2::(VPCEndpoint|\w*Gateway|Route|VPCCidrBlock|SecurityGroup\w*))$/;

  test.each(assemblies)(
    'differ only in data, and in what stands ready: $folder has the resources of prod',
    (assembly) => {
      const { standing: own } = environmentNamed(path.basename(assembly.folder));
      const all = isDeepStrictEqual(own, environmentNamed('prod').standing);
      const kept = ({ resources }: Assembly) =>
        shape({ resources: resources.filter(({ type }) => all || !standing.test(type)) });

      expect(kept(assembly)).toEqual(kept(prod));
    },
  );

  test.each(assemblies)('hold together: every output that a stack of $folder reads exists', (assembly) => {
    for (const { 'Fn::GetStackOutput': read } of objectsIn([...assembly.templates.values()])) {
      const { StackName, OutputName } = (read ?? {}) as { StackName?: string; OutputName?: string };
      if (StackName && OutputName) expect(assembly.output(StackName, OutputName), OutputName).toBeDefined();
    }
  });

  test.each(assemblies)('passed the validator and cdk-nag: $folder has no finding', ({ folder }) => {
    expect(JSON.parse(readFileSync(`${folder}/validation-report.json`, 'utf8')).pluginReports).toEqual([]);
  });
});
