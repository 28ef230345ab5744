import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { removalPolicyOf } from '../../constructs/millrace-stack.ts';
import { acknowledge } from '../../permissions/acknowledge.ts';

/** The key that signs addresses of files, in mails and in answers. */
export class LinksKey extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: 'Signs addresses of files that are good without a credential: {"key": "..."}',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'key',
        passwordLength: 48,
        excludePunctuation: true,
      },
      removalPolicy: removalPolicyOf(this),
    });
    acknowledge(this.secret, 'npm run keys rotates it, with an overlap that a person chooses.', 'AwsSolutions-SMG4');
  }
}
