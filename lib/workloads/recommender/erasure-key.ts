import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { removalPolicyOf } from '../../constructs/millrace-stack.ts';
import { acknowledge } from '../../permissions/acknowledge.ts';

/** The key of the hashes by which erased users are known. */
export class ErasureKey extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: 'Hashes the names of erased users: {"key": "..."}',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'key',
        passwordLength: 48,
        excludePunctuation: true,
      },
      removalPolicy: removalPolicyOf(this),
    });
    acknowledge(this.secret, 'With a new key nobody would know any more who was erased.', 'AwsSolutions-SMG4');
  }
}
