import { writeSync } from "node:fs";
import { State } from "../../../src/state/state.ts";
import { at } from "../../unit/domain/builders.ts";
import { commit, incidents, posting } from "./records.ts";

/** Commits one scan after the other, each with an incident and its message, and says so after each. */
const [directory = "", from = "0"] = process.argv.slice(2);
const state = new State({ directory, mayReplace: true, now: () => new Date(at("12:00")) });
for (let i = Number(from); ; i++) {
  commit(state, { incidents: incidents(i + 1).slice(-1), postings: [posting(`web-${i}`)] });
  writeSync(1, `${i}\n`);
}
