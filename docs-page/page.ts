import { showFunctions } from './functions.ts';
import { sign, toBase64, type Unsigned, uniqueSeconds } from './sign.ts';

/** What of Swagger UI the page uses. Source: swagger.io, "Swagger UI configuration". */
interface SwaggerUi {
  getSystem(): { readonly authSelectors: { authorized(): { toJS(): Credentials } } };
}

/** What a person has put into the Authorize dialog. */
export interface Credentials {
  readonly basic?: { readonly value?: { readonly username?: string; readonly password?: string } };
  readonly hmac?: { readonly value?: string };
  readonly bearer?: { readonly value?: string };
}

declare const SwaggerUIBundle: (options: Readonly<Record<string, unknown>>) => SwaggerUi;

const seconds = uniqueSeconds(() => new Date());

const ui = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // Nothing leaves for another host.
  validatorUrl: null,
  requestInterceptor: (request: Unsigned) => sign(request, seconds),
});

/** Asks the API as the Authorize dialog says who asks. */
async function ask(path: string, body?: object): Promise<unknown> {
  const headers = { ...authorization(ui.getSystem().authSelectors.authorized().toJS()) };
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const request = sign({ url: path, headers: { ...headers, 'content-type': 'application/json' }, ...sent }, seconds);
  const response = await fetch(request.url, request);
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer, undefined, 2)}`);
  return answer;
}

function authorization({ basic, hmac, bearer }: Credentials): Record<string, string> {
  if (bearer?.value) return { authorization: `Bearer ${bearer.value}` };
  if (hmac?.value) return { authorization: hmac.value };
  if (!basic?.value) return {};
  return { authorization: `Basic ${toBase64(`${basic.value.username ?? ''}:${basic.value.password ?? ''}`)}` };
}

await showFunctions(ask);
