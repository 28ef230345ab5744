import cdk from '../cdk.json' with { type: 'json' };
import { makeApp } from '../lib/millrace.ts';

// The CDK CLI hands over cdk.json's context itself; a plain `node bin/app.ts` has it from here.
const app = await makeApp({ context: cdk.context });
app.synth();
