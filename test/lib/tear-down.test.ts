import { describe, expect, test } from 'vitest';
import { assemblies, objectsIn, prod } from './assemblies.ts';

describe('prod', () => {
  test.each(prod.retained().resources)(
    'can be deployed again beside $type $id, which goes where its first deployment fails and has no fixed name',
    ({ stack, type, properties, deletionPolicy }) => {
      expect(deletionPolicy).toBe('RetainExceptOnCreate');
      // Topics are within their cluster.
      if (type === 'AWS::MSK::Topic') return;
      const names = Object.entries(properties).filter(([key]) => /^(\w*Name|\w*Identifier)$/.test(key));
      const fixed = names.filter(
        ([key, value]) =>
          !/^(DatabaseName|DBInstanceClass|DBSubnetGroupName|DBClusterParameterGroupName|DBClusterIdentifier)$/.test(
            key,
          ) && !prod.textOf(stack, value).includes('AWS::StackId'),
      );
      expect(fixed).toEqual([]);
    },
  );
});

describe('a stack', () => {
  test.each(assemblies)('of $folder has no null in its template, which CloudFormation refuses', (assembly) => {
    const nulls = [...objectsIn([...assembly.templates.values()])].filter((object) =>
      Object.values(object).flat().includes(null),
    );

    expect(nulls).toEqual([]);
  });

  test.each(assemblies)('take no value apart that another stack of $folder hands on', (assembly) => {
    const apart = [...objectsIn([...assembly.templates.values()])].flatMap((object) => object['Fn::Split'] ?? []);

    expect(JSON.stringify(apart)).not.toContain('Fn::GetStackOutput');
  });

  test.each(assemblies)('of $folder keeps no group of schedules, whose name would meet the next one', (assembly) => {
    for (const { id, deletionPolicy } of assembly.ofType('AWS::Scheduler::ScheduleGroup'))
      expect(deletionPolicy, id).toBe('Delete');
  });
});
