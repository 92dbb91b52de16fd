import { isIP } from "node:net";
import { line, scalar } from "./scalar-types.ts";
import { right, wrong, type FaultHelp, type ValueType } from "./value-type.ts";

/** A mailbox, and what to call its owner. */
export interface MailAddress {
  readonly name: string | null;
  readonly address: string;
}

const FORM = "write name@example.org, or Some Name <name@example.org>";
/** RFC 5321, 4.5.3.1. */
const ADDRESS_AT_MOST = 254;
const LOCAL_AT_MOST = 64;
const NAME_AT_MOST = 100;
/** The quotes and the brackets around. */
const LENGTH_AT_MOST = NAME_AT_MOST + ADDRESS_AT_MOST + 10;

/** What an unquoted name or address is made of where nothing can be mistaken: no quotes, no comments, no routes, no
 *  second address, and nothing that cannot be seen, line breaks least of all. */
const NAME = /^[^\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}"<>@,;:\\()[\]]+$/u;
const QUOTED_NAME = /^"([^\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}"\\]+)"$/u;
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** An address of a mail. Stricter than the standard: whatever a mail library might read in more than one way is
 *  refused here, so that no text can send a mail to somebody else. */
export const mailAddress: ValueType<MailAddress> = scalar(
  { words: "a mail address", allowed: FORM },
  (text, at) => {
    if (text.length > LENGTH_AT_MOST)
      return wrong(at, text.slice(0, LENGTH_AT_MOST), "is too long", { allowed: FORM });
    const [, named, bracketed] = /^(.*?)\s*<([^<>]*)>$/s.exec(text) ?? [];
    const name = named === undefined || named === "" ? null : nameOf(named);
    const address = bracketed ?? text;
    if (name === undefined) return wrong(at, text, "has a name that cannot be used", help(text));
    return isAddress(address)
      ? right({ name, address })
      : wrong(at, text, "is not a mail address", help(text));
  },
  ({ name, address }) => (name === null ? address : `${written(name)} <${address}>`),
);

/** Undefined for one that cannot be used. */
function nameOf(text: string): string | undefined {
  const name = QUOTED_NAME.exec(text)?.[1] ?? (NAME.test(text) ? text : undefined);
  return name === undefined || name.length > NAME_AT_MOST || name.trim() !== name
    ? undefined
    : name;
}

function written(name: string): string {
  return NAME.test(name) ? name : `"${name}"`;
}

function isAddress(text: string): boolean {
  const [local = "", domain = "", ...more] = text.split("@");
  return (
    more.length === 0 &&
    text.length <= ADDRESS_AT_MOST &&
    local.length <= LOCAL_AT_MOST &&
    LOCAL_PART.test(local) &&
    isDomain(domain)
  );
}

function isDomain(text: string): boolean {
  return text.split(".").every((label) => LABEL.test(label)) && !/^[\d.]+$/.test(text);
}

function help(text: string): FaultHelp {
  if (/^[^,;]+@[^,;]+[,;]/.test(text))
    return { allowed: "write each address as an item of the list" };
  return /[^\p{ASCII}].*@|@.*[^\p{ASCII}]/u.test(text)
    ? { allowed: "write the address in ASCII, the domain in its xn-- form" }
    : { allowed: FORM };
}

const HOST = "write a name such as mail.example.org, or an IP address";

/** A name or an address of a host, without a port. */
export const hostName: ValueType<string> = scalar(
  { words: "a host", allowed: HOST },
  (text, at) => {
    const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
    if (isIP(bare) !== 0 || (isDomain(text) && text.length <= ADDRESS_AT_MOST)) return right(bare);
    const meant = /^(?:smtps?:\/\/)?([\w.-]+?)(?::(\d+))?\/?$/i.exec(text)?.[1];
    const suggestion = meant !== undefined && isDomain(meant) ? meant : null;
    return wrong(at, text, "is not a host", { allowed: HOST, suggestion });
  },
  (host) => host,
);

export const userName = line("a user name");
export const password = line("a password");
