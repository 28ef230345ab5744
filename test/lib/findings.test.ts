import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CfnResource } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { makeApp } from '../../lib/millrace.ts';

const outdir = mkdtempSync(path.join(tmpdir(), 'millrace-findings-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe('the synthesis stops', () => {
  let findings = '';
  beforeAll(async () => {
    const app = await makeApp({ context: cdk.context, validate: true, outdir });
    const data = app.node.findChild('Data');
    new CfnResource(data, 'Impossible', { type: 'AWS::SQS::Queue', properties: { VisibilityTimeout: 999_999 } });
    new Bucket(data, 'Unlogged');
    try {
      app.synth();
    } catch (error) {
      findings = String(error);
    }
  });

  test('at a value that CloudFormation would refuse', () => {
    expect(findings).toContain('CloudFormation-Validate::F3034');
  });

  test('at a resource that cdk-nag would not let pass', () => {
    expect(findings).toContain('AwsSolutions-S1');
  });
});
