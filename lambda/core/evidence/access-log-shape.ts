import { requesterEnd } from './access-log-fields.ts';

const BLANK = 0x20;
const QUOTE = 0x22;
const DASH = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_BRACKET = 0x5b;

/** What is between the blank before the time and the one behind it. */
const TIME_LENGTH = '[06/Feb/2019:00:00:38 +0000]'.length;
/** No usual line is shorter. So the next blank is near, and what is no log at all is not searched through again and again. */
const SHORTEST = 150;
/** Fields behind the user agent: up to the host, before TLS versions were told; and up to aclRequired. */
const UP_TO_HOST = 6;
const UP_TO_ACL_REQUIRED = 9;

/**
 * Where the fields of a usual line stand: six quotes, each where it belongs, and no other. Whatever else there is in a line, `fieldsOf` reads with
 * care; what this takes for usual it reads alike. It is used again for line after line, and makes nothing: lines come by the million.
 */
export class LineShape {
  bucketAt = 0;
  bucketEnd = 0;
  timeAt = 0;
  addressAt = 0;
  addressEnd = 0;
  requesterAt = 0;
  requesterEnd = 0;
  operationAt = 0;
  operationEnd = 0;
  uriAt = 0;
  uriEnd = 0;
  hasKey = false;
  statusAt = 0;
  errorAt = 0;
  errorEnd = 0;
  agentAt = 0;
  agentEnd = 0;
  signatureAt = 0;
  authAt = 0;
  /** 0 in a format without the field. */
  aclRequiredAt = 0;
  aclRequiredEnd = 0;

  /** Is it a usual line that stands in a text from here to there? If not, the members say nothing. */
  read(text: string, from: number, end: number): boolean {
    // A blank at the end is no field.
    if (end - from < SHORTEST || text.charCodeAt(end - 1) <= BLANK) return false;
    // Each search goes on from the one before, so that the last says whether all of them stayed in the line.
    return (
      this.#readBeginning(text, from) &&
      this.#readRequest(text) &&
      this.#readAgent(text) &&
      this.agentEnd < end &&
      this.#readBehind(text, end)
    );
  }

  #readBeginning(text: string, from: number): boolean {
    const bucketAt = text.indexOf(' ', from) + 1;
    const bucketEnd = text.indexOf(' ', bucketAt);
    const addressAt = bucketEnd + 2 + TIME_LENGTH;
    if (bucketAt === 0 || bucketEnd === -1 || text.charCodeAt(bucketEnd + 1) !== OPEN_BRACKET) return false;
    if (text.charCodeAt(addressAt - 1) !== BLANK) return false;
    const addressEnd = text.indexOf(' ', addressAt);
    if (addressEnd === -1) return false;
    const end = requesterEnd(text, addressEnd + 1);
    if (end === -1) return false;
    this.operationAt = text.indexOf(' ', end + 1) + 1;
    this.operationEnd = text.indexOf(' ', this.operationAt);
    this.bucketAt = bucketAt;
    this.bucketEnd = bucketEnd;
    this.timeAt = bucketEnd + 2;
    this.addressAt = addressAt;
    this.addressEnd = addressEnd;
    this.requesterAt = addressEnd + 1;
    this.requesterEnd = end;
    // A quote in the bucket or whatever else stands before the request would make it another.
    const quote = text.indexOf('"', from);
    return this.operationAt > end && this.operationEnd > end && quote > this.operationEnd;
  }

  #readRequest(text: string): boolean {
    const keyAt = this.operationEnd + 1;
    const keyEnd = text.indexOf(' ', keyAt);
    const uriAt = keyEnd + 2;
    if (keyEnd === -1 || text.charCodeAt(keyEnd + 1) !== QUOTE || text.indexOf('"', keyAt) !== keyEnd + 1) return false;
    const uriEnd = text.indexOf('"', uriAt);
    const errorAt = uriEnd + 6;
    if (uriEnd === -1 || text.charCodeAt(uriEnd + 1) !== BLANK || text.charCodeAt(errorAt - 1) !== BLANK) return false;
    if (!isDigit(text, errorAt - 4) || !isDigit(text, errorAt - 3) || !isDigit(text, errorAt - 2)) return false;
    const errorEnd = text.indexOf(' ', errorAt);
    this.hasKey = keyEnd !== keyAt + 1 || text.charCodeAt(keyAt) !== DASH;
    this.uriAt = uriAt;
    this.uriEnd = uriEnd;
    this.statusAt = uriEnd + 2;
    this.errorAt = errorAt;
    this.errorEnd = errorEnd;
    return errorEnd > errorAt;
  }

  /** The four sizes and times, the referer and the user agent. */
  #readAgent(text: string): boolean {
    let at = this.errorEnd + 1;
    for (let field = 0; field < 4; field += 1) {
      const start = at;
      while (isDigit(text, at)) at += 1;
      if (at === start && text.charCodeAt(at) === DASH) at += 1;
      if (at === start || text.charCodeAt(at) !== BLANK) return false;
      at += 1;
    }
    if (text.charCodeAt(at) !== QUOTE) return false;
    const refererEnd = text.indexOf('"', at + 1);
    if (refererEnd === -1 || text.charCodeAt(refererEnd + 1) !== BLANK || text.charCodeAt(refererEnd + 2) !== QUOTE)
      return false;
    this.agentAt = refererEnd + 3;
    this.agentEnd = text.indexOf('"', this.agentAt);
    return this.agentEnd !== -1 && text.charCodeAt(this.agentEnd + 1) === BLANK;
  }

  #readBehind(text: string, end: number): boolean {
    const quote = text.indexOf('"', this.agentEnd + 1);
    if (quote !== -1 && quote < end) return false;
    this.aclRequiredAt = 0;
    let fields = 0;
    for (let at = this.agentEnd + 2; at < end && fields < UP_TO_ACL_REQUIRED;) {
      const found = text.indexOf(' ', at);
      const next = found === -1 || found > end ? end : found;
      if (next === at) return false;
      fields += 1;
      if (fields === 3) this.signatureAt = at;
      else if (fields === 5) this.authAt = at;
      else if (fields === UP_TO_ACL_REQUIRED) {
        this.aclRequiredAt = at;
        this.aclRequiredEnd = next;
      }
      at = next + 1;
    }
    return fields >= UP_TO_HOST;
  }
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= ZERO && code <= NINE;
}
