import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

interface Finding {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: readonly (string | number)[] };
}

/** Rules whose findings stand, and why. */
const exceptions: Readonly<Record<string, string>> = {
  W3005: 'the CDK names what a function depends on a second time, which CloudFormation takes for what it is',
};

const run = promisify(execFile);
// Of Python's package index; no package of npm has its rules.
const installed = await run('cfn-lint', ['--version']).then(
  () => true,
  () => false,
);

test.skipIf(!installed)(
  `cfn-lint finds nothing in the templates but what is listed${installed ? '' : ' (skipped: no cfn-lint on the path; pip install cfn-lint)'}`,
  async () => {
    const templates = globSync('build/assembly/{dev,prod}/*.template.json');
    const regions = ['ap-northeast-1', 'us-east-1'];
    // It exits with another status than 0 where it finds something, and says all the same.
    const { stdout } = await run('cfn-lint', ['--format', 'json', '--regions', ...regions, '-t', ...templates], {
      maxBuffer: 64 * 1024 * 1024,
    }).catch((error: { readonly stdout?: string }) => ({ stdout: error.stdout ?? '' }));
    const findings = JSON.parse(stdout) as readonly Finding[];

    expect(templates.length).toBeGreaterThan(20);
    expect(
      findings
        .filter(({ Rule }) => !(Rule.Id in exceptions))
        .map(
          ({ Filename, Message, Rule, Location }) => `${Rule.Id} ${Filename} ${Location.Path.join('/')}: ${Message}`,
        ),
    ).toEqual([]);
  },
);
