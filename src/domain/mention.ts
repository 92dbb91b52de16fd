/** Whom a message calls, in Slack's terms. */
export type Mention =
  | { readonly whom: "here" | "channel" | "everyone" }
  | { readonly whom: "user" | "group"; readonly id: string };

/** Users' IDs begin with U, or W on Enterprise Grid; user groups' with S. */
const USER = /^(?:<@)?([UW][A-Z0-9]{5,20})>?$/;
const GROUP = /^(?:<!subteam\^)?(S[A-Z0-9]{5,20})>?$/;
const ALL = /^(?:@|<!)(here|channel|everyone)>?$/;

/** `@here`, `U012AB3CD`, `S012AB3CD`, or any of them as Slack writes it: `<!here>`. null for all else, names included:
 *  Slack makes no mention of a name. */
export function parseMention(text: string): Mention | null {
  if (text.startsWith("<") !== text.endsWith(">")) return null;
  const [, all] = ALL.exec(text) ?? [];
  if (all === "here" || all === "channel" || all === "everyone") return { whom: all };
  const [, user] = USER.exec(text) ?? [];
  if (user !== undefined) return { whom: "user", id: user };
  const [, group] = GROUP.exec(text) ?? [];
  return group === undefined ? null : { whom: "group", id: group };
}

/** As Slack writes it. */
export function mentionText(mention: Mention): string {
  switch (mention.whom) {
    case "user":
      return `<@${mention.id}>`;
    case "group":
      return `<!subteam^${mention.id}>`;
    default:
      return `<!${mention.whom}>`;
  }
}
