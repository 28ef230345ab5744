/** The addresses of a list, `a@b, "C, D" <c@d>`: commas inside quotes, brackets and comments separate nothing. */
export function splitAddresses(list: string): string[] {
  const found = [''];
  let until = '';
  for (const character of list) {
    if (until === '' && character === ',') {
      found.push('');
      continue;
    }
    if (character === until) until = '';
    else if (until === '') until = closing[character] ?? '';
    found.push((found.pop() ?? '') + character);
  }
  return found.map((address) => address.trim()).filter((address) => address !== '');
}

const closing: Readonly<Record<string, string>> = { '"': '"', '<': '>', '(': ')' };

/** The address inside `Name <address>`. */
export function bareAddress(address: string): string {
  return /<([^<>]*)>\s*$/.exec(address)?.[1]?.trim() ?? address.trim();
}

/** What is wrong with an address, in SES's words: those of JavaMail, which reads addresses there. */
export function addressProblem(address: string): string | undefined {
  const [, name = '', inside] = /^([^<]*)<([^<>]*)>\s*$/s.exec(address) ?? [];
  if (inside === undefined) return /[<>]/.test(address) ? 'Illegal address' : partsProblem(address.trim());
  return /[,;]/.test(name.replace(/"(\\.|[^"])*"/g, '')) ? 'Illegal address' : partsProblem(inside.trim());
}

function partsProblem(address: string): string | undefined {
  if (address === '') return 'Empty address';
  const at = /^"(\\.|[^"])*"@/s.test(address) ? address.indexOf('"@') + 1 : address.indexOf('@');
  const local = at < 0 ? address : address.slice(0, at);
  return localProblem(local) ?? (at < 0 ? "Missing final '@domain'" : domainProblem(address.slice(at + 1)));
}

/** A quoted one may hold anything. */
function localProblem(local: string): string | undefined {
  if (local === '') return 'Missing local name';
  if (/^".*"$/s.test(local)) return undefined;
  if (isBlank.test(local)) return 'Local address contains control or whitespace';
  // SES knows no SMTPUTF8: the part before the @ is ASCII.
  if (/[()<>,;:\\"[\]]|[^\p{ASCII}]/u.test(local)) return 'Local address contains illegal character';
  return dotProblem(local, 'Local address');
}

function domainProblem(domain: string): string | undefined {
  if (domain === '') return 'Missing domain';
  if (isBlank.test(domain)) return 'Domain contains control or whitespace';
  if (/[^\p{L}\p{Nd}.-]/u.test(domain)) return 'Domain contains illegal character';
  return dotProblem(domain, 'Domain');
}

const isBlank = /[\s\p{Cc}]/u;

function dotProblem(part: string, what: string): string | undefined {
  if (part.startsWith('.')) return `${what} starts with dot`;
  if (part.includes('..')) return `${what} contains dot-dot`;
  return part.endsWith('.') ? `${what} ends with dot` : undefined;
}
