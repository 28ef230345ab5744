import { Duration, Stack } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { sendMailEnv } from '../../lambdas/platform/contract.ts';
import type { HandlerFunction } from '../constructs/handler-function.ts';
import { environmentOf } from '../constructs/millrace-stack.ts';
import { QueueHandler } from '../constructs/queue-handler.ts';
import { recipientsOf, severities } from '../environment.ts';
import { allowObjects } from '../permissions/bucket-access.ts';

/** Mails wait in a queue, so that SES may be slow or away; functions that write to the queue need no right to send. */
export class Mails extends Construct {
  readonly queue: Queue;

  /** `raw` holds the receipts of mails that must not go out twice. */
  constructor(scope: Construct, id: string, raw: Bucket) {
    super(scope, id);
    const { mail } = environmentOf(this);
    const configuration = new ConfigurationSet(this, 'Configuration', {
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    const identity = new EmailIdentity(this, 'Identity', {
      identity: Identity.email(mail.from),
      configurationSet: configuration,
    });
    const sender = new QueueHandler(this, 'Send', {
      handler: 'platform/send-mail',
      contract: sendMailEnv,
      env: {
        MAIL_FROM: mail.from,
        MAIL_TO: mail.to.join(','),
        MAIL_CONFIGURATION_SET: configuration.configurationSetName,
        RAW_BUCKET: raw.bucketName,
      },
      impact: 'Reports and warnings are written but reach nobody.',
      severity: 'high',
      tellsOfOthers: true,
      timeout: Duration.seconds(30),
      batchSize: 5,
      // An hour of SES being away, at three minutes between tries: a report is worth waiting for.
      attempts: 20,
    });
    const recipients = new Set(severities.flatMap((severity) => recipientsOf(mail, severity)).concat(mail.to));
    allowMail(sender.handler, [identity.emailIdentityName, ...recipients], configuration);
    allowObjects(sender.handler, raw, { read: ['platform/mails'], write: ['platform/mails'] });
    this.queue = sender.queue;
  }
}

/** SES checks the sender, the configuration set and, in its sandbox, each recipient. */
function allowMail(handler: HandlerFunction, addresses: readonly string[], configuration: ConfigurationSet): void {
  const arn = (resource: string, resourceName: string) =>
    Stack.of(handler).formatArn({ service: 'ses', resource, resourceName });
  handler.allow(
    ['ses:SendEmail'],
    [
      ...addresses.map((address) => arn('identity', address)),
      arn('configuration-set', configuration.configurationSetName),
    ],
  );
}
