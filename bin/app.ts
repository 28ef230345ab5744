import cdk from '../cdk.json' with { type: 'json' };
import { makeApp } from '../lib/millrace.ts';

// The CDK CLI hands over cdk.json's context itself, with `-c environment=prod -c validate=false` laid over it; a plain
// `node bin/app.ts` has cdk.json from here.
const asked = JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}');
const app = await makeApp({ context: cdk.context, validate: String(asked.validate) !== 'false' });
app.synth();
