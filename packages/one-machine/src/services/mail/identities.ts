import { bareAddress } from './addresses.ts';

/** An identity is an address or a domain with all its addresses. */
export function isVerified(from: string, identities: readonly string[]): boolean {
  const address = bareAddress(from).toLowerCase();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return identities.some((identity) => [address, domain].includes(identity.toLowerCase()));
}

/** SES's answer to GetIdentityVerificationAttributes: those it knows, all of them confirmed. */
export function verificationAnswer(form: URLSearchParams, identities: readonly string[]): string {
  const asked = [...form].flatMap(([key, value]) => (/^Identities\.member\.\d+$/.test(key) ? [value] : []));
  const entries = asked
    .filter((identity) => isVerified(identity, identities))
    .map((identity) => {
      const key = identity.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
      return `<entry><key>${key}</key><value><VerificationStatus>Success</VerificationStatus></value></entry>`;
    });
  const action = 'GetIdentityVerificationAttributes';
  const result = `<${action}Result><VerificationAttributes>${entries.join('')}</VerificationAttributes></${action}Result>`;
  return `<${action}Response xmlns="http://ses.amazonaws.com/doc/2010-12-01/">${result}</${action}Response>`;
}
