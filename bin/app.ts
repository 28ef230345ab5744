import cdk from '../cdk.json' with { type: 'json' };
import { makeApp } from '../lib/millrace.ts';
import { asksForNames } from './bundle.ts';
import { linkEqualFiles } from './link-equal-files.ts';

// The CDK CLI hands over cdk.json's context itself, with `-c environment=prod -c validate=false` laid over it; a plain
// `node bin/app.ts` has cdk.json from here.
const asked = JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}');
const namesOnly = asksForNames(asked);
const app = await makeApp({ context: cdk.context, validate: String(asked.validate) !== 'false' && !namesOnly });
const { directory } = app.synth();
// Most of an assembly is the bundles once more.
if (!namesOnly) await linkEqualFiles(['build/handlers', directory]);
