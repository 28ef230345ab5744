import { expect, test } from 'vitest';
import { environmentNamed } from '../../lib/environment.ts';
import { assemblies } from './assemblies.ts';

interface Rule {
  readonly Prefix?: string;
  readonly ExpirationInDays?: number;
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation: number };
}

test.each(assemblies)(
  'callers’ files outlive no promise, and the sweep comes before the rules ($folder)',
  (assembly) => {
    const { files } = environmentNamed(assembly.folder.split('/').at(-1) ?? '').workloads.tasks;
    const [bucket, ...others] = assembly.ofType('AWS::S3::Bucket').filter(({ id }) => id.startsWith('Files'));
    const rules = bucket?.properties.LifecycleConfiguration as { readonly Rules: readonly Rule[] } | undefined;
    const rule = rules?.Rules[0];

    expect(others).toEqual([]);
    // Versions would keep what the sweep has removed.
    expect(bucket?.properties.VersioningConfiguration).toBeUndefined();
    expect(rule?.ExpirationInDays).toBeGreaterThan(files.keepDays);
    expect(rule?.ExpirationInDays).toBeLessThanOrEqual(files.keepDays + 10);
    expect((rule?.AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? 0) * 24).toBeGreaterThan(
      files.unfinishedHours,
    );
  },
);

test.each(assemblies)(
  'large results of tasks and what callers are told are kept as long as the tasks ($folder)',
  (assembly) => {
    const { keepDays } = environmentNamed(assembly.folder.split('/').at(-1) ?? '').workloads.tasks;
    const rules = assembly
      .ofType('AWS::S3::Bucket')
      .flatMap(({ properties }) => (properties.LifecycleConfiguration as { Rules: readonly Rule[] }).Rules)
      .filter(({ Prefix }) => Prefix === 'tasks/results/' || Prefix === 'tasks/callbacks/');

    expect(rules).toMatchObject([{ ExpirationInDays: keepDays }, { ExpirationInDays: keepDays }]);
  },
);

test.each(assemblies)(
  'nobody removes anything but callers’ files, what Spark has written, what briefs have, files of behaviour, told slots and published rules ($folder)',
  (assembly) => {
    const statements = assembly
      .ofType('AWS::IAM::Policy')
      .flatMap(({ properties }) => (properties.PolicyDocument as { Statement: readonly object[] }).Statement)
      .map((statement) => JSON.stringify(statement))
      .filter((statement) => statement.includes('s3:DeleteObject'));

    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements)
      expect(statement).toMatch(
        /(Files\w*Bucket.*\/(files|spark)|\/briefs(\/raw)?|\/recommender\/(behaviors|late-behaviors|segments|models|spark)|\/platform\/skipped-slots)\/\*|\/tagger\/rules\.json"/,
      );
  },
);
