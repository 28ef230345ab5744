import { writeFileSync } from 'node:fs';
import { documentText } from './openapi/text.ts';

// Writes docs/openapi.json, from which clients are generated and changes of the API are reviewed.
writeFileSync('docs/openapi.json', documentText());
